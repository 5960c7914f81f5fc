"""Judges what a saved search asks: whether it can be searched, whether writes can be compared with it."""

from shared.domains.saved_searches.models import Filters, SavedSearch
from shared.errors import Invalid
from shared.gcp import event_sources
from shared.search.kinds import KINDS
from shared.search.text import query as queries
from shared.search.text.query import Query

# The kinds of documents whose writes are events; what the system notes of them has none, or every event would bring
# forth another.
WATCHABLE = event_sources.COLLECTIONS & KINDS.keys()


def require(search: SavedSearch) -> None:
    """Raises Invalid for a search that cannot be run, and for an alert of kinds whose documents have no events."""
    query = _parsed(search.query)
    filters = search.filters
    if not search.query and filters == Filters():
        raise Invalid.of("query", "A saved search needs a query or a filter: this one would find everything.")
    asked = _kinds(query, filters)
    if unknown := sorted(asked - KINDS.keys()):
        raise Invalid.at("filters.kinds", f"unknown kind {unknown[0]}; the kinds are {', '.join(KINDS)}")
    if search.alert and (silent := sorted(asked - WATCHABLE)):
        raise Invalid.at(
            "alert",
            f"documents of the kind {silent[0]} can be searched, but have no alerts; choose among"
            f" {', '.join(sorted(WATCHABLE))}, or save it without an alert",
        )


def watched_kinds(search: SavedSearch) -> frozenset[str]:
    """The kinds of documents that the search finds and that have events."""
    asked = _kinds(queries.parsed(search.query), search.filters)
    return WATCHABLE & asked if asked else WATCHABLE


def _parsed(text: str) -> Query:
    try:
        return queries.parsed(text, kinds=KINDS)
    except Invalid as error:
        raise Invalid.at("query", error.errors[0].message) from error


def _kinds(query: Query, filters: Filters) -> set[str]:
    return {*query.kinds, *filters.kinds}
