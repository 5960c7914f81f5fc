"""Counts the work of a template while it is rendered, and ends a template that does too much.

A unit is about a microsecond: an item of a loop, a call, a thousand characters read. Loops, comparisons and `~` are
rewritten to pass through filters of this module, whose names no template can write; the filters and tests of the
template language are wrapped. So two loops within each other, texts that double and a list of a list of itself all end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

from shared.errors import Invalid

MAX_WORK = 1_000_000
MAX_TEXT = 1_000_000  # characters of one text on the way
_READ, _COPIED, _SLOW = 1_000, 4_096, 10  # characters in a unit: read, copied as a whole, handled one by one
_MAX_URLIZED = 2_000  # characters: its own patterns are quadratic
_BY_CHARACTER = {"title", "urlencode", "xmlattr", "wordcount", "pprint", "filesizeformat"}
_DEEP = {"tojson", "string", "pprint", "join", "unique", "sort", "sum", "min", "max", "groupby", "dictsort", "xmlattr"}
_remaining: ContextVar[list[int] | None] = ContextVar("work_left", default=None)


T = TypeVar("T")


@contextmanager
def metered() -> Iterator[None]:
    """Bounds the work within the block to MAX_WORK units; beyond them `spend` raises Invalid."""
    token = _remaining.set([MAX_WORK])
    try:
        yield
    finally:
        _remaining.reset(token)


def spend(units: int) -> None:
    """Takes units of work from the block's allowance. Raises Invalid if it is used up."""
    allowance = _remaining.get()
    if allowance is None:
        return
    allowance[0] -= units
    if allowance[0] < 0:
        raise Invalid.of(
            "expression",
            f"it takes more than {MAX_WORK:,} steps; loop over fewer items, not over a list within a list, or "
            "prepare the value in a step before.",
        )


def bounded(length: int) -> None:
    """Spends the work of a text of this length, before it is built. Raises Invalid for a text that would be too
    long."""
    if length > MAX_TEXT:
        raise Invalid.of("expression", f"a text in it would have {length:,} characters; at most {MAX_TEXT:,} are made.")
    spend(length // _READ)


def read(value: T) -> T:
    """Spends the work of reading a value once, to any depth; answers the value."""
    if isinstance(value, str | bytes):
        spend(len(value) // _READ)
    elif isinstance(value, Mapping):
        spend(len(value))
        for child in value.values():
            read(child)
    elif isinstance(value, list | tuple | set | frozenset):
        spend(len(value))
        for child in value:
            read(child)
    return value


def each(values: Iterable[T]) -> Iterable[T]:
    """Spends one unit for each item that a loop takes; answers the items."""
    if isinstance(values, Sized):
        spend(len(values))
        return values
    return _counted(values)


def _counted(values: Iterable[T]) -> Iterator[T]:
    for value in values:
        spend(1)
        yield value


def joined(parts: Iterable[str]) -> str:
    """Joins the parts of a text. Raises Invalid beyond MAX_TEXT characters."""
    pieces: list[str] = []
    length = 0
    for part in parts:
        length += len(part)
        if length > MAX_TEXT:
            bounded(length)
        pieces.append(part)
    spend(1 + len(pieces) + length // _READ)
    return "".join(pieces)


def install(environment: Environment) -> None:
    """Meters an environment: wraps its filters and tests, and adds those that loops, comparisons and `~` are rewritten
    to."""
    tables: list[dict[str, Any]] = [environment.filters, environment.tests]
    for table in tables:
        table.update({name: _wrapped(name, function) for name, function in table.items()})
    environment.filters |= {"(each)": each, "(read)": read, "(joined)": lambda parts: joined(map(_text, parts))}


def _text(part: object) -> str:
    return str(read(part))


def _wrapped(name: str, function: Callable[..., object]) -> Callable[..., object]:
    first = 1 if hasattr(function, "jinja_pass_arg") else 0  # of the arguments, the value

    @wraps(function)
    def wrapped(*args: object, **named: object) -> object:
        spend(1)
        value, more = args[first] if len(args) > first else None, [*args[first + 1 :], *named.values()]
        _before(name, value, more)
        result = function(*args, **named)
        if isinstance(result, str):
            bounded(len(result))
        return result

    return wrapped


def _before(name: str, value: object, more: list[object]) -> None:
    """Spends the work of a filter or test by the size of its arguments. Raises Invalid for a result that would be too
    large."""
    for argument in (value, *more):
        if name in _DEEP or isinstance(argument, str):
            read(argument)
        elif isinstance(argument, Sized):
            spend(len(argument))
    if isinstance(value, str):
        growth = _GROWTH.get(name)
        if growth:
            growth(value, *more)
        if name in _BY_CHARACTER:
            spend(len(value) // _SLOW)
    elif name == "join" and isinstance(value, Sized):
        bounded(len(value) * max((len(text) for text in more if isinstance(text, str)), default=0))
    elif name == "sum" and isinstance(value, list) and value and not isinstance(value[0], int | float):
        spend(len(value) * len(value))


def _replaced(text: str, old: object = "", new: object = "", *options: object) -> None:
    bounded(len(text) + (len(text) // max(1, len(str(old))) + 1) * len(str(new)))


def _indented(text: str, width: object = 4, *options: object) -> None:
    bounded(len(text) + (text.count("\n") + 1) * (width if isinstance(width, int) else len(str(width))))


def _wrapped_words(text: str, width: object = 79, *options: object) -> None:
    lines = len(text) // max(1, width if isinstance(width, int) else 1) + 1
    longest = max((len(str(part)) for part in options if isinstance(part, str)), default=1)
    bounded(len(text) + lines * longest)
    spend(lines * len(text) // _COPIED)


def _without_tags(text: str, *options: object) -> None:
    spend(text.count("<") * len(text) // _COPIED)


def _with_links(text: str, *options: object) -> None:
    if len(text) > _MAX_URLIZED:
        raise Invalid.of("expression", f"urlize: at most {_MAX_URLIZED:,} characters.")


def _expanded(text: str, width: object = 8, *options: object) -> None:
    bounded(len(text) + text.count("\t") * (width if isinstance(width, int) else 8))


def _joining(text: str, parts: object = (), *options: object) -> None:
    if isinstance(parts, Sized):
        bounded(len(parts) * len(text))
    read(parts)


_GROWTH: dict[str, Callable[..., None]] = {
    "replace": _replaced,
    "indent": _indented,
    "wordwrap": _wrapped_words,
    "striptags": _without_tags,
    "urlize": _with_links,
}
_METHODS: dict[str, Callable[..., None]] = {"replace": _replaced, "expandtabs": _expanded, "join": _joining}


def before_method(text: str, name: str, args: Iterable[object]) -> None:
    """Spends the work of a text's method by the size of its arguments. Raises Invalid for a result that would be too
    large."""
    arguments = list(args)
    spend(len(text) // _READ)
    for value in arguments:
        read(value)
    growth = _METHODS.get(name)
    if growth:
        growth(text, *arguments)


class Rewriter(NodeTransformer):
    """Sends the items of loops, both sides of comparisons, and the parts of `~` through the meter."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - the visitor's naming
        self.generic_visit(node)
        node.iter = _through("(each)", node.iter)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:  # noqa: N802
        self.generic_visit(node)
        node.expr = _through("(read)", node.expr)
        for operand in node.ops:
            operand.expr = _through("(read)", operand.expr)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        return _through("(joined)", nodes.List(node.nodes, lineno=node.lineno))


def _through(name: str, node: nodes.Node) -> nodes.Expr:
    if isinstance(node, nodes.Const):
        return node
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
