"""Deletes ended executions that expire within a day, with their step records and payloads.

An ended execution has `expire_at`, one that waits has none. Firestore deletes a document whose `expire_at` has passed,
but nothing below it: so this sweep comes a day earlier.
"""

from datetime import timedelta

from shared.automations.runs import store as run_store
from shared.gcp import firestore, writes
from shared.kit import clock

BATCH = 100
_BEFORE_TTL = timedelta(days=1)
_AT_MOST = timedelta(seconds=45)  # then the next hour's sweep goes on


def sweep() -> dict[str, int]:
    """Deletes expiring executions of all users: a query and two batches for each 100, and two queries of bare names
    each."""
    until = clock.now() + _AT_MOST
    runs = records = 0
    while True:
        expiring = run_store.expiring(clock.now() + _BEFORE_TTL, BATCH)
        below = [path for run in expiring for path in run_store.paths_below(run)]
        firestore.client().apply_each([writes.delete(path) for path in below])
        firestore.client().apply_each([run_store.executions.to_delete(run.user_id, run.id) for run in expiring])
        runs, records = runs + len(expiring), records + len(below)
        if len(expiring) < BATCH or clock.now() > until:
            return {"runs": runs, "records": records}
