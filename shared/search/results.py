"""What a search takes beside its query, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from shared.search.entries import Entry, Key
from shared.search.text.query import Query

Mode = Literal["text", "semantic", "hybrid"]
How = Literal["exact", "spelling", "stem", "prefix", "synonym", "typo", "phrase", "meaning"]


@dataclass(frozen=True)
class Filters:
    """What a document must have; of several tags, kinds or states any. `since` and `until` include their moment."""

    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def allow(self, entry: Entry) -> bool:
        """Whether they let an entry of a document through."""
        return (
            (not self.kinds or entry.key.kind in self.kinds)
            and (not self.tags or any(tag in self.tags for tag in entry.tags))
            and (not self.status or entry.status in self.status)
            and (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at <= self.until)
        )


def filters_in(query: Query) -> Filters:
    """The filters that a query names itself: kind:, tag: and status:."""
    return Filters(query.kinds, query.tags, query.status)


@dataclass(frozen=True)
class Match:
    """How a term of the query is met: by which words of the document, in which fields, with what share of the score."""

    how: How
    words: tuple[str, ...]
    fields: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class Hit:
    """A document: its best part, the hash of its key, and a score in 0..1, comparable within one query alone."""

    key: Key
    part: int
    score: float
    matched: Mapping[str, Match]
    at: datetime
    hash: int


class Passage(NamedTuple):
    """An entry that answers a query: a document's part."""

    key: Key
    part: int
    score: float


@dataclass(frozen=True)
class Facets:
    """How many documents of a result have each kind, tag (the 100 most frequent) and status."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    status: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """A page of hits, best first; `total` and `facets` count all documents that match, not this page's alone."""

    hits: tuple[Hit, ...]
    total: int
    facets: Facets
    suggestions: tuple[str, ...]
