"""Firestore queries as values, and their conversion to the wire."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.gcp import messages
from shared.gcp.values import Value, encode
from shared.gcp.writes import field_path

_StructuredQuery = messages.firestore.StructuredQuery
_OPERATORS = {
    "==": 5,
    "<": 1,
    "<=": 2,
    ">": 3,
    ">=": 4,
    "!=": 6,
    "array-contains": 7,
    "in": 8,
    "array-contains-any": 9,
}
_ASCENDING, _DESCENDING = 1, 2
_AND = 1
NAME = "__name__"  # in place of a field: the document's own

Operator = Literal["==", "<", "<=", ">", ">=", "!=", "array-contains", "in", "array-contains-any"]
Where = tuple[str, Operator, Any]
Direction = Literal["asc", "desc"]


def equal(**fields: Any) -> list[Where]:
    """A clause for each field that a client asks about; None asks about nothing."""
    return [(name, "==", value) for name, value in fields.items() if value is not None]


@dataclass(frozen=True)
class Query:
    """A query of the collection at `parent`/`collection`, or of all collections of that name (`group`).

    The document's name is always the last sort key, so `after` (sort values and then the
    name's path) continues exactly behind a row, whatever is inserted meanwhile. `fields` are the only ones that are
    sent; a dotted one is within a map.
    """

    collection: str
    parent: str = ""
    group: bool = False
    where: Sequence[Where] = ()
    order: Sequence[tuple[str, Direction]] = ()
    limit: int | None = None
    after: Sequence[Any] = ()
    fields: Sequence[str] = ()


def to_wire(query: Query, documents: str, *, for_count: bool = False) -> Any:
    """Convert a query to a protobuf StructuredQuery.

    A count has neither cursor nor limit, but keeps the order, so that the page's index serves it.
    """
    wire = _StructuredQuery()
    source = wire.from_.add()
    source.collection_id = query.collection
    source.all_descendants = query.group
    _add_filters(wire, query.where)
    for path, direction in orders(query):
        _add_order(wire, path, direction)
    if for_count:
        return wire
    if query.after:
        *values, name = query.after
        wire.start_at.values.extend(encode(value) for value in values)
        wire.start_at.values.append(Value(reference_value=f"{documents}/{name}"))
        wire.start_at.before = False
    if query.limit is not None:
        wire.limit.value = query.limit
    for path in query.fields:
        wire.select.fields.add().field_path = field_path(*path.split("."))
    return wire


def orders(query: Query) -> list[tuple[str, Direction]]:
    """What a query's rows are sorted by; the name, at last, in the direction of what it is behind."""
    last = query.order[-1][1] if query.order else "asc"
    return [*query.order, (NAME, last)] if query.order or query.after else []


def _add_order(wire: Any, path: str, direction: Direction) -> None:
    order = wire.order_by.add()
    order.field.field_path = path
    order.direction = _DESCENDING if direction == "desc" else _ASCENDING


def _add_filters(wire: Any, where: Sequence[Where]) -> None:
    if not where:
        return
    wire.where.composite_filter.op = _AND
    for path, operator, operand in where:
        clause = wire.where.composite_filter.filters.add()
        if operand is None and operator in ("==", "!="):
            clause.unary_filter.op = 3 if operator == "==" else 5  # IS_NULL, IS_NOT_NULL
            clause.unary_filter.field.field_path = path
            continue
        clause.field_filter.field.field_path = path
        clause.field_filter.op = _OPERATORS[operator]
        clause.field_filter.value.CopyFrom(encode(operand))
