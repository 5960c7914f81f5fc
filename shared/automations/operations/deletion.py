"""Deletes what belongs to a deleted automation: definitions, counters, entries of contacts; cancels its executions."""

from shared.automations.definitions import counters
from shared.automations.definitions import store as definition_store
from shared.automations.operations import control
from shared.automations.runs import entries
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.store.changes import Change


def clear(change: Change) -> None:
    """Deletes a deleted automation's definitions, counters and entries, and cancels executions that began meanwhile.

    Three queries and two batches, one more per 500 entries; a publish if executions are under way.
    """
    if not change.deleted:
        return
    uid, id = change.uid, change.id
    control.cancel_all(uid, id)
    definitions = firestore.client().query(Query("definitions", parent=definition_store.automations.path(uid, id)))
    gone = [writes.delete(document.path) for document in definitions]
    firestore.client().apply_each([*gone, *counters.to_forget(uid, id)])
    entries.clear(uid, id)
