"""Stores what a user's saved searches ask in one document, so that an event costs one read however many there are.

`users/{uid}/search/alerts` has an entry for each saved search that can be watched, written field by field in the commit
that writes the search: two writers of two searches do not meet, and of two writers of one search one is refused.
`terms` are the words and stems of the query's most telling term: a document that has none of them is compared no
further. What was written before `since` does not concern a search.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Self

from pydantic import ValidationError

from shared import log
from shared.domains.saved_searches import checks
from shared.domains.saved_searches.models import Filters, SavedSearch
from shared.domains.saved_searches.repository import to_set_watched, watched_beside
from shared.errors import AppError
from shared.gcp.writes import DELETED, ServerTime, Transform, Write, field_path
from shared.kit.fields import Fields, ReadFields
from shared.kit.ids import derived_id
from shared.search.entries import Entry
from shared.search.text import matching
from shared.search.text import query as queries
from shared.search.text.query import Query
from shared.store.changes import Change

Value = object | Transform


@dataclass(frozen=True)
class Watched:
    """A saved search, as events are compared with it."""

    id: str
    name: str
    query: Query
    filters: Filters
    asks: str  # the same for searches that ask the same
    alert: bool

    @classmethod
    def load(cls, id: str, entry: ReadFields) -> Self:
        """Parses a search's entry. Raises AppError, LookupError, TypeError, ValidationError."""
        return cls(
            id=id,
            name=entry["name"],
            query=_parsed(entry["query"]),
            filters=Filters.model_validate(entry["filters"]),
            asks=entry["asks"],
            alert=entry["alert"],
        )

    def matches(self, entries: Sequence[Entry]) -> bool:
        """Whether a document with these entries is one that the search finds."""
        return bool(entries) and self.filters.in_index.allow(entries[0]) and matching.matches(self.query, entries)


def of_kind(change: Change, kind: str) -> Fields:
    """What is stored, for `comparable`, of the user's searches for documents of the kind that has changed: one read."""
    return {id: entry for id, entry in watched_beside(change).items() if _concerns(entry, kind, change.time)}


def _concerns(entry: ReadFields, kind: str, at: datetime) -> bool:
    try:
        return bool(entry["since"] <= at and kind in entry["kinds"])
    except (LookupError, TypeError) as error:
        log.error("an entry of the watched searches cannot be read", exception=error)
        return False


def comparable(stored: ReadFields, entries: Sequence[Entry]) -> Iterator[Watched]:
    """The searches that a document with these entries may match."""
    terms = matching.terms_of(entries)
    for id, entry in stored.items():
        try:
            if not entry["terms"] or not terms.isdisjoint(entry["terms"]):
                yield Watched.load(id, entry)
        except (AppError, LookupError, TypeError, ValidationError) as error:
            log.error("a saved search cannot be compared", exception=error, search=id)


def to_watch(before: SavedSearch | None, after: SavedSearch) -> list[Write]:
    """The writes by which events are compared with the search as it is now; none where it asks and is called the same.

    It concerns what is written from now on where it asks something else, or its alert is switched on.
    """
    if before and not checks.watched_kinds(before) and not checks.watched_kinds(after):
        return []
    if not checks.watched_kinds(after):
        return [to_forget(after.user_id, after.id)]
    entry = _entry(after)
    if before and checks.watched_kinds(before):
        earlier = _entry(before)
        fields: dict[str, Value] = {name: value for name, value in entry.items() if value != earlier[name]}
        anew = before.asks != after.asks or (after.alert and not before.alert)
    else:
        fields, anew = dict(entry), True
    if anew:
        fields["since"] = ServerTime()
    paths = {field_path("searches", after.id, name): value for name, value in fields.items()}
    return [to_set_watched(after.user_id, paths)] if paths else []


def to_forget(uid: str, id: str) -> Write:
    """The write by which events are not compared with a search any more."""
    return to_set_watched(uid, {field_path("searches", id): DELETED})


def _entry(search: SavedSearch) -> Fields:
    filters: Mapping[str, object] = search.filters.model_dump(exclude_defaults=True)
    return {
        "name": search.name,
        "query": search.query,
        "filters": filters,
        "asks": derived_id(search.query, search.filters.model_dump_json()),
        "kinds": sorted(checks.watched_kinds(search)),
        "terms": matching.required_terms(_parsed(search.query)),
        "alert": search.alert,
    }


@lru_cache(maxsize=2_000)
def _parsed(text: str) -> Query:
    return queries.parsed(text)
