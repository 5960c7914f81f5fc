"""What is left of an automation that is deleted: runs under way, definitions, counters, entries of contacts."""

from shared.automations.definitions import counters
from shared.automations.definitions import store as definition_store
from shared.automations.operations import control
from shared.automations.runs import entries
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.store.changes import Change


def clear(change: Change) -> None:
    """After the event of a deletion: sweep away definitions, counters and entries, and stop what has begun meanwhile.

    Three queries and two batches, one more per 500 entries; a publish where runs are under way.
    """
    if not change.deleted:
        return
    uid, id = change.uid, change.id
    control.stop(uid, id)
    kept = firestore.client().query(Query("definitions", parent=definition_store.automations.path(uid, id)))
    owned = [*(document.path for document in kept), *counters.paths(uid, id)]
    firestore.client().apply_each([writes.delete(path) for path in owned])
    entries.clear(uid, id)
