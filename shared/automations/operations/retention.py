"""Deletes ended executions that expire within a day, with their step records and payloads.

An ended execution has `expire_at`, one that waits has none. Firestore deletes a document whose `expire_at` has passed,
but nothing below it: so this sweep comes a day earlier.
"""

from collections.abc import Sequence
from datetime import timedelta

from shared.automations.runs import store as run_store
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.kit import clock
from shared.store.sweeps import Sweep

BATCH = 30  # as many values as one `in` takes
_BEFORE_TTL = timedelta(days=1)


def sweep() -> dict[str, int]:
    """Deletes expiring executions of all users: three queries and two batches for each 30."""
    this = Sweep("runs", "records")
    this.each(run_store.expiring(clock.now() + _BEFORE_TTL, BATCH), lambda runs: _delete(this, runs))
    return this.done()


def _delete(sweep: Sweep, runs: Sequence[Document]) -> None:
    """What is below goes first: a sweep that dies leaves the execution, by which the next one finds the rest."""
    below = run_store.below([run.path for run in runs])
    records = firestore.client().apply_each([writes.delete(row.path, exists=True) for row in below])
    gone = sweep.write(runs, lambda run: writes.delete(run.path, version=run.version))
    sweep.count(runs=len(gone), records=records)
