"""Starts an automation by hand."""

from shared.automations.definitions import store as definition_store
from shared.automations.definitions import subscriptions
from shared.automations.definitions.models import Automation
from shared.automations.definitions.subscriptions import Subscription
from shared.automations.runs import create, entries, queue
from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.automations.runs.requests import RunInput
from shared.automations.runs.snapshots import snapshot
from shared.automations.starts import webhook_deliveries
from shared.automations.triggers import TRIGGERS
from shared.domains.webhooks import outbox
from shared.errors import Conflict, NotFound
from shared.gcp import firestore
from shared.kit import clock
from shared.kit.fields import ReadFields
from shared.kit.ids import is_valid_id, new_id


def refuse_halted(uid: str) -> Subscription:
    """Raises Conflict while the user's kill switch is on; else answers the subscription to manual starts: one read."""
    manual = subscriptions.find(uid, "manual")
    if manual.halted:
        raise Conflict("All automations are stopped by the kill switch; switch it off first.")
    return manual


def run(uid: str, id: str, data: RunInput) -> Execution:
    """Starts the automation by hand, whether it is active or not: two reads, one more for a document, one commit, one
    publish.

    Raises NotFound; Conflict if the kill switch is on, or the contact may not enter the automation again.
    """
    automation = definition_store.automations.get(uid, id)
    manual = refuse_halted(uid)
    event = event_by_hand(uid, automation, "manual", data.input, data.document_id)
    execution = build_execution(uid, automation.id, automation.name, automation.definition, event)
    deliveries = webhook_deliveries.of_start(execution, manual)
    if not entries.restricts(automation.reentry, execution):
        started = [*create.to_start(execution), *outbox.to_create(deliveries)]
        run_store.executions.stamped(execution, firestore.client().commit(started))
    elif earlier := entries.start(execution, automation.reentry, beside=outbox.to_create(deliveries)):
        why = entries.sentence(earlier, automation.reentry)
        raise Conflict(f"{why} Change reentry, or retry the execution {earlier.execution_id}.")
    queue.hand_over([queue.message(execution)])
    outbox.hand_over(deliveries)
    return execution


def event_by_hand(
    uid: str, automation: Automation, trigger: str, input: ReadFields, document_id: str | None
) -> TriggerEvent:
    """Builds the event of a manual start: the fields of a document, overlaid with `input`, or `input` alone.

    The document is of the collection that the automation watches, a prospect if it watches none: one read. Raises
    NotFound.
    """
    if document_id is None:
        return TriggerEvent(id=new_id(), trigger="manual", data=dict(input))
    collection = TRIGGERS[automation.trigger].collection or "prospects"
    path = f"users/{uid}/{collection}/{document_id}"
    document = firestore.client().get(path) if is_valid_id(document_id) else None
    if document is None:
        raise NotFound(f"There is no document with this id in {collection}.")
    fields = {**snapshot(document.data), **input}
    return TriggerEvent(
        id=new_id(),
        trigger=trigger,
        at=clock.now(),
        collection=collection,
        document_id=document_id,
        data=fields,
        was={},
    )
