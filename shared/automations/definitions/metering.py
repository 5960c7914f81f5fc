"""Counts what a template does while it is rendered, and ends one that does too much: nothing else can.

A unit is about a microsecond: an item of a loop, a call, a thousand characters read. Loops, comparisons and `~` are
rewritten to pass through filters of this module, whose names no template can write; the filters and tests of the
template language are wrapped. So two loops within each other, texts that double and a list of a list of itself all end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

from shared.errors import Invalid

MAX_WORK = 1_000_000
MAX_TEXT = 1_000_000  # characters of one text on the way
_READ, _COPIED, _SLOW = 1_000, 4_096, 10  # characters in a unit: read, copied as a whole, handled one by one
_MAX_URLIZED = 2_000  # characters: its own patterns are quadratic
_BY_CHARACTER = {"title", "urlencode", "xmlattr", "wordcount", "pprint", "filesizeformat"}
_DEEP = {"tojson", "string", "pprint", "join", "unique", "sort", "sum", "min", "max", "groupby", "dictsort", "xmlattr"}
_left: ContextVar[list[int] | None] = ContextVar("work_left", default=None)


@contextmanager
def metered() -> Iterator[None]:
    """Within it, no more than MAX_WORK units are done: Invalid is raised."""
    token = _left.set([MAX_WORK])
    try:
        yield
    finally:
        _left.reset(token)


def spend(units: int) -> None:
    """Raises Invalid where the work is used up."""
    left = _left.get()
    if left is None:
        return
    left[0] -= units
    if left[0] < 0:
        raise Invalid.of(
            "expression",
            f"it takes more than {MAX_WORK:,} steps; loop over fewer items, not over a list within a list, or "
            "prepare the value in a step before.",
        )


def bounded(length: int) -> None:
    """Raises Invalid for a text that would be too long, before it is made."""
    if length > MAX_TEXT:
        raise Invalid.of("expression", f"a text in it would have {length:,} characters; at most {MAX_TEXT:,} are made.")
    spend(length // _READ)


def read(value: object) -> Any:
    """Spend what it takes to go through the value once, to any depth; answers the value."""
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


def each(values: Any) -> Any:
    """Spend one unit for each item that a loop takes."""
    if isinstance(values, Sized):
        spend(len(values))
        return values
    return _counted(values)


def _counted(values: Iterable[object]) -> Iterator[Any]:
    for value in values:
        spend(1)
        yield value


def joined(parts: Iterable[str]) -> str:
    """The parts as one text, no longer than MAX_TEXT."""
    made: list[str] = []
    length = 0
    for part in parts:
        length += len(part)
        if length > MAX_TEXT:
            bounded(length)
        made.append(part)
    spend(1 + len(made) + length // _READ)
    return "".join(made)


def install(environment: Environment) -> None:
    """Wrap the environment's filters and tests, and add those that loops, comparisons and `~` are rewritten to."""
    tables: list[dict[str, Any]] = [environment.filters, environment.tests]
    for table in tables:
        table.update({name: _wrapped(name, function) for name, function in table.items()})
    environment.filters |= {"(each)": each, "(read)": read, "(joined)": lambda parts: joined(map(_text, parts))}


def _text(part: object) -> str:
    return str(read(part))


def _wrapped(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    first = 1 if hasattr(function, "jinja_pass_arg") else 0  # of the arguments, the value

    @wraps(function)
    def wrapped(*args: object, **named: object) -> Any:
        spend(1)
        value, more = args[first] if len(args) > first else None, [*args[first + 1 :], *named.values()]
        _before(name, value, more)
        made = function(*args, **named)
        if isinstance(made, str):
            bounded(len(made))
        return made

    return wrapped


def _before(name: str, value: object, more: list[Any]) -> None:
    """Spend what the filter or test takes in proportion to its input; refuse what would grow without proportion."""
    for given in (value, *more):
        if name in _DEEP or isinstance(given, str):
            read(given)
        elif isinstance(given, Sized):
            spend(len(given))
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


def _replaced(text: str, old: object = "", new: object = "", *rest: object) -> None:
    bounded(len(text) + (len(text) // max(1, len(str(old))) + 1) * len(str(new)))


def _indented(text: str, width: object = 4, *rest: object) -> None:
    bounded(len(text) + (text.count("\n") + 1) * (width if isinstance(width, int) else len(str(width))))


def _wrapped_words(text: str, width: object = 79, *rest: object) -> None:
    lines = len(text) // max(1, width if isinstance(width, int) else 1) + 1
    longest = max((len(str(part)) for part in rest if isinstance(part, str)), default=1)
    bounded(len(text) + lines * longest)
    spend(lines * len(text) // _COPIED)


def _without_tags(text: str, *rest: object) -> None:
    spend(text.count("<") * len(text) // _COPIED)


def _with_links(text: str, *rest: object) -> None:
    if len(text) > _MAX_URLIZED:
        raise Invalid.of("expression", f"urlize: at most {_MAX_URLIZED:,} characters.")


def _expanded(text: str, width: object = 8, *rest: object) -> None:
    bounded(len(text) + text.count("\t") * (width if isinstance(width, int) else 8))


def _joining(text: str, parts: object = (), *rest: object) -> None:
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
    """Spend what a method of a text takes; refuse what would grow without proportion."""
    given = list(args)
    spend(len(text) // _READ)
    for value in given:
        read(value)
    growth = _METHODS.get(name)
    if growth:
        growth(text, *given)


class Rewriter(NodeTransformer):
    """Sends the items of loops, both sides of comparisons, and the parts of `~` through the meter."""

    def visit_For(self, node: nodes.For) -> Any:  # noqa: N802 - the visitor's naming
        self.generic_visit(node)
        node.iter = _through("(each)", node.iter)
        return node

    def visit_Compare(self, node: nodes.Compare) -> Any:  # noqa: N802
        self.generic_visit(node)
        node.expr = _through("(read)", node.expr)
        for operand in node.ops:
            operand.expr = _through("(read)", operand.expr)
        return node

    def visit_Concat(self, node: nodes.Concat) -> Any:  # noqa: N802
        self.generic_visit(node)
        return _through("(joined)", nodes.List(node.nodes, lineno=node.lineno))


def _through(name: str, node: Any) -> Any:
    if isinstance(node, nodes.Const):
        return node
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
