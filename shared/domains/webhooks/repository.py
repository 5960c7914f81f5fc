"""Stored webhooks and deliveries, and the documents that are read together with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domains.webhooks import secrets, stats
from shared.domains.webhooks.models import Delivery, Webhook
from shared.domains.webhooks.stats import Stats
from shared.gcp import firestore
from shared.gcp.queries import Where
from shared.store import sweeps
from shared.store.repository import Repository


class WebhookRepository(Repository[Webhook]):
    def __init__(self) -> None:
        super().__init__(Webhook, "webhooks", "webhook")

    def find_with_stats(self, uid: str, id: str) -> Webhook | None:
        """The webhook with its figures: one round trip."""
        document, figures = firestore.client().get_all([self.path(uid, id), stats.path(uid, id)])
        return stats.fill(self.load(document), figures) if document else None

    def with_stats(self, webhooks: Sequence[Webhook]) -> list[Webhook]:
        """Fill in the figures of webhooks that were read without: one round trip for all."""
        documents = firestore.client().get_all([stats.path(webhook.user_id, webhook.id) for webhook in webhooks])
        return [stats.fill(webhook, document) for webhook, document in zip(webhooks, documents, strict=True)]

    def find_secret(self, uid: str, id: str) -> str | None:
        """The secret that deliveries are signed with now: one read."""
        document = firestore.client().get(secrets.path(uid, id))
        return str(document.data["secret"]) if document else None


class DeliveryRepository(Repository[Delivery]):
    def __init__(self) -> None:
        super().__init__(Delivery, "webhook_deliveries", "delivery")

    def find_earlier(self, delivery: Delivery) -> Delivery | None:
        """The latest earlier event of the same document that is still on its way to the same webhook: one query."""
        where: list[Where] = [
            ("webhook_id", "==", delivery.webhook_id),
            ("document", "==", delivery.document),
            ("status", "==", "pending"),
            ("event_at", "<", delivery.event_at),
        ]
        earlier = self.select(delivery.user_id, where=where, order=[("event_at", "desc")], limit=1)
        return earlier[0] if earlier else None

    def overdue(self, now: datetime, batch: int) -> Iterator[list[Delivery]]:
        """Deliveries of all users that should have been attempted by now, the longest overdue first, in batches: a
        query each."""
        return sweeps.everywhere(self, where=sweeps.due("due_at", now), order=[("due_at", "asc")], batch=batch)


@dataclass(frozen=True)
class Attempted:
    """What an attempt rests on, as it was at one moment. `secrets` are those to sign with, the newest first."""

    webhook: Webhook | None
    delivery: Delivery | None
    secrets: list[str]
    stats: Stats


def read_attempted(uid: str, webhook_id: str, delivery_id: str) -> Attempted:
    """One round trip, four reads."""
    paths = [
        webhooks.path(uid, webhook_id),
        deliveries.path(uid, delivery_id),
        secrets.path(uid, webhook_id),
        stats.path(uid, webhook_id),
    ]
    webhook, delivery, keys, figures = firestore.client().get_all(paths)
    return Attempted(
        webhooks.load(webhook) if webhook else None,
        deliveries.load(delivery) if delivery else None,
        secrets.valid(keys),
        stats.load(figures),
    )


webhooks = WebhookRepository()
deliveries = DeliveryRepository()
