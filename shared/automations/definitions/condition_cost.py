"""Estimates how long a CEL expression can take on its data, before it is evaluated.

The evaluator cannot be interrupted and holds the interpreter's lock. CEL always ends, but its macros nest, `map` and
`filter` copy their result once for each item, and `+` makes texts and lists grow. So the expression is walked once with
the sizes of its variables in place of their values: every item of a list is taken to be as large as the largest, every
`&&` to evaluate both sides. The unit is one scalar copied, some 60 ns.

The library shows no syntax tree. CEL has Python's expressions but for a few signs, which are replaced; then Python's
parser makes the tree. The logic changes (`?:` becomes `or`), the structure that costs depend on does not.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.errors import Invalid
from shared.kit.fields import ReadFields
from shared.kit.patterns import lazy_pattern
from shared.kit.schema import Trimmed
from shared.kit.whitespace import VISIBLE

MAX_COST = 15_000_000  # at most a second, of which a nested comparison takes the third
Expression = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1_000, pattern=VISIBLE),
    Trimmed,
    Field(
        description="A CEL expression. It is refused, by name, on data with which it could take more than "
        f"{MAX_COST:,} operations: lists within lists multiply."
    ),
]
_LOOP, _FEW = 3, 8  # of one item of a macro, beside its body; additions that need no estimate
_MATCH, _MATCH_OF_ANY = 10_000, 2_000_000  # compiling a pattern; one that the expression does not spell out
_CHARS = 64  # characters copied or compared in one unit
_MACROS = {"all", "exists", "exists_one", "filter", "map"}
_TOKEN = lazy_pattern(
    r"""(?P<text>[bB]?[rR]'[^'\n]*'|[bB]?[rR]"[^"\n]*"
      |[bB]?'''(?:[^'\\]|\\.|'(?!''))*'''|[bB]?\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"
      |[bB]?'(?:[^'\\]|\\.)*'|[bB]?"(?:[^"\\]|\\.)*")
      |(?P<number>0[xX][0-9a-fA-F]+[uU]?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[uU]?|\.\d+(?:[eE][+-]?\d+)?)
      |(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<blank>\s+|//[^\n]*)|(?P<sign>&&|\|\||!=|[<>=]=|[^'"])""",
    re.VERBOSE | re.DOTALL,
)
_COUNT = lazy_pattern(r"(\d{1,6}),?\}")
_SIGNS = {"&&": " and ", "||": " or ", "!": "-", "!=": "=="}


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a value: its items, the scalars in it at any depth, and the characters of a text.

    `inner` is as large as the largest item; `fields` are those of a map that are named.
    """

    length: int = 0
    weight: int = 1
    text: int = 0
    inner: "Shape | None" = None
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    key: int = 0  # characters of a map's longest key


_SCALAR = Shape()


def check_cost(source: str, variables: ReadFields) -> None:
    """Raises Invalid if evaluating the expression on the variables could take more than MAX_COST; for parsed
    expressions."""
    tree = _tree(source)
    if tree is None:
        return
    try:
        cost, result = _cost(tree, {name: _shape(value) for name, value in variables.items()})
    except RecursionError as error:
        raise Invalid.of("expression", f"`{source[:200]}` is nested too deep.") from error
    total = cost + result.weight + result.text // _CHARS
    if total > MAX_COST:
        raise Invalid.of(
            "expression",
            f"`{source[:200]}` is not evaluated on this data: it could take {total:,} operations, and at most "
            f"{MAX_COST:,} are made. Lists within lists multiply, and so does `map` or `filter` over a long list: use "
            "`exists` or `all` with a comparison, or fewer items.",
        )


@lru_cache(maxsize=512)
def _tree(source: str) -> ast.expr | None:
    """The syntax tree; None for an expression whose cost is in proportion to its data in any case. Raises Invalid."""
    try:
        tree = ast.parse(_as_python(source), mode="eval").body
        nodes = list(ast.walk(tree))
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise Invalid.of(
            "expression", f"`{source[:200]}` is nested too deep, or uses syntax that is not supported here."
        ) from error
    additions = sum(isinstance(node, ast.BinOp) for node in nodes)
    return tree if additions > _FEW or any(map(_macro, nodes)) else None


def _as_python(source: str) -> str:
    """Translates to a Python expression of the same structure: `v_x` for a variable or a field x, `text_n_r` for a text
    of n signs that has r `_repeats`."""
    parts: list[str] = []
    opened: list[str] = []
    for token in _tokens(source):
        text, kind = token.group(), token.lastgroup
        if kind == "text":
            parts.append(f" text_{len(text)}_{_repeats(text)} ")
        elif kind == "number":
            parts.append(" 1 ")
        elif kind == "name":
            parts.append(" in " if text == "in" else f" v_{text} ")
        elif kind == "blank":
            parts.append(" ")
        else:
            parts.append(_sign(text, opened))
    return "".join(parts).strip()


def _tokens(source: str) -> Iterator[re.Match[str]]:
    position = 0
    while token := _TOKEN.match(source, position):
        yield token
        position = token.end()


def _repeats(text: str) -> int:
    """How many copies of its parts a pattern expands to at most: 6 for `(a{2}){1,3}`; 1 for most texts."""
    copies = 1
    for count in _COUNT.findall(text):
        copies = min(copies * max(1, int(count)), _MATCH_OF_ANY)
    return copies


def _sign(sign: str, opened: list[str]) -> str:
    """Translates a sign; `opened` holds the open brackets and question marks, as a colon belongs to the last of
    them."""
    if sign == "?":
        opened.append(sign)
        return " or "
    if sign == ":" and opened and opened[-1] == "?":
        opened.pop()
        return " or "
    if sign in "([{":
        opened.append(sign)
    elif sign in ")]}" and opened:
        opened.pop()
    return _SIGNS.get(sign, sign)


def _macro(node: ast.AST) -> str | None:
    """The macro's name, of a call such as `items.map(x, x.name)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) > 1:
        name = node.func.attr.removeprefix("v_")
        return name if name in _MACROS and isinstance(node.args[0], ast.Name) else None
    return None


