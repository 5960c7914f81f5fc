"""Deliveries of events: made in the commit of what happened, then handed to a worker.

A delivery's id is derived from event and webhook, so an event that is derived twice is delivered once. Its `due_at`
is the outbox entry: should the task get lost, the sweep sends it again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_json

from shared import log
from shared.domains.webhooks import listing
from shared.domains.webhooks.events import Event
from shared.domains.webhooks.models import TEST, Delivery, Webhook
from shared.domains.webhooks.repository import deliveries
from shared.errors import Unavailable
from shared.gcp import tasks
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import UserMessage, stamp

QUEUE = "deliver-webhook"
_GRACE = timedelta(seconds=60)  # after its time, until the sweep takes its task for lost


class DeliveryMessage(UserMessage):
    """Which delivery to attempt."""

    webhook_id: str
    delivery_id: str


def build(uid: str, event: Event, webhooks: Mapping[str, Sequence[str]]) -> list[Delivery]:
    """Builds a delivery to each webhook that wants the event, not yet stored. `webhooks`: as listed."""
    wanted = listing.listening(webhooks, event.type)
    if not wanted:
        return []
    body = _body(event.type, event.at, event.data)
    return [_delivery(uid, id, event, body) for id in wanted]


def build_test(webhook: Webhook) -> Delivery:
    """A delivery that only says that the address is reached, not yet stored."""
    now = clock.now()
    data = {"webhook_id": webhook.id, "message": "This is a test.", "event_types": webhook.event_types}
    return Delivery(
        **stamp(webhook.user_id, at=now),
        webhook_id=webhook.id,
        event_type=TEST,
        event_at=now,
        body=_body(TEST, now, data),
        **first_due(now),
    )


def to_create(created: Iterable[Delivery]) -> list[Write]:
    return [deliveries.to_create(delivery) for delivery in created]


def first_due(now: datetime) -> dict[str, Any]:
    """The fields of a delivery that is to be attempted from now on."""
    return {"next_attempt_at": now, "begun_at": now, "due_at": due_at(now)}


def due_at(at: datetime) -> datetime:
    """When the sweep looks after an attempt that is to be at that time."""
    return at + _GRACE


def hand_over(created: Iterable[Delivery]) -> None:
    """Have a worker attempt each when its time has come: one call of Cloud Tasks a delivery.

    What was committed stands. Where the queue does not answer, the sweep does it.
    """
    for delivery in created:
        if delivery.next_attempt_at is None:
            continue
        message = DeliveryMessage(uid=delivery.user_id, webhook_id=delivery.webhook_id, delivery_id=delivery.id)
        name = derived_id(delivery.user_id, delivery.id, str(delivery.due_at))
        try:
            tasks.create(
                QUEUE, name=name, function="deliver_webhook", body=message.model_dump(), at=delivery.next_attempt_at
            )
        except Unavailable as error:
            log.warning("left to the sweep", reason=error.detail)


def _delivery(uid: str, webhook_id: str, event: Event, body: str) -> Delivery:
    now = clock.now()
    return Delivery(
        **stamp(uid, derived_id(event.key, webhook_id, event.type), at=now),
        cause=event.cause,
        webhook_id=webhook_id,
        event_type=event.type,
        event_at=event.at,
        document=event.document,
        repeats=event.repeats,
        body=body,
        **first_due(now),
    )


def _body(type: str, at: datetime, data: Mapping[str, Any]) -> str:
    return to_json({"type": type, "timestamp": at, "data": data}, inf_nan_mode="null").decode()
