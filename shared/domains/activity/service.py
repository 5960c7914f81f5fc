"""Builds, adds and lists the events of a user's activity feed."""

from datetime import datetime
from typing import Any

from shared.domains.activity.models import ActivityEvent, ActivityInput, ActivityQuery, ActivityStatus, ActivityType
from shared.domains.activity.repository import repository as repository
from shared.gcp.queries import equal
from shared.kit import clock
from shared.kit.paging import Page
from shared.kit.schema import stamp


def build(
    uid: str,
    type: ActivityType,
    title: str,
    message: str,
    *,
    id: str | None = None,
    at: datetime | None = None,
    status: ActivityStatus = "success",
    metadata: dict[str, Any] | None = None,
    link: str | None = None,
) -> ActivityEvent:
    """An event, not yet stored; give a derived id where it may be told twice."""
    now = clock.now()
    return ActivityEvent(
        **stamp(uid, id, at=now),
        timestamp=at or now,
        type=type,
        title=title,
        message=message,
        status=status,
        metadata=metadata or {},
        link=link,
    )


def add(uid: str, data: ActivityInput) -> ActivityEvent:
    """Add an event of something that happened elsewhere: one commit."""
    event = build(uid, data.type, data.title, data.message, metadata=data.metadata, link=data.link)
    return repository.create(event)


def get(uid: str, id: str) -> ActivityEvent:
    """One read. Raises NotFound."""
    return repository.get(uid, id)


def list_page(uid: str, query: ActivityQuery) -> Page[ActivityEvent]:
    where = equal(type=query.type, status=query.status)
    if query.since:
        where.append(("timestamp", ">=", query.since))
    return repository.page(uid, where=where, order=[("timestamp", "desc")], limit=query.limit, cursor=query.cursor)