def _shape(value: object) -> Shape:
    if isinstance(value, str | bytes):
        return Shape(weight=2, text=len(value))
    if isinstance(value, Mapping):
        fields = {str(name): _shape(child) for name, child in value.items()}
        weight = 2 + sum(4 + child.weight for child in fields.values())
        return Shape(len(fields), weight, 0, _largest(fields.values()), fields, max(map(len, fields), default=0))
    if isinstance(value, list | tuple):
        items = [shape for child in value if (shape := _shape(child)) is not _SCALAR]
        weight = 1 + len(value) - len(items) + sum(item.weight for item in items)
        return Shape(len(value), weight, 0, _largest(items) or _SCALAR)
    return _SCALAR


def _largest(shapes: Iterable[Shape]) -> Shape | None:
    return reduce(_merged, shapes, None)


def _merged(first: Shape | None, other: Shape) -> Shape:
    """The smallest shape that is as large as both."""
    if first is None or first is other or first is _SCALAR:
        return other
    if other is _SCALAR or (other.weight == 2 and first.weight >= 2 and first.text >= other.text):
        return first
    fields = dict(first.fields)
    for name, shape in other.fields.items():
        fields[name] = _merged(fields.get(name), shape)
    return Shape(
        max(first.length, other.length),
        max(first.weight, other.weight),
        max(first.text, other.text),
        _largest(inner for inner in (first.inner, other.inner) if inner),
        fields,
        max(first.key, other.key),
    )


Sized = tuple[int, Shape]  # the cost of an expression, and the shape of its value


def _cost(node: ast.expr, scope: Mapping[str, Shape]) -> Sized:
    match node:
        case ast.Constant():
            return 1, _SCALAR
        case ast.Name(name):
            return 1, _named(name, scope)
        case ast.Attribute(value, name):
            cost, shape = _cost(value, scope)
            return cost + 1, shape.fields.get(name.removeprefix("v_")) or _SCALAR
        case ast.Subscript(value, index):
            cost, shape = _cost(value, scope)
            return cost + _cost(index, scope)[0] + 1, shape.inner or _SCALAR
        case ast.Call() if macro := _macro(node):
            return _macro_cost(macro, node, scope)
        case ast.Call(function, args):
            return _call_cost(function, args, scope)
    return _operation_cost(node, scope)


