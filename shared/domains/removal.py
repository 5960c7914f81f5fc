"""Deletes a prospect together with its outreach messages, calendar events and notifications."""

from datetime import datetime

from shared.domains import calendar, notifications
from shared.domains.outreach import service as outreach
from shared.domains.prospects import service as prospects
from shared.store.changes import Change


def delete(uid: str, id: str, version: datetime | None) -> None:
    """One commit, then a query and a batch per 500 of each kind. Raises NotFound or PreconditionFailed.

    Should this die in between, the document event completes it.
    """
    prospects.delete(uid, id, version)
    _delete_belongings(uid, id)


def complete(change: Change) -> None:
    """Called with the document event of a deletion; also deletes what was written meanwhile. One read: a prospect with
    the same address, and so the same id, may have been created since, and keeps what it has."""
    if change.deleted and prospects.find(change.uid, change.id) is None:
        _delete_belongings(change.uid, change.id)


def _delete_belongings(uid: str, id: str) -> None:
    outreach.delete_of_prospect(uid, id)
    calendar.delete_of_prospect(uid, id)
    notifications.delete_of_prospect(uid, id)
