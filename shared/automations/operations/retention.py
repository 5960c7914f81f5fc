"""Records and payloads go with their run, and never before it, however long it has waited.

An ended run says when it may go (`expire_at`), one that waits says nothing. Firestore deletes a document whose
time is over, but nothing below it: so this comes first, by a day.
"""

from datetime import timedelta

from shared.automations.runs import store as run_store
from shared.gcp import firestore, writes
from shared.kit import clock

BATCH = 100
_BEFORE_TTL = timedelta(days=1)
_AT_MOST = timedelta(seconds=45)  # then the next hour's sweep goes on


def sweep() -> dict[str, int]:
    """A query and a batch for each 100 runs, and two queries of bare names a run."""
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
