"""Checks Terraform files without Terraform: arguments against the providers' schemas, references, circles."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from infra.deploy.hcl import schema
from infra.deploy.hcl.configuration import Block, Configuration, calls, paths, trees, unequal
from infra.deploy.hcl.expressions import SyntaxFault
from infra.deploy.hcl.functions import FUNCTIONS, SPECIAL
from infra.deploy.hcl.schema import Argument

_META = {"count", "depends_on", "for_each", "lifecycle", "provider"}
_LIFECYCLE = {
    "create_before_destroy",
    "ignore_changes",
    "postcondition",
    "precondition",
    "prevent_destroy",
    "replace_triggered_by",
}
_ROOTS = {"path", "terraform", "self"}


def problems(configuration: Configuration) -> list[str]:
    """Everything that is wrong, a line each: where, and what."""
    found = [f"{block.file}: {block.address}: {words}" for block, words in _all(configuration)]
    found += [f"{place}: {words}" for place, raw in _others(configuration) for words in _references(configuration, raw)]
    try:
        return found + _unused(configuration) + _circles(configuration)
    except SyntaxFault:  # among those found
        return found


def _all(configuration: Configuration) -> Iterator[tuple[Block, str]]:
    for block in configuration.blocks.values():
        if block.provider not in configuration.required:
            yield block, f"the provider {block.provider} is not among required_providers"
        mode = "data-sources" if block.mode == "data" else "resources"
        kind = schema.resource(block.provider, mode, block.kind)
        if kind is None:
            yield block, f"{block.provider} has no {block.kind}"
            continue
        body = {name: raw for name, raw in block.body.items() if name not in _META}
        yield from ((block, words) for words in _arguments(body, kind.arguments, ""))
        yield from ((block, words) for words in _lifecycle(block.body, kind.arguments))
        own = {"each"} if "for_each" in block.body else {"count"} if "count" in block.body else set()
        yield from ((block, words) for words in _references(configuration, _without_meta(block.body), own))


def _without_meta(body: dict[str, Any]) -> dict[str, Any]:
    """The body with those meta-arguments only that hold expressions."""
    lifecycle = {"replace_triggered_by": [part.get("replace_triggered_by", []) for part in body.get("lifecycle", ())]}
    return {name: raw for name, raw in body.items() if name not in ("lifecycle", "provider")} | lifecycle


def _lifecycle(body: dict[str, Any], arguments: dict[str, Argument]) -> Iterator[str]:
    for part in body.get("lifecycle", ()):
        yield from (f"lifecycle has no {name}" for name in part.keys() - _LIFECYCLE)
        for name in part.get("ignore_changes", ()):
            attribute = name.removeprefix("${").removesuffix("}").split("[")[0].split(".")[0]
            if attribute not in arguments:
                yield f"ignore_changes names {attribute}, which is no argument"


def _arguments(body: dict[str, Any], arguments: dict[str, Argument], place: str) -> Iterator[str]:
    """What is wrong with the arguments and nested blocks of one body."""
    dynamic = body.get("dynamic", {})
    for name in arguments.keys() - body.keys() - dynamic.keys():
        if arguments[name].required:
            yield f"{place}{name} is missing"
    for name, raw in body.items():
        if name == "dynamic":
            continue
        if name not in arguments:
            yield f"{place}{name} is no argument; there are {', '.join(sorted(arguments))}"
        else:
            yield from _argument(raw, arguments[name], f"{place}{name}")
    for name, parts in dynamic.items():
        block = arguments[name].block if name in arguments else None
        if block is None:
            yield f"{place}{name} is no block"
            continue
        for part in parts:
            for content in part["content"]:
                yield from _arguments(content, block, f"{place}{name}.")


def _argument(raw: Any, argument: Argument, place: str) -> Iterator[str]:
    bodies = raw if isinstance(raw, list) and all(isinstance(body, dict) for body in raw) else None
    if argument.block is not None:
        if not bodies:
            yield f"{place} is a block, not an argument"
        elif argument.single and len(bodies) > 1:
            yield f"{place} may be there once, not {len(bodies)} times"
        for body in bodies or ():
            yield from _arguments(body, argument.block, f"{place}.")
    elif bodies and argument.kind != "list":
        yield f"{place} is an argument, not a block"
    elif isinstance(raw, str) and "${" not in raw and argument.values and raw not in argument.values:
        yield f"{place} is {raw!r}, not one of {', '.join(argument.values)}"
    elif not _fits(raw, argument.kind):
        yield f"{place} is {raw!r}, not a {argument.kind}"


def _fits(raw: Any, kind: str) -> bool:
    """Whether a literal can be of the kind; what an expression yields is not known here."""
    if isinstance(raw, str) and "${" in raw:
        return True
    if kind == "number":
        return isinstance(raw, int | float) and not isinstance(raw, bool)
    if kind == "boolean":
        return isinstance(raw, bool)
    if kind == "string":
        return isinstance(raw, str | int | float)
    return isinstance(raw, dict) if kind == "map" else isinstance(raw, list)


def _others(configuration: Configuration) -> Iterator[tuple[str, Any]]:
    yield from ((f"local.{name}", raw) for name, raw in configuration.locals.items())
    yield from ((f"output.{name}", raw) for name, raw in configuration.outputs.items())
    yield from ((f"provider.{name}", raw) for name, raw in configuration.providers.items())
    for name, body in configuration.variables.items():
        yield f"var.{name}", body.get("validation", [])


def _references(configuration: Configuration, raw: Any, own: set[str] | None = None) -> Iterator[str]:
    """References that lead nowhere, and functions that are not known. `own`: further roots that may be named."""
    roots = (own or set()) | _ROOTS | set(_labels(raw))
    try:
        for tree in trees(raw):
            yield from (f"{name}() is not known" for name in calls(tree) if name not in FUNCTIONS.keys() | SPECIAL)
            yield from ("the branches of a condition are objects of different attributes" for _ in unequal(tree))
            for path in paths(tree):
                if words := _broken(configuration, path, roots):
                    yield words
    except SyntaxFault as fault:
        yield str(fault)


def _labels(raw: Any) -> Iterator[str]:
    """The names of dynamic blocks, which their contents may use."""
    if isinstance(raw, dict):
        for name, item in raw.items():
            if name == "dynamic":
                yield from item
            yield from _labels(item)
    elif isinstance(raw, list):
        for item in raw:
            yield from _labels(item)


def _broken(configuration: Configuration, path: tuple[str, ...], roots: set[str]) -> str | None:
    root, *rest = path
    if root in roots:
        return None
    if root in ("var", "local"):
        declared = configuration.variables if root == "var" else configuration.locals
        return None if rest and rest[0] in declared else f"{'.'.join(path[:2])} is not declared"
    if root in ("data", "ephemeral"):
        root, *rest = (f"{root}.{rest[0]}", *rest[1:]) if rest else (root,)
    block = configuration.blocks.get(f"{root}.{rest[0]}") if rest else None
    if block is None:
        return f"{'.'.join((root, *rest[:1]))} is not declared"
    return _unexported(block, [step for step in rest[1:] if step])


def _unexported(block: Block, steps: list[str]) -> str | None:
    kind = schema.resource(block.provider, "data-sources" if block.mode == "data" else "resources", block.kind)
    tree: dict[str, Any] = kind.exports if kind else {}
    for number, step in enumerate(steps):
        if not tree:
            return None  # a map, whose keys are anybody's
        if schema.plain(step) not in tree:
            return f"{block.address}.{'.'.join(steps[: number + 1])} is not exported"
        tree = tree[schema.plain(step)]
    return None


def _mentioned(configuration: Configuration) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each address, with every path that it refers to."""
    for address, block in configuration.blocks.items():
        yield from ((address, path) for tree in trees(_without_meta(block.body)) for path in paths(tree))
    for place, raw in _others(configuration):
        yield from ((place, path) for tree in trees(raw) for path in paths(tree))


def _unused(configuration: Configuration) -> list[str]:
    used = {".".join(path[:2]) for _, path in _mentioned(configuration)}
    declared = [f"var.{name}" for name in configuration.variables] + [f"local.{name}" for name in configuration.locals]
    return [f"{name} is declared and not used" for name in declared if name not in used]


def graph(configuration: Configuration) -> dict[str, set[str]]:
    """The addresses that each address refers to, and so is made after."""
    needed: dict[str, set[str]] = {}
    for place, path in _mentioned(configuration):
        address = ".".join(path[:3] if path[0] in ("data", "ephemeral") else path[:2])
        if not (place.startswith("var.") and address == place):
            needed.setdefault(place, set()).add(address)
    return needed


def _circles(configuration: Configuration) -> list[str]:
    try:
        tuple(TopologicalSorter(graph(configuration)).static_order())
    except CycleError as circle:
        return [f"a circle: {' <- '.join(circle.args[1])}"]
    return []
