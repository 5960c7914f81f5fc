"""Entries of a user's stream, in the order of their commits, and positions between them.

`at` (when the store had the request) and the commit's time differ by as long as a commit takes, so a query by `at`
begins earlier than the position it looks behind, and what was committed before that is left out. Of commits within
`SETTLING` of each other the later one may be seen first; so what is read behind a position begins that much before it,
and entries are told apart by their ids.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple

from shared import settings
from shared.gcp import firestore
from shared.gcp.announcements import STREAM
from shared.gcp.firestore import Document
from shared.gcp.queries import Query, Where

MOST = 1_000  # entries that are replayed; reading anew is cheaper than more of them
WINDOW = 100  # entries that a listener holds at once; what came faster is read by a query
OVERLAP = timedelta(seconds=60)  # more than twice as long as a commit may take
SETTLING = timedelta(seconds=10)
LAG = timedelta(seconds=5)  # beyond a call's deadline, until when the store may still commit it
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)  # before every entry; what has no time as its `at` is none
_LAST = "\uffff"  # behind every entry's id


class Position(NamedTuple):
    """A place in a user's stream: behind a message of an entry. Positions compare as they follow each other."""

    committed: datetime
    entry: str = _LAST
    message: int = 0


@dataclass(frozen=True)
class Entry:
    """What one commit has announced to a user."""

    id: str
    uid: str
    committed: datetime
    at: datetime
    rows: Sequence[dict[str, Any]]
    frames: dict[str, Any] = field(default_factory=dict, compare=False)  # made of the rows once, for all connections

    @property
    def begin(self) -> Position:
        """The position before its first message."""
        return Position(self.committed, self.id, -1)

    @property
    def end(self) -> Position:
        """The position behind its last message."""
        return Position(self.committed, self.id, len(self.rows) * 10)

    def may_follow(self, position: Position) -> bool:
        """Whether something of it may not have been seen by who has come to a position."""
        if self.id == position.entry:
            return self.end > position
        return self.committed > position.committed - SETTLING


def entry_of(document: Document) -> Entry:
    """The entry of a stored document, which nobody changes once it is created."""
    _, uid, _, id = document.path.split("/")
    at, rows = document.data.get("at"), document.data.get("rows")
    # Entries that a person wrote by hand have other shapes; a time to come would make listeners wait for it.
    before = min(at, document.version) if isinstance(at, datetime) else document.version
    return Entry(id, uid, document.version, before, rows if isinstance(rows, list) else ())


def since(uid: str, position: Position | None, *, limit: int) -> Query:
    """The query of the newest entries, of all that may have been committed behind a position."""
    where: list[Where] = [("at", ">", position.committed - OVERLAP if position else _FIRST)]
    return Query(STREAM, parent=f"users/{uid}", where=where, order=[("at", "desc")], limit=limit)


def longest_commit() -> timedelta:
    """How long after its `at` an entry may be committed: as long as a call may take, and somewhat more."""
    return timedelta(seconds=settings.current().rpc_seconds) + LAG


def behind(uid: str, position: Position) -> list[Entry] | None:
    """All entries behind a position and within `SETTLING` before it, the earliest first: one query, a read for each
    entry since a minute before the position. None where they are too many."""
    documents = firestore.client().query(since(uid, position, limit=MOST + 1))
    if len(documents) > MOST:
        return None
    return in_order(documents, position)


def in_order(documents: Sequence[Document], position: Position) -> list[Entry]:
    """The entries of documents that may not have been seen at a position, each once, the earliest first."""
    entries = {document.path: entry_of(document) for document in documents}
    return sorted((entry for entry in entries.values() if entry.may_follow(position)), key=lambda entry: entry.begin)


@dataclass(frozen=True)
class State:
    """What has been announced to a user by a time of the store: all of it, up to an entry."""

    entry: str  # "" before the first one
    read_at: datetime | None
    settled: bool  # no commit that is not in it yet can be the earlier one by `at`


def state(uid: str) -> State:
    """What has been announced until now: one query, one read.

    A later state has another entry, if the earlier one was settled: what is committed after that has its `at` at most
    `longest_commit` before.
    """
    return begin_state(uid)()


def begin_state(uid: str) -> Callable[[], State]:
    """Ask for the state, and go on; what is returned waits for the answer. A state is settled where that is the state
    of everything that was read in between, too: its entry was committed before it was asked for."""
    asked_at = monotonic()
    answer = firestore.client().begin_query(replace(since(uid, None, limit=1), fields=("at",)))

    def answered() -> State:
        documents, read_at = answer()
        for document in documents:
            asked_for = timedelta(seconds=monotonic() - asked_at)
            settled = read_at - document.data["at"] > longest_commit() + asked_for
            return State(document.path.rpartition("/")[2], read_at, settled)
        return State("", None, True)

    return answered


def newest(uid: str) -> Entry | None:
    """The entry that the store had last: one query, one read."""
    documents = firestore.client().query(since(uid, None, limit=1))
    return entry_of(documents[0]) if documents else None
