"""Deletes a prospect together with its messages and what came back, its calendar events, notifications and matches."""

from collections.abc import Sequence
from datetime import datetime

from shared.domains import calendar, notifications
from shared.domains.inbox import service as inbox
from shared.domains.outreach import service as outreach
from shared.domains.prospects import service as prospects
from shared.domains.saved_searches import announcing
from shared.gcp.writes import Write
from shared.store.changes import Change


def delete(uid: str, id: str, version: datetime | None, *, beside: Sequence[Write] = ()) -> None:
    """One commit, with `beside` in it, then a query and a batch per 500 of each kind. Raises NotFound or
    PreconditionFailed.

    Should this die in between, the document event completes it.
    """
    prospects.delete(uid, id, version, beside=beside)
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
    inbox.delete_of_prospect(uid, id)
    announcing.delete_of_prospect(uid, id)
