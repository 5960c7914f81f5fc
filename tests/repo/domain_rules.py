"""The rules of shared/domains, each a function from a source tree to the sentences that name its offenders.

A domain is a package in shared/domains, or a single file there.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from infra.imports import Imports, within

DOMAINS = "shared/domains"
_WRITES = frozenset(["commit", "commit_counted", "batch_write", "apply_each"])
_PATH = re.compile(r"users/\{\}/(\w+)")


@dataclass
class Source:
    """A file, the domain that it is part of (None for one outside), and what its names are bound to by imports."""

    path: str
    tree: ast.Module
    domain: str | None
    bound: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                self.bound |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                self.bound |= {alias.asname: alias.name for alias in node.names if alias.asname}

    @property
    def room(self) -> str:
        """The name of its module within a package; empty for a domain of one file."""
        return Path(self.path).stem if self.path.count("/") > DOMAINS.count("/") + 1 else ""

    def resolved(self, written: str) -> str:
        """A dotted name as it is written, with what an import has bound its first part to."""
        first, dot, rest = written.partition(".")
        return f"{self.bound.get(first, first)}{dot}{rest}"

    def imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)


@cache
def sources(root: Path, *tops: str) -> list[Source]:
    """The sources of some folders of a tree, which is read once."""
    files = [file for top in tops for file in sorted((root / top).rglob("*.py"))]
    return [_source(file, root) for file in files]


def _source(file: Path, root: Path) -> Source:
    path = file.relative_to(root).as_posix()
    parts = path.removeprefix(f"{DOMAINS}/").split("/")
    domain = parts[0].removesuffix(".py") if path.startswith(f"{DOMAINS}/") else None
    return Source(path, ast.parse(file.read_text()), domain)


def domain_of(name: str) -> str | None:
    """The domain that a dotted name lies in."""
    parts = name.split(".")
    return parts[2] if parts[:2] == ["shared", "domains"] and len(parts) > 2 else None


def circles(root: Path) -> list[str]:
    graph = within(DOMAINS.replace("/", "."), Imports(root, (DOMAINS,)).graph())
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return [" imports ".join(reversed(error.args[1]))]
    return []


def foreign_repositories(root: Path) -> list[str]:
    """Whatever takes a repository of a domain that it is not part of: by an import, or as an attribute."""
    owned = {domain: set(stores) | {"repository"} for domain, stores in _stores(root).items()}
    offenders = []
    for source in sources(root, DOMAINS, "functions"):
        imported = [(name, f"imports {name}", name.split(".")[3:]) for name in source.imports()]
        attributes = [
            (source.resolved(written), f"uses {written}", [node.attr])
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute) and (written := _dotted(node))
        ]
        offenders += [
            f"{source.path} {sentence}"
            for name, sentence, parts in (*imported, *attributes)
            if (domain := domain_of(name)) and domain != source.domain
            if owned.get(domain, {"repository"}) & set(parts)
        ]
    return sorted(set(offenders))


def foreign_paths(root: Path) -> list[str]:
    """Texts that name another domain's collection as a path, and stores or queries of one."""
    owners: dict[str, set[str]] = {}
    for domain, stores in _stores(root).items():
        for name in stores.values():
            owners.setdefault(name, set()).add(domain)
    named = {(source.path, str(source.domain), name) for source in sources(root, DOMAINS) for name in _named(source)}
    for _, domain, name in named:
        if name not in owners:
            owners[name] = {domain for _, domain, other in named if other == name}
    strange = [
        (path, name, owners[name] - {domain})
        for path, domain, name in named
        if name != "settings" or domain not in owners[name]  # each domain's Single is a document there
    ]
    return sorted(f"{path} names {name} of {', '.join(sorted(others))}" for path, name, others in strange if others)


def runtime_imports(root: Path) -> list[str]:
    return [
        f"{source.path} imports {name}"
        for source in sources(root, "shared/runtime")
        for name in source.imports()
        if name.startswith("shared.domains")
    ]


