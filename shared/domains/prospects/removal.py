"""What goes with a prospect: its outreach, its calendar events, its notifications."""

from datetime import datetime

from shared.domains import calendar, notifications
from shared.domains.changes import Change
from shared.domains.outreach import service as outreach
from shared.domains.prospects import service


def delete(uid: str, id: str, version: datetime | None) -> None:
    """One commit, then a query and a batch per 500 of each kind. Raises NotFound or PreconditionFailed.

    Should this die in between, the document event completes it.
    """
    service.delete(uid, id, version)
    _delete_belongings(uid, id)


def complete(change: Change) -> None:
    """After the document event of a deletion: also takes what was written meanwhile. One read: a prospect with the
    same address may have been created since, and have the same id."""
    if change.deleted and service.repository.find(change.uid, change.id) is None:
        _delete_belongings(change.uid, change.id)


def _delete_belongings(uid: str, id: str) -> None:
    outreach.delete_of_prospect(uid, id)
    calendar.delete_of_prospect(uid, id)
    notifications.delete_of_prospect(uid, id)
