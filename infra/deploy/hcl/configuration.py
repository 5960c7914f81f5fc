"""A folder of Terraform files: its variables, locals, resources and outputs, and what they refer to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.deploy.hcl import packages
from infra.deploy.hcl.expressions import (
    Attribute,
    Call,
    Conditional,
    For,
    Index,
    Literal,
    Node,
    Object,
    Variable,
    children,
    template,
)

MODES = {"resource": "", "data": "data.", "ephemeral": "ephemeral."}


@dataclass(frozen=True)
class Block:
    """A resource, a data source or an ephemeral resource."""

    file: str
    mode: str
    kind: str
    name: str
    body: dict[str, Any]

    @property
    def address(self) -> str:
        return f"{MODES[self.mode]}{self.kind}.{self.name}"

    @property
    def provider(self) -> str:
        """The provider's name: the one given, or the one that the kind's first word names."""
        written = str(self.body.get("provider", "")).removeprefix("${").removesuffix("}")
        return written or self.kind.split("_")[0]


@dataclass(frozen=True)
class Configuration:
    """What the files declare. Values are as the parser made them: expressions are text within ${ and }."""

    folder: Path
    blocks: dict[str, Block]
    variables: dict[str, dict[str, Any]]
    locals: dict[str, Any]
    outputs: dict[str, dict[str, Any]]
    providers: dict[str, dict[str, Any]]
    required: frozenset[str]  # providers


def load(folder: Path) -> Configuration:
    """Read the folder's files. Raises LocalError where one cannot be parsed."""
    return assemble(folder, {file.name: content for file, content in packages.parsed(folder.glob("*.tf")).items()})


def assemble(folder: Path, parsed: Mapping[str, Any]) -> Configuration:
    """The configuration of a folder whose files, by their names, were parsed."""
    blocks = [
        Block(file, mode, kind, name, body)
        for file, content in parsed.items()
        for mode in MODES
        for kind, named in content.get(mode, {}).items()
        for name, (body,) in named.items()
    ]
    contents = parsed.values()
    terraform = [body for content in contents for body in content.get("terraform", ())]
    return Configuration(
        folder,
        {block.address: block for block in blocks},
        _named(contents, "variable"),
        {name: raw for content in contents for group in content.get("locals", ()) for name, raw in group.items()},
        _named(contents, "output"),
        _named(contents, "provider"),
        frozenset(name for body in terraform for group in body.get("required_providers", ()) for name in group),
    )


def _named(contents: Any, word: str) -> dict[str, dict[str, Any]]:
    return {name: body for content in contents for name, (body,) in content.get(word, {}).items()}


def trees(raw: Any) -> Iterator[Node]:
    """The expressions within what the parser made. Raises SyntaxFault."""
    if isinstance(raw, str):
        yield template(raw)
    elif isinstance(raw, dict):
        for key, item in raw.items():
            yield template(key)
            yield from trees(item)
    elif isinstance(raw, list):
        for item in raw:
            yield from trees(item)


def calls(node: Node) -> Iterator[str]:
    """The names of functions that a tree calls."""
    if isinstance(node, Call):
        yield node.name
    for child in children(node):
        yield from calls(child)


def unequal(node: Node) -> Iterator[Conditional]:
    """Conditions with an object in one branch, which Terraform refuses unless the other has the same attributes."""
    if isinstance(node, Conditional):
        branches = (node.then, node.otherwise)
        named = [{key for key, _ in branch.items} if isinstance(branch, Object) else None for branch in branches]
        if any(keys is not None for keys in named) and named[0] != named[1]:
            yield node
    for child in children(node):
        yield from unequal(child)


def paths(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[tuple[str, ...]]:
    """What a tree refers to beyond its own loops: (root, attribute, …); an index is the empty text."""
    if isinstance(node, For):
        yield from paths(node.source, bound)
        for part in (node.key, node.value, node.condition):
            if part is not None:
                yield from paths(part, bound | set(node.names))
    elif isinstance(node, Variable | Attribute | Index):
        yield from _traversal(node, bound)
    else:
        for child in children(node):
            yield from paths(child, bound)


def _traversal(node: Node, bound: frozenset[str]) -> Iterator[tuple[str, ...]]:
    steps: list[str] = []
    while isinstance(node, Attribute | Index):
        if isinstance(node, Attribute):
            steps.append(node.name)
        else:
            steps.append("")
            if not isinstance(node.key, Literal):
                yield from paths(node.key, bound)
        node = node.of
    if not isinstance(node, Variable):
        yield from paths(node, bound)
    elif node.name not in bound:
        yield (node.name, *reversed(steps))
