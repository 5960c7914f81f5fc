"""Pages, filters and compares rows that are already in memory, by Firestore's rules."""

from collections.abc import Sequence
from typing import Any, TypeVar

from shared.gcp.queries import Direction, Where
from shared.kit import tokens
from shared.kit.paging import Page, Searched
from shared.kit.schema import Entity
from shared.store import cursors

M = TypeVar("M", bound=Entity)
Order = Sequence[tuple[str, Direction]]


def page_of_rows(rows: Sequence[M], query_id: str, *, limit: int, cursor: str | None) -> Page[M]:
    """One page of a list that is all in memory; its cursor is the id of the last row shown."""
    last = cursors.decode(query_id, cursor)
    start = next((n + 1 for n, row in enumerate(rows) if [row.id] == last), 0)
    shown = rows[start : start + limit]
    more = len(rows) > start + limit
    return Page(shown, len(rows), cursors.encode(query_id, [shown[-1].id]) if more else None)


def matching_rows(rows: Sequence[M], search: str, arrays: Sequence[Where]) -> list[M]:
    """The rows in whose searchable fields every word begins some word, and which every array clause matches."""
    return [
        row
        for row in rows
        if tokens.matches(search, row.search_tokens()) and all(_has_value(row, clause) for clause in arrays)
    ]


def page_of_sorted(
    rows: Sequence[M], order: Order, query_id: str, *, limit: int, cursor: str | None, searched: Searched
) -> Page[M]:
    """One page of rows that Firestore has sorted; its cursor is the position of the last row shown."""
    after = cursors.decode(query_id, cursor)
    remaining = [row for row in rows if not after or _follows(row, order, after)]
    shown = remaining[:limit]
    more = len(remaining) > limit
    position = [*(getattr(shown[-1], path) for path, _ in order), shown[-1].id] if more else []
    return Page(shown, len(rows), cursors.encode(query_id, position) if more else None, searched)


def _follows(row: Entity, order: Order, position: Sequence[Any]) -> bool:
    """Whether a row sorts after a cursor's position, as Firestore does: null first, and ids in the last direction."""
    *_, (_, last) = order
    for (path, direction), value in zip([*order, ("id", last)], position, strict=True):
        held = getattr(row, path)
        if held != value:
            later = value is None or (held is not None and held > value)
            return later == (direction == "asc")
    return False


def _has_value(row: Entity, clause: Where) -> bool:
    """Whether an array clause matches a row."""
    path, operator, operand = clause
    wanted = operand if operator == "array-contains-any" else [operand]
    return any(value in getattr(row, path) for value in wanted)
