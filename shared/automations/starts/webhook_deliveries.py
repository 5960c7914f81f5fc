"""The user's own webhooks are told of documents' events and of executions that start: in the commit that is at hand."""

from collections.abc import Mapping
from typing import Any

from shared.automations.runs.models import Execution
from shared.domains.webhooks import events, listing, outbox
from shared.domains.webhooks.events import Event
from shared.domains.webhooks.models import Delivery
from shared.kit.schema import Cause
from shared.store.changes import Change


def subscription_of(change: Change) -> str | None:
    """The subscription document in which the webhooks are listed that want the change; None where it is no event."""
    event = events.kind_of(change)
    return listing.document_of(event) if event else None


def of_change(change: Change, listening: Mapping[str, dict[str, Any]]) -> list[Delivery]:
    """The deliveries of the event that the change is, if it is one."""
    name = subscription_of(change)
    subscription = listening.get(name, {}) if name else {}
    return outbox.build(change.uid, events.of_change(change), subscription) if subscription.get("webhooks") else []


def of_start(execution: Execution, subscription: Mapping[str, Any]) -> list[Delivery]:
    """The deliveries of an execution that starts by its trigger, whose subscription document it is."""
    if not subscription.get("webhooks"):
        return []
    return outbox.build(execution.user_id, _start(execution), subscription)


def _start(execution: Execution) -> Event:
    event = execution.event
    return Event(
        type="automation_triggered",
        key=execution.id,
        at=execution.started_at,
        data={
            "id": execution.id,
            "execution_id": execution.id,
            "automation_id": execution.automation_id,
            "automation_name": execution.automation_name,
            "triggered_by": execution.triggered_by,
            "collection": event.collection,
            "document_id": event.document_id,
        },
        document=f"executions/{execution.id}",
        cause=Cause(automation_id=execution.automation_id, execution_id=execution.id, step="", depth=event.depth),
    )
