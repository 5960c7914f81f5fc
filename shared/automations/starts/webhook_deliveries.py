"""Builds deliveries to the user's webhooks for document events and for executions that start."""

from collections.abc import Mapping

from shared.automations.definitions.subscriptions import Subscription
from shared.automations.runs.models import Execution
from shared.domains.webhooks import events, listing, outbox
from shared.domains.webhooks.events import Event
from shared.domains.webhooks.models import Delivery
from shared.kit.schema import Cause
from shared.store.changes import Change


def subscription_of(change: Change) -> str | None:
    """Names the subscription document that lists the webhooks for a change; None if the change is no webhook event."""
    event = events.kind_of(change)
    return listing.document_of(event) if event else None


def of_change(change: Change, listening: Mapping[str, Subscription]) -> list[Delivery]:
    """Builds the deliveries of a document event, one for each webhook that subscribes to it."""
    name = subscription_of(change)
    webhooks = listening[name].webhooks if name and name in listening else {}
    return outbox.build(change.uid, events.of_change(change), webhooks) if webhooks else []


def of_start(execution: Execution, subscription: Subscription) -> list[Delivery]:
    """Builds the deliveries of an execution's start, one for each webhook in the subscription to its trigger."""
    if not subscription.webhooks:
        return []
    return outbox.build(execution.user_id, _start(execution), subscription.webhooks)


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
