"""Sends deliveries to the workers again whose task got lost or whose worker died; it never sends one itself.

It also lists webhooks that were stored before they were delivered to (schema version 1).
"""

from datetime import timedelta

from shared.domains.webhooks import listing, outbox
from shared.domains.webhooks.models import Delivery, Webhook
from shared.domains.webhooks.repository import deliveries, webhooks
from shared.errors import NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.kit import clock

BATCH = 500
_AGAIN = timedelta(minutes=2)


def sweep() -> dict[str, int]:
    """Two queries, one batch, a task for each delivery. Postponed first, with the version as a precondition: two
    sweeps at once send nothing twice."""
    now = clock.now()
    found = deliveries.overdue(now, BATCH)
    late = [delivery.model_copy(update=_again(delivery)) for delivery in found]
    outcomes = firestore.client().batch_write(
        [
            deliveries.to_update(
                old.user_id, old.id, {"due_at": new.due_at, "next_attempt_at": new.next_attempt_at}, version=old.version
            )
            for old, new in zip(found, late, strict=True)
        ]
    )
    sent = [delivery for delivery, refused in zip(late, outcomes, strict=True) if refused is None]
    outbox.hand_over(sent)
    return {"overdue": len(found), "sent": len(sent), "listed": _list_old()}


def _again(delivery: Delivery) -> dict[str, object]:
    now = clock.now()
    return {"due_at": now + _AGAIN, "next_attempt_at": now}


def _list_old() -> int:
    old = webhooks.unlisted(100)
    return sum(_list(webhook) for webhook in old)


def _list(webhook: Webhook) -> bool:
    fields = {"schema_version": Webhook.schema_version}
    listed = webhooks.to_update(webhook.user_id, webhook.id, fields, version=webhook.version)
    try:
        firestore.client().commit([listed, *listing.to_list(webhook)])
    except (NotFound, PreconditionFailed):  # changed meanwhile: listed by that, or by the next sweep
        return False
    return True
