"""The activity event, and where it is stored."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from shared.gcp.queries import equal
from shared.kit import clock
from shared.kit.paging import Page
from shared.kit.schema import Entity, Input, Instant, Metadata, Name, Text, Url, stamp
from shared.store.repository import Repository

ActivityType = Literal["prospect", "outreach", "research", "insight", "content", "automation", "error", "system"]
ActivityStatus = Literal["success", "failed", "pending"]
RETENTION = timedelta(days=180)


class ActivityInput(Input):
    type: ActivityType
    title: Name
    message: Text
    metadata: Metadata = {}
    link: Url | None = None


class ActivityEvent(Entity):
    type: ActivityType
    title: str
    message: str
    status: ActivityStatus = "success"
    timestamp: datetime
    metadata: dict[str, Any] = {}
    link: str | None = None
    expires_at: datetime | None = Field(None, exclude=True)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def description(self) -> str:
        return self.message

    def stored(self) -> dict[str, Any]:
        """With the time after which Firestore's TTL removes it."""
        return {**super().stored(), "expires_at": self.timestamp + RETENTION}


class ActivityQuery(Input):
    type: ActivityType | None = None
    status: ActivityStatus | None = None
    since: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


repository = Repository(ActivityEvent, "activity", "activity event")


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
    """Tell of something that happened elsewhere: one commit."""
    event = build(uid, data.type, data.title, data.message, metadata=data.metadata, link=data.link)
    return repository.create(event)


def list_page(uid: str, query: ActivityQuery) -> Page[ActivityEvent]:
    where = equal(type=query.type, status=query.status)
    if query.since:
        where.append(("timestamp", ">=", query.since))
    return repository.page(uid, where=where, order=[("timestamp", "desc")], limit=query.limit, cursor=query.cursor)
