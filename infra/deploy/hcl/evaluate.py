"""Evaluates expressions of Terraform's language, as far as they can be known before an apply."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from infra.deploy.hcl import functions
from infra.deploy.hcl.expressions import (
    Attribute,
    Call,
    Conditional,
    For,
    Index,
    Literal,
    Node,
    Object,
    Operation,
    Template,
    Tuple,
    Variable,
    template,
)
from infra.deploy.hcl.functions import Unknown

# Names that expressions may use -> their values, or what answers for their attributes.
Scope = Mapping[str, Any]
_OPERATORS: dict[str, Callable[..., Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}


class Missing(LookupError):
    """What an expression names is not there."""


def value(raw: Any, scope: Scope) -> Any:
    """The value of what the parser made of an argument. Raises LookupError (Missing, too), TypeError or ValueError."""
    if isinstance(raw, str):
        return evaluate(template(raw), scope)
    if isinstance(raw, dict):
        return {evaluate(template(key), scope): value(item, scope) for key, item in raw.items()}
    if isinstance(raw, list):
        return [value(item, scope) for item in raw]
    return raw


def evaluate(node: Node, scope: Scope) -> Any:
    """The value of a tree."""
    match node:
        case Literal(constant):
            return constant
        case Template(parts):
            return "".join(functions.text(evaluate(part, scope)) for part in parts)
        case Variable(name):
            if name not in scope:
                raise Missing(f"{name} is not declared")
            return scope[name]
        case Attribute(of, name):
            return member(evaluate(of, scope), name)
        case Index(of, key):
            return member(evaluate(of, scope), evaluate(key, scope))
        case _:
            return _composed(node, scope)


def _composed(node: Node, scope: Scope) -> Any:
    match node:
        case Tuple(items):
            return [evaluate(item, scope) for item in items]
        case Object(items):
            return {evaluate(key, scope): evaluate(item, scope) for key, item in items}
        case Conditional(condition, then, otherwise):
            return evaluate(then if evaluate(condition, scope) else otherwise, scope)
        case Operation(sign, operands):
            return _operation(sign, operands, scope)
        case Call():
            return _call(node, scope)
        case For():
            return _loop(node, scope)
        case _:
            raise TypeError(f"{type(node).__name__} has no value")


def member(of: Any, key: Any) -> Any:
    """An attribute or an element. Raises Missing."""
    if isinstance(of, Unknown):
        return Unknown(f"{of.address}[{key}]" if isinstance(key, int) else f"{of.address}.{key}")
    try:
        return of[key]
    except (LookupError, TypeError) as error:
        names = f"; there are {', '.join(map(str, list(of)[:8]))}" if isinstance(of, Mapping) else ""
        raise Missing(f"{key} is not there{names}") from error


def _operation(sign: str, operands: tuple[Node, ...], scope: Scope) -> Any:
    if sign == "!":
        return not evaluate(operands[0], scope)
    if len(operands) == 1:
        return -evaluate(operands[0], scope)
    left, right = operands
    if sign == "&&":
        return evaluate(left, scope) and evaluate(right, scope)
    if sign == "||":
        return evaluate(left, scope) or evaluate(right, scope)
    return _OPERATORS[sign](evaluate(left, scope), evaluate(right, scope))


def _call(node: Call, scope: Scope) -> Any:
    if node.name in functions.SPECIAL:
        return _guarded(node, scope)
    if node.name not in functions.FUNCTIONS:
        raise Missing(f"{node.name}() is not a function known here")
    arguments = [evaluate(argument, scope) for argument in node.arguments]
    if node.spread:
        arguments[-1:] = arguments[-1]
    try:
        return functions.FUNCTIONS[node.name](*arguments)
    except AttributeError as error:
        raise TypeError(f"{node.name}(): {error}") from error


def _guarded(node: Call, scope: Scope) -> Any:
    """`try`: the first argument without a fault; `can`: whether the argument has none."""
    for argument in node.arguments:
        try:
            result = evaluate(argument, scope)
        except (LookupError, TypeError, ValueError):
            continue
        return True if node.name == "can" else result
    if node.name == "can":
        return False
    raise Missing("no argument of try can be evaluated")


def _loop(node: For, scope: Scope) -> Any:
    items, pairs = [], {}
    for key, item in functions.each(evaluate(node.source, scope)):
        names = dict(zip(node.names, (key, item) if len(node.names) == 2 else (item,), strict=True))
        inner = {**scope, **names}
        if node.condition is not None and not evaluate(node.condition, inner):
            continue
        if node.key is None:
            items.append(evaluate(node.value, inner))
        else:
            pairs[evaluate(node.key, inner)] = evaluate(node.value, inner)
    return items if node.key is None else pairs