def raw_reads(root: Path) -> list[str]:
    """Uses of `firestore.client()` outside of repositories for anything but writes."""
    return [
        f"{source.path}:{call.lineno} reads the store"
        for source in sources(root, DOMAINS)
        if source.room != "repository"
        for call in _clients_read(source.tree)
    ]


def stray_rooms(root: Path) -> list[str]:
    """Repositories outside of `repository`, entities outside of `models`, and updates of another signature."""
    offenders = []
    for source in sources(root, DOMAINS):
        if source.room not in ("", "repository") and _stores_of(source):
            offenders.append(f"{source.path} keeps a repository")
        if source.room not in ("", "models") and any(_bases(node) & {"Entity"} for node in _classes(source)):
            offenders.append(f"{source.path} defines an entity")
        offenders += [
            f"{source.path} update({', '.join(given)})"
            for node in source.tree.body
            if isinstance(node, ast.FunctionDef) and node.name == "update"
            for given in [[argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)]]
            if given != ["uid", "id", "data", "version"] or node.args.kwonlyargs or node.args.defaults
        ]
    return offenders


def _stores(root: Path) -> dict[str, dict[str, str]]:
    """By domain, the names of its repositories with their collections."""
    stores: dict[str, dict[str, str]] = {}
    for source in sources(root, DOMAINS):
        stores.setdefault(str(source.domain), {}).update(_stores_of(source))
    return stores


def _stores_of(source: Source) -> dict[str, str]:
    """The module's objects that are a Repository or a Single, or of a class made of one."""
    inherited = {node.name: _inherited_collection(node) for node in _classes(source) if "Repository" in _bases(node)}
    stores = {}
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            made = _dotted(node.value.func).rpartition(".")[2]
            if made in inherited:
                stores[node.targets[0].id] = inherited[made]
            elif made in ("Repository", "Single"):
                stores[node.targets[0].id] = _second(node.value) if made == "Repository" else "settings"
    return stores


def _inherited_collection(node: ast.ClassDef) -> str:
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
    return next((_second(call) for call in calls if _dotted(call.func).endswith("__init__")), "")


def _second(call: ast.Call) -> str:
    second = call.args[1] if len(call.args) > 1 else None
    return str(second.value) if isinstance(second, ast.Constant) else ""


def _named(source: Source) -> Iterator[str]:
    """By paths, and as what a repository or a query is of."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.JoinedStr | ast.Constant):
            yield from _PATH.findall(_text(node))
        elif isinstance(node, ast.Call) and _dotted(node.func).rpartition(".")[2] in ("Query", "Repository"):
            constants = [argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)]
            yield from (value for value in constants if isinstance(value, str))
    yield from filter(None, _stores_of(source).values())


def _text(node: ast.JoinedStr | ast.Constant) -> str:
    """A literal's text, with {} for what is put in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _clients_read(tree: ast.Module) -> list[ast.Call]:
    writing = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call) and node.attr in _WRITES
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if _dotted(call.func) == "firestore.client" and call not in writing]


def _classes(source: Source) -> list[ast.ClassDef]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]


def _bases(node: ast.ClassDef) -> set[str]:
    """The names of a class's bases, without their type parameters."""
    return {_dotted(base.value if isinstance(base, ast.Subscript) else base).rpartition(".")[2] for base in node.bases}


def _dotted(node: ast.expr) -> str:
    """`a.b.c` as it is written; empty for anything but names joined by dots. A call counts as what is called."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    if isinstance(node, ast.Call):
        return _dotted(node.func)
    return node.id if isinstance(node, ast.Name) else ""


RULES: dict[str, Callable[[Path], list[str]]] = {
    "no circle of domains": circles,
    "no repository of another domain": foreign_repositories,
    "no collection of another domain": foreign_paths,
    "no domain in the runtime": runtime_imports,
    "reads in repositories alone": raw_reads,
    "the same rooms everywhere": stray_rooms,
}
