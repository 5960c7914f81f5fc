"""Stored saved searches, what events are compared with, and the documents that they have come to match."""

from dataclasses import dataclass
from datetime import timedelta

from shared.domains.saved_searches.models import SavedSearch, SearchMatch
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import ArrayUnion, Write
from shared.kit import clock
from shared.kit.fields import ReadFields
from shared.search.entries import Key
from shared.store.changes import Change
from shared.store.repository import Repository

_HOUR_KEPT = timedelta(days=3)  # of an hour's list: longer than an event may be late


@dataclass(frozen=True)
class MatchState:
    """What is stored of a match: the match itself, whether its document is there, and the first matches of its hour."""

    match: SearchMatch | None
    is_there: bool
    first: list[str]


class MatchRepository(Repository[SearchMatch]):
    """The hours of a search have a list each: `users/{uid}/search_hours/{hour}`, to which matches are appended."""

    def __init__(self) -> None:
        super().__init__(SearchMatch, "search_matches", "match")

    def read_state(self, match: SearchMatch, hour: str) -> MatchState:
        """One round trip, three reads."""
        paths = [self.path(match.user_id, match.id), _document_path(match), _hour_path(match.user_id, hour)]
        known, document, listed = firestore.client().get_all(paths)
        return MatchState(self.load(known) if known else None, document is not None, _first(listed))

    def append(self, match: SearchMatch, hour: str) -> list[str]:
        """Append a match to its hour's list: one commit, one read; answers the list."""
        path = _hour_path(match.user_id, hour)
        fields = {"first": ArrayUnion((match.id,)), "expires_at": clock.now() + _HOUR_KEPT}
        firestore.client().commit([writes.merge(path, fields)])
        return _first(firestore.client().get(path))

    def count_of_hour(self, uid: str, hour: str) -> int:
        """How many matches are counted by an hour's notification: one count."""
        return self.count(uid, where=[("counted_in", "==", hour)])


def watched_beside(change: Change) -> ReadFields:
    """What an event is compared with, by search: one read."""
    document = change.beside([watched_path(change.uid)])[0]
    return (document.data.get("searches") or {}) if document else {}


def to_set_watched(uid: str, fields: ReadFields) -> Write:
    """The write that changes these field paths of what events are compared with."""
    return writes.merge(watched_path(uid), fields)


def watched_path(uid: str) -> str:
    return f"users/{uid}/search/alerts"


def _document_path(match: SearchMatch) -> str:
    return Key(match.kind, match.document_id).path(match.user_id)


def _hour_path(uid: str, hour: str) -> str:
    return f"users/{uid}/search_hours/{hour}"


def _first(listed: Document | None) -> list[str]:
    return list(listed.data.get("first", ())) if listed else []


repository = Repository(SavedSearch, "saved_searches", "saved search")
matches = MatchRepository()
