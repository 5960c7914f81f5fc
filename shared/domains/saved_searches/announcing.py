"""Tells a user of the documents that their saved searches come to match: of each document and search once.

Every document that is written here has an id derived from search, document and hour, and is created: a second delivery,
or another handler at the same time, comes to the same and is refused. The first `EACH_HOUR` matches of an hour have a
notification each. Which these are a list decides that documents are appended to (`ArrayUnion`), never removed from, so
that everybody reads the same. Those behind are counted by one notification for the hour, whose number grows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domains import notifications
from shared.domains.notifications import Notification
from shared.domains.saved_searches.models import SearchMatch
from shared.domains.saved_searches.repository import matches
from shared.errors import AlreadyExists, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit.fields import Fields
from shared.kit.ids import derived_id
from shared.store import optimistic

EACH_HOUR = 20  # notifications of a search that tell of one document
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Announcement:
    """A match to be told of. Its id is derived from what the search asks and the document, which was written `at`."""

    match: SearchMatch
    at: datetime

    @property
    def hour(self) -> str:
        """Names the hour of the search that it is one of."""
        return f"{self.match.saved_search_id}~{self.at:%Y-%m-%dT%H}"


def store(announcement: Announcement) -> None:
    """Store a match that nobody is notified of, for automations alone: three reads, one commit, once."""
    stored = matches.read_state(announcement.match, announcement.hour)
    if stored.is_there and not stored.match:
        _create(matches.to_create(announcement.match))


def tell(announcement: Announcement) -> None:
    """Notify the user of a match, once: three reads in one round trip; of one that is new two commits, and a read more
    between them. A document that is gone by now is not told of."""
    match, hour = announcement.match, announcement.hour
    stored = matches.read_state(match, hour)
    if stored.match:
        if stored.match.counted_in:  # whoever stored it may have died before the number was told
            _tell_number(announcement)
        return
    if not stored.is_there:
        return
    first = stored.first
    if match.id not in first and len(first) < EACH_HOUR:
        first = matches.append(match, hour)
    if match.id in first[:EACH_HOUR]:
        _create(matches.to_create(match), notifications.to_create(_of_one(announcement)))
    else:
        _create(matches.to_create(match.model_copy(update={"counted_in": hour})))
        _tell_number(announcement)


def delete_of_prospect(uid: str, prospect_id: str) -> int:
    """Delete what tells that documents about a prospect were found: a query and a batch per 500."""
    return matches.delete_each(uid, [("prospect_id", "==", prospect_id)])


def _create(*changes: Write) -> None:
    try:
        firestore.client().commit(changes)
    except AlreadyExists:  # another delivery was faster
        return


def _tell_number(announcement: Announcement) -> None:
    """Have the hour's notification say how many matches it stands for: a read and a count, and a commit where it says
    fewer.

    The number is counted after the notification was read, and written only onto what was read: whoever stored the last
    match says the last number, or finds it said.
    """
    uid, id = announcement.match.user_id, derived_id(announcement.hour, "more")

    def attempt() -> None:
        said = notifications.find(uid, id)
        number = matches.count_of_hour(uid, announcement.hour)
        if said and said.metadata.get("more", 0) >= number:
            return
        fresh = _of_number(announcement, id, number)
        change = notifications.to_say(said, fresh) if said else [notifications.to_create(fresh)]
        optimistic.commit(change, overtaken_by=(AlreadyExists, PreconditionFailed))

    optimistic.in_turn(attempt, "notification")


def _of_one(announcement: Announcement) -> Notification:
    match = announcement.match
    return notifications.build(
        match.user_id,
        f"New match: {match.saved_search}",
        f"{match.title} matches your saved search {match.saved_search}.",
        id=match.id,
        link=match.link,
        prospect_id=match.prospect_id,
        metadata=_metadata(match) | {"kind": match.kind, "document_id": match.document_id},
    )


def _of_number(announcement: Announcement, id: str, number: int) -> Notification:
    match = announcement.match
    hour = announcement.at.replace(minute=0, second=0, microsecond=0)
    return notifications.build(
        match.user_id,
        f"And {number:,} more match: {match.saved_search}",
        f"Between {hour:%H:%M} and {hour + _HOUR:%H:%M} UTC on {hour:%Y-%m-%d} {EACH_HOUR} matches of"
        f" {match.saved_search} had a notification each; {number:,} more match. Run the saved search to see them all.",
        id=id,
        metadata=_metadata(match) | {"more": number},
    )


def _metadata(match: SearchMatch) -> Fields:
    return {"saved_search_id": match.saved_search_id, "saved_search": match.saved_search}
