"""Webhooks: where a user wants to be told what happened, and what became of each delivery."""

from datetime import datetime
from typing import Any

from shared.domains.webhooks import listing, outbox, secrets, stats
from shared.domains.webhooks.models import (
    Delivery,
    DeliveryQuery,
    RotateInput,
    Webhook,
    WebhookInput,
    WebhookQuery,
    WebhookUpdate,
)
from shared.domains.webhooks.repository import deliveries, webhooks
from shared.errors import Conflict, NotFound
from shared.gcp import firestore, writes
from shared.gcp.queries import Where, equal
from shared.kit import clock
from shared.kit.paging import Page
from shared.kit.schema import stamp
from shared.store.optimistic import Edit

MAX_WEBHOOKS = 20  # of one user: all of them share the commit of an event


def list_page(uid: str, query: WebhookQuery) -> Page[Webhook]:
    """Like any page; the figures of the webhooks shown are read in one more round trip."""
    where = equal(status=query.status)
    page = webhooks.page(uid, where=where, limit=query.limit, cursor=query.cursor)
    return Page(webhooks.with_stats(page.items), page.total, page.next_cursor)


def get(uid: str, id: str) -> Webhook:
    """One round trip, two reads. Raises NotFound."""
    webhook = webhooks.find_with_stats(uid, id)
    if webhook is None:
        raise NotFound("There is no webhook with this id.")
    return webhook


def create(uid: str, data: WebhookInput) -> Webhook:
    """A count, one commit: the webhook, its secret, and its place in the lists of its events.

    Only this answer shows the secret. Raises Conflict where there are too many.
    """
    if webhooks.count(uid) >= MAX_WEBHOOKS:
        raise Conflict(f"There may be at most {MAX_WEBHOOKS} webhooks; delete one, then try again.")
    webhook = Webhook(**stamp(uid), url=data.url, event_types=data.event_types)
    secret = data.secret or secrets.new()
    beside = [secrets.to_keep(uid, webhook.id, secret), *listing.to_list_new(webhook)]
    webhooks.create(webhook, beside=beside)
    webhook.secret = secret
    return webhook


def update(uid: str, id: str, data: WebhookUpdate, version: datetime | None) -> Webhook:
    """Two reads, one commit. Switched on again, it starts without failures."""
    fields = webhooks.changes(data)
    again = data.status == "active"

    def change(current: Webhook) -> Edit[None]:
        stored = {**fields, "schema_version": Webhook.schema_version, "updated_at": clock.now()}
        changed = webhooks.changed(current, stored)
        return Edit(stored, [*listing.to_list(changed), *([stats.to_forgive(changed)] if again else [])], None)

    changed, _ = webhooks.edit_with(uid, id, change, version=version)
    return webhooks.with_stats([changed])[0]


def rotate(uid: str, id: str, data: RotateInput, version: datetime | None) -> Webhook:
    """A new secret, which only this answer shows. For a day deliveries are signed with the old one too."""
    secret = data.secret or secrets.new()
    replaced = webhooks.find_secret(uid, id)
    edit = Edit({"updated_at": clock.now()}, [secrets.to_rotate(uid, id, secret, replaced)], None)
    rotated, _ = webhooks.edit_with(uid, id, lambda current: edit, version=version)
    rotated = webhooks.with_stats([rotated])[0]
    rotated.secret = secret
    return rotated


def delete(uid: str, id: str, version: datetime | None) -> None:
    """One commit: the webhook, its secret and its place in the lists. What is on its way to it is given up."""
    gone = webhooks.to_delete(uid, id, exists=None if version else True, version=version)
    beside = [writes.delete(secrets.path(uid, id)), writes.delete(stats.path(uid, id)), *listing.to_unlist(uid, id)]
    firestore.client().commit([gone, *beside])


def list_deliveries(uid: str, id: str, query: DeliveryQuery) -> Page[Delivery]:
    """The latest first, without what was sent; those of a deleted webhook too. Raises NotFound."""
    webhooks.path(uid, id)
    where: list[Where] = [("webhook_id", "==", id)]
    if query.status:
        where.append(("status", "==", query.status))
    page = deliveries.page(uid, where=where, limit=query.limit, cursor=query.cursor)
    if not page.total and webhooks.find(uid, id) is None:
        raise NotFound("There is no webhook with this id.")
    for delivery in page.items:
        delivery.body = None
    return page


def get_delivery(uid: str, id: str, delivery_id: str) -> Delivery:
    """One read. Raises NotFound."""
    delivery = deliveries.get(uid, delivery_id)
    if delivery.webhook_id != id:
        raise NotFound("There is no delivery with this id.")
    return delivery


def send_test(uid: str, id: str) -> Delivery:
    """Send the address a test, whether it is active or not, once: one read, one commit."""
    delivery = deliveries.create(outbox.build_test(webhooks.get(uid, id)))
    outbox.hand_over([delivery])
    return delivery


def redeliver(uid: str, id: str, delivery_id: str, version: datetime | None) -> Delivery:
    """Send what was sent before again, under its id, with all its attempts: two reads, one commit.

    Raises NotFound, or Conflict while it is still on its way or the webhook is not active.
    """
    webhook = webhooks.get(uid, id)
    get_delivery(uid, id, delivery_id)

    def change(current: Delivery) -> dict[str, Any]:
        if current.status == "pending":
            raise Conflict("The delivery is still on its way; wait until it has ended.")
        if webhook.status != "active" and current.event_type != "test":
            raise Conflict("The webhook is not active; activate it, then deliver again.")
        now = clock.now()
        fresh = {"status": "pending", "tries": 0, "completed_at": None, "claimed_until": None, "updated_at": now}
        return {**fresh, **outbox.first_due(now)}

    delivery = deliveries.edit(uid, delivery_id, change, version=version)
    outbox.hand_over([delivery])
    return delivery