def _operation_cost(node: ast.expr, scope: Mapping[str, Shape]) -> Sized:
    match node:
        case ast.UnaryOp(operand=operand):
            return _cost(operand, scope)[0] + 1, _SCALAR
        case ast.BoolOp(values=values):
            costs, shapes = _each(values, scope)
            return costs, _largest(shapes) or _SCALAR
        case ast.Compare(first, _, others):
            costs, shapes = _each([first, *others], scope)
            return costs + sum(map(_size, shapes)), _SCALAR
        case ast.BinOp(left, operator, right):
            costs, shapes = _each([left, right], scope)
            return costs + sum(map(_size, shapes)), _sum(*shapes) if isinstance(operator, ast.Add) else _SCALAR
        case ast.List(items) | ast.Tuple(items):
            costs, shapes = _each(items, scope)
            return costs + sum(map(_size, shapes)), _list(len(items), shapes)
        case ast.Dict(keys, items):
            costs, shapes = _each([*filter(None, keys), *items], scope)
            return costs + sum(map(_size, shapes)), _list(len(items), shapes)
    raise Invalid.of("expression", "the condition uses syntax that is not supported here.")


def _each(nodes: Iterable[ast.expr], scope: Mapping[str, Shape]) -> tuple[int, list[Shape]]:
    sized = [_cost(node, scope) for node in nodes]
    return sum(cost for cost, _ in sized) + 1, [shape for _, shape in sized]


def _named(name: str, scope: Mapping[str, Shape]) -> Shape:
    if name.startswith("text_"):
        return Shape(weight=2, text=int(name.split("_")[1]))
    return scope.get(name.removeprefix("v_"), _SCALAR)


def _size(shape: Shape) -> int:
    return shape.weight + shape.text // _CHARS


def _sum(first: Shape, second: Shape) -> Shape:
    if first.weight == second.weight == 1:
        return _SCALAR
    both = _merged(first, second)
    return replace(
        both,
        length=first.length + second.length,
        weight=max(2, first.weight + second.weight - 2 * (both.length == 0)),
        text=first.text + second.text,
    )


def _list(length: int, shapes: Sequence[Shape]) -> Shape:
    return Shape(length, 2 + sum(4 + shape.weight for shape in shapes), 0, _largest(shapes))


def _macro_cost(name: str, call: ast.Call, scope: Mapping[str, Shape]) -> Sized:
    """The body's cost for each item; `map` and `filter` copy their result after each item, at quadratic cost."""
    assert isinstance(call.func, ast.Attribute)  # noqa: S101 - `_macro` has checked it
    assert isinstance(call.args[0], ast.Name)  # noqa: S101
    cost, items = _cost(call.func.value, scope)
    count = items.length
    item = Shape(weight=2, text=items.key) if items.key else items.inner or _SCALAR
    costs, shapes = _each(call.args[1:], {**scope, call.args[0].id.removeprefix("v_"): item})
    cost += count * (costs + _LOOP)
    if name not in ("map", "filter"):
        return cost, _SCALAR
    element = shapes[-1] if name == "map" else item
    copied = count * (count + 1) // 2 * element.weight + count * element.text // _CHARS
    return cost + copied, Shape(count, 1 + count * element.weight, 0, element)


def _call_cost(function: ast.expr, args: list[ast.expr], scope: Mapping[str, Shape]) -> Sized:
    """The cost of a function or method: the size of its arguments, and for `matches` a pattern to compile."""
    name = function.attr if isinstance(function, ast.Attribute) else ""
    costs, shapes = _each([function.value, *args] if isinstance(function, ast.Attribute) else args, scope)
    if name == "v_matches":
        pattern = args[-1].id if args and isinstance(args[-1], ast.Name) else ""
        costs += _MATCH * (1 + int(pattern.split("_")[2])) if pattern.startswith("text_") else _MATCH_OF_ANY
    read = sum(map(_size, shapes)) if name else 0
    return costs + read, Shape(weight=2, text=sum(shape.text for shape in shapes)) if shapes else _SCALAR
