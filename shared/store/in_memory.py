"""Pages, filters and compares rows that are already in memory, by Firestore's rules."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from shared.gcp.queries import Direction, Operator, Where
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


def passes(row: Entity, where: Sequence[Where]) -> bool:
    """Whether a row passes every clause of a filter."""
    return all(_COMPARISONS[operator](getattr(row, path), operand) for path, operator, operand in where)


def in_order(rows: Sequence[M], order: Order) -> list[M]:
    """Rows sorted as Firestore sorts them: null first, and ids in the last direction."""
    ordered = [*rows]
    *_, (_, last) = order
    for path, direction in reversed([*order, ("id", last)]):
        ordered.sort(key=lambda row: _sort_key(getattr(row, path)), reverse=direction == "desc")
    return ordered


def _sort_key(value: Any) -> tuple[bool, Any]:
    return (value is not None, 0 if value is None else value)


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


def _contains_any(held: Any, wanted: Any) -> bool:
    return any(value in held for value in wanted)


def _is_above(held: Any, bound: Any) -> bool:
    return held is not None and bool(held > bound)


def _is_below(held: Any, bound: Any) -> bool:
    return held is not None and bool(held < bound)


_COMPARISONS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "==": lambda held, wanted: bool(held == wanted),
    "!=": lambda held, other: held is not None and bool(held != other),
    "<": _is_below,
    "<=": lambda held, bound: held == bound or _is_below(held, bound),
    ">": _is_above,
    ">=": lambda held, bound: held == bound or _is_above(held, bound),
    "in": lambda held, wanted: held in wanted,
    "array-contains": lambda held, wanted: wanted in held,
    "array-contains-any": _contains_any,
}
