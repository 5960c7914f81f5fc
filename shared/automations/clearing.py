"""What is left of an automation that is switched off or deleted: runs under way, definitions, counters."""

from shared.automations import repository
from shared.domains.changes import Change
from shared.gcp import firestore, writes
from shared.gcp.queries import Query


def stop_executions(uid: str, id: str) -> None:
    """Tell what is under way to stop: writing to an execution makes its runner look before its next step."""
    while True:
        running = repository.executions.select(
            uid,
            where=[
                ("automation_id", "==", id),
                ("cancel_requested", "==", False),
                ("completed_at", "==", None),
            ],
            limit=firestore.MAX_WRITES,
        )
        firestore.client().batch_write([repository.to_stop(uid, execution.id) for execution in running])
        if len(running) < firestore.MAX_WRITES:
            return


def clear(change: Change) -> None:
    """After the event of a deletion: sweep away definitions and counters, and stop what has begun meanwhile.

    Two queries and two batches.
    """
    if not change.deleted:
        return
    uid, id = change.uid, change.id
    stop_executions(uid, id)
    kept = firestore.client().query(Query("definitions", parent=repository.automations.path(uid, id)))
    owned = [*(document.path for document in kept), *repository.counter_paths(uid, id)]
    firestore.client().batch_write([writes.delete(path) for path in owned])
