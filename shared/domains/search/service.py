"""Searches all that a user has: words and meaning in the user's index, then the documents of one page."""

from dataclasses import astuple, dataclass
from typing import Any, Literal

from shared.domains.search import playbooks
from shared.domains.search.hydration import hydrated
from shared.domains.search.models import Facets, SearchAnswer, SearchQuery, values
from shared.kit.paging import fingerprint
from shared.search import service as search_index
from shared.search.index import Index
from shared.search.kinds import KINDS
from shared.search.results import Filters, Mode, Results
from shared.search.shown import Shown
from shared.search.text import query as queries
from shared.search.text.query import Query
from shared.store import cursors

_MEANING = 2  # words that have a meaning together; one alone is looked for as it is written
_TYPED = 4  # words of a query whose last one may be unfinished: what is longer was written, not typed


@dataclass(frozen=True)
class Search:
    """What is looked for, and how."""

    text: str
    filters: Filters
    mode: Literal["auto", "text", "semantic", "hybrid"] = "auto"


def run(uid: str, search: Search, *, limit: int, cursor: str | None) -> SearchAnswer:
    """One page of hits, with facets and the total of all.

    A read for what has changed, one for the index, and one for each hit; two round trips, once the index is in this
    instance's memory. Raises Invalid for a query that cannot be read, BadRequest for a foreign cursor.
    """
    query = read(search.text)
    query_id = fingerprint(uid, "hits", *astuple(search))
    shown = Shown.unpacked(*after) if (after := cursors.decode(query_id, cursor)) else Shown()

    def found(index: Index) -> tuple[Mode, Results]:
        mode, vector = _meaning(search, query, index)
        return mode, index.search(query, search.filters, mode=mode, vector=vector, limit=limit + 1, shown=shown)

    mode, results = search_index.answer(uid, found, common=[playbooks.segment()])
    page = results.hits[:limit]
    hits = hydrated(uid, page, query, search.filters)
    behind = shown.and_then([hit.hash for hit in page])
    return SearchAnswer(
        hits=hits,
        facets=Facets(**{name: dict(getattr(results.facets, name)) for name in Facets.model_fields}),
        total=results.total - (len(page) - len(hits)),
        next_cursor=cursors.encode(query_id, behind.packed()) if len(results.hits) > limit else None,
        suggestions=list(results.suggestions),
        ignored=list(query.ignored),
        mode=mode,
    )


def count(uid: str, search: Search) -> int:
    """How many documents match: as `run`, without a read for hits."""
    query = read(search.text)

    def total(index: Index) -> int:
        mode, vector = _meaning(search, query, index)
        return index.search(query, search.filters, mode=mode, vector=vector, limit=1).total

    return search_index.answer(uid, total, common=[playbooks.segment()])


def of_query(query: SearchQuery) -> Search:
    """What a request asks for."""
    filters = Filters(
        kinds=tuple(values(query.kinds)),
        tags=tuple(values(query.tags)),
        status=tuple(values(query.status)),
        since=query.since,
        until=query.until,
    )
    return Search(query.q, filters, query.mode)


def read(text: str) -> Query:
    """The query that a person writes; of a short one the last word may go on. Of a long one without syntax, as of a
    sentence that was pasted, the most telling words are looked for. Raises Invalid."""
    if len(text.split()) > queries.MAX_TERMS and queries.is_plain(text):
        return queries.plain(text)
    is_typed = text[-1:].isalnum() and len(text.split()) <= _TYPED
    return queries.parsed(text, as_you_type=is_typed, kinds=KINDS)


def _meaning(search: Search, query: Query, index: Index) -> tuple[Mode, Any]:
    """The mode, and the query's vector where it takes one; without an answer of the embedding model, text."""
    mode: Mode = "hybrid" if search.mode == "auto" else search.mode
    is_short = search.mode == "auto" and len(query.wanted) < _MEANING
    if mode == "text" or is_short or not query.text.strip():
        return "text", None
    vector = search_index.vector_of(index, query.text)
    return ("text", None) if vector is None else (mode, vector)
