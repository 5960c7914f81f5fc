"""Deletes ended executions whose `expire_at` has passed, with their step records and payloads.

An ended execution has `expire_at`, one that waits has none. Nobody else deletes it: there is no TTL policy on that
field, as Firestore would delete the execution, and leave for good what is below it.
"""

from collections.abc import Sequence
from datetime import timedelta

from shared.automations.runs import store as run_store
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.kit import clock
from shared.store.sweeps import Sweep

BATCH = 30  # as many values as one `in` takes
_AFTER = timedelta(hours=1)  # by then what was requeued at the last moment has no `expire_at` any more


def sweep() -> dict[str, int]:
    """Deletes expired executions of all users: three queries and two batches for each 30."""
    this = Sweep("runs", "records")
    this.each(run_store.expired(clock.now() - _AFTER, BATCH), lambda runs: _delete(this, runs))
    return this.done()


def _delete(sweep: Sweep, runs: Sequence[Document]) -> None:
    """What is below goes first: a sweep that dies leaves the execution, by which the next one finds the rest.

    Whoever writes below an execution changes it in the same commit, which an expired one refuses (requeue.py)."""
    below = run_store.below([run.path for run in runs])
    records = firestore.client().apply_each([writes.delete(row.path, exists=True) for row in below], announced=False)
    gone = sweep.write(runs, lambda run: writes.delete(run.path, version=run.version), announced=False)
    sweep.count(runs=len(gone), records=records)
