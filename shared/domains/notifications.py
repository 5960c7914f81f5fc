"""Notifications: what a user should look at."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict, Unpack

from pydantic import Field, computed_field

from shared.domains.prospects import service as prospects
from shared.gcp.queries import Where
from shared.gcp.writes import Write
from shared.kit.schema import Entity, Id, Input, Metadata, Model, Name, Text, Url, stamp
from shared.store.repository import Repository

NotificationKind = Literal[
    "high_fit", "follow_up_overdue", "messages_ready", "top_prospects", "weekly_insights", "info"
]
Priority = Literal["high", "medium", "low"]


class NotificationInput(Input):
    title: Name
    message: Text
    type: NotificationKind = "info"
    priority: Priority = "medium"
    link: Url | None = None
    prospect_id: Id | None = None  # whom it is about; it goes when the prospect goes
    metadata: Metadata = {}


class Notification(Entity):
    type: NotificationKind = "info"
    title: str
    message: str
    priority: Priority = "medium"
    read: bool = False
    link: str | None = None
    prospect_id: str | None = None
    metadata: dict[str, Any] = {}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def timestamp(self) -> datetime:
        return self.created_at


class NotificationQuery(Input):
    unread_only: bool = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class NotificationFields(TypedDict, total=False):
    """What a notification may have beside its title and its message."""

    type: NotificationKind
    priority: Priority
    link: str | None
    prospect_id: str | None
    metadata: dict[str, Any]


repository = Repository(Notification, "notifications", "notification")


class NotificationList(Model):
    notifications: list[Notification]
    unread_count: int
    total: int
    next_cursor: str | None


def list_page(uid: str, query: NotificationQuery) -> NotificationList:
    """A page, and how many of all notifications are unread."""
    where: list[Where] = [("read", "==", False)] if query.unread_only else []
    page = repository.page(uid, where=where, limit=query.limit, cursor=query.cursor)
    unread = page.total if query.unread_only else repository.count(uid, where=[("read", "==", False)])
    return NotificationList(
        notifications=list(page.items), unread_count=unread, total=page.total, next_cursor=page.next_cursor
    )


def build(
    uid: str, title: str, message: str, *, id: str | None = None, **fields: Unpack[NotificationFields]
) -> Notification:
    """A notification, not yet stored; give a derived id where its cause may come twice."""
    return Notification(**stamp(uid, id), title=title, message=message, **fields)


def to_create(notification: Notification) -> Write:
    """Store a notification of `build`; fails with AlreadyExists."""
    return repository.to_create(notification)


def to_put(notification: Notification) -> Write:
    """Store a notification of `build`, in place of one that has its id: what is told twice is told once."""
    return Write(repository.path(notification.user_id, notification.id), notification.stored())


def find(uid: str, id: str) -> Notification | None:
    """One read."""
    return repository.find(uid, id)


def to_say(notification: Notification, fresh: Notification) -> list[Write]:
    """Have a stored notification say what `fresh` does, unread again, if nobody has written it since it was read."""
    said = {"title": fresh.title, "message": fresh.message, "metadata": fresh.metadata}
    fields = {**said, "read": False, "updated_at": fresh.updated_at}
    return repository.to_change(notification, fields, version=notification.version)


def create(uid: str, data: NotificationInput) -> Notification:
    """One commit; a prospect that it names must be the user's own: one read more."""
    if data.prospect_id:
        prospects.get(uid, data.prospect_id)
    return repository.create(Notification(**stamp(uid), **data.model_dump()))


def mark_read(uid: str, id: str, version: datetime | None) -> Notification:
    """One read, one commit. Having been read does not change what it says, nor `updated_at`."""
    return repository.edit(uid, id, lambda current: {"read": True}, version=version)


def mark_all_read(uid: str) -> int:
    """A query and a batch per 500 unread ones; answers how many there were."""
    return repository.write_each(uid, [("read", "==", False)], lambda id: repository.to_update(uid, id, {"read": True}))


def delete_of_prospect(uid: str, prospect_id: str) -> int:
    """A query and a batch per 500."""
    return repository.delete_each(uid, [("prospect_id", "==", prospect_id)])
