"""Searches one list: the rows of a collection in which every word of a search begins some word."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from shared.gcp.queries import Where
from shared.kit.paging import Page, Searched, fingerprint
from shared.kit.schema import Entity
from shared.search.kinds import KINDS, Kind
from shared.search.results import Filters
from shared.search.text import query as queries
from shared.store import cursors, in_memory
from shared.store.repository import NEWEST_FIRST, Order, Repository

M = TypeVar("M", bound=Entity)
_COMPARED = 1_000  # rows that are read where the index alone can neither filter nor sort them


def page(
    repository: Repository[M],
    uid: str,
    search: str | None,
    *,
    where: Sequence[Where] = (),
    order: Order = NEWEST_FIRST,
    limit: int = 100,
    cursor: str | None = None,
) -> Page[M]:
    """A page of the rows that match; without a word, of all.

    The index names the rows, the newest first, by state, tags and time if these are filtered: a list in that order
    reads those of its page alone. For other filters or another order the newest `_COMPARED` are read, and compared in
    memory; the page's `searched` says so, and whether there were more. Two round trips.
    """
    query = queries.plain(search or "")
    if not query.wanted:
        return repository.page(uid, where=where, order=order, limit=limit, cursor=cursor)
    from shared.search import service as search_index

    kind = KINDS[repository.collection]
    filters, others = by_index(kind, where)
    matches = search_index.answer(uid, lambda index: index.all_matching(query, filters), kinds=filters.kinds)
    matching = [(at, key.id) for key, at in matches]
    query_id = fingerprint(uid, repository.collection, query.text, list(where), list(order))
    if not others and [*order] == [(kind.at, "desc")]:
        return _newest(repository, uid, matching, query_id, limit, cursor)
    rows = repository.get_many(uid, [id for _, id in matching[:_COMPARED]]).values()
    passing = in_memory.in_order([row for row in rows if in_memory.passes(row, others)], order)
    searched = Searched(limit=_COMPARED, complete=len(matching) <= _COMPARED)
    return in_memory.page_of_sorted(passing, order, query_id, limit=limit, cursor=cursor, searched=searched)


def by_index(kind: Kind, where: Sequence[Where]) -> tuple[Filters, list[Where]]:
    """The clauses of a filter that the index answers, as its filters; and the others."""
    filters, others = Filters(kinds=(kind.name,)), []
    for path, operator, operand in where:
        if operator == "==" and path == kind.status_field and kind.status({path: operand}) == operand:
            filters = replace(filters, status=(operand,))
        elif path == kind.tags and operator.startswith("array-contains") and not filters.tags:
            filters = replace(filters, tags=tuple(operand) if operator == "array-contains-any" else (operand,))
        elif path == kind.at and operator == ">=":
            filters = replace(filters, since=operand)
        else:
            others.append((path, operator, operand))
    return filters, others


def _newest(
    repository: Repository[M],
    uid: str,
    matching: Sequence[tuple[datetime, str]],
    query_id: str,
    limit: int,
    cursor: str | None,
) -> Page[M]:
    """The page behind the cursor's row, or behind where that was, if it is deleted."""
    start = 0
    if after := cursors.decode(query_id, cursor):
        at, id = after
        places = (n for n, row in enumerate(matching) if row[1] == id or row[0] < at)
        start = next((n + (matching[n][1] == id) for n in places), len(matching))
    shown = matching[start : start + limit]
    rows = repository.get_many(uid, [id for _, id in shown])
    more = len(matching) > start + limit
    total = len(matching) - (len(shown) - len(rows))
    return Page([*rows.values()], total, cursors.encode(query_id, shown[-1]) if more else None)
