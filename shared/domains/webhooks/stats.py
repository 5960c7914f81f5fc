"""What became of a webhook's deliveries, counted beside it: the webhook itself keeps its version.

A busy webhook is no hot document: successes are written every ten seconds at most, failures every five.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domains.webhooks.models import Webhook
from shared.gcp import writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Increment, Write

_SUCCESS_EVERY, _FAILURE_EVERY = timedelta(seconds=10), timedelta(seconds=5)


@dataclass(frozen=True)
class Stats:
    last_triggered: datetime | None = None
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    failures: int = 0  # since the last success


def path(uid: str, id: str) -> str:
    return f"users/{uid}/webhook_stats/{id}"


def load(document: Document | None) -> Stats:
    return Stats(**document.data) if document else Stats()


def to_count(webhook: Webhook, stats: Stats, now: datetime, *, delivered: bool) -> list[Write]:
    """Count an attempt; nothing where one was counted a moment ago."""
    if delivered:
        latest = stats.succeeded_at
        if not stats.failures and latest and now - latest < _SUCCESS_EVERY:
            return []
        fields = {"succeeded_at": now, "failures": 0}
    else:
        if stats.failed_at and now - stats.failed_at < _FAILURE_EVERY:
            return []
        fields = {"failed_at": now, "failures": Increment(1)}
    return [writes.merge(path(webhook.user_id, webhook.id), {**fields, "last_triggered": now})]


def to_forgive(webhook: Webhook) -> Write:
    """Switched on again, it starts without failures."""
    return writes.merge(path(webhook.user_id, webhook.id), {"failures": 0, "failed_at": None})


def fill(webhook: Webhook, document: Document | None) -> Webhook:
    stats = load(document)
    webhook.last_triggered, webhook.failure_count = stats.last_triggered, stats.failures
    return webhook
