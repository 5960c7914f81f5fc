"""Saved searches, and vault items that change under them, in the test's own hands."""

from itertools import count
from typing import Any

from shared.domains import notifications
from shared.domains.notifications import Notification, NotificationQuery
from shared.domains.saved_searches import service
from shared.domains.saved_searches.models import SavedSearch, SavedSearchInput
from shared.gcp import firestore, writes
from shared.kit import clock
from shared.store.changes import Change

_events = count(1)


def save(uid: str, query: str = "pumps", *, alert: bool = True, **more: Any) -> SavedSearch:
    return service.create(
        uid, SavedSearchInput.model_validate({"name": "Pumps", "query": query, "alert": alert, **more})
    )


def _fields(title: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "summary": "s", "tags": [], "created_at": clock.now(), "updated_at": clock.now(), **more}


def written(uid: str, id: str, before: str | None, after: str | None, **more: Any) -> Change:
    """A vault item's title was `before` and is `after`; it is stored so."""
    stored = _fields(after or "", **more)
    path = f"users/{uid}/vault/{id}"
    firestore.client().commit([writes.Write(path, stored) if after is not None else writes.delete(path)])
    was = _fields(before, **more) if before is not None else None
    fields = stored if after is not None else None
    return Change(f"event-{next(_events)}", uid, "vault", id, was, fields, clock.now())


def notified(uid: str) -> list[Notification]:
    return notifications.list_page(uid, NotificationQuery(limit=200)).notifications


def titles(uid: str) -> list[str]:
    return sorted(notification.message.partition(" matches")[0] for notification in notified(uid))
