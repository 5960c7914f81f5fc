"""Which modules of the product a module imports, read from the source."""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from pathlib import Path


class Imports:
    """The imports of all modules below a root: those at module level, and those within functions."""

    def __init__(self, root: Path, tops: tuple[str, ...] = ("functions", "shared")) -> None:
        files = [file for top in tops for file in (root / top).rglob("*.py")]
        self.files = {_module(file.relative_to(root)): file for file in files}

    def at_module_level(self, module: str) -> Iterator[str]:
        tree = _tree(self.files[module])
        yield from self._named(node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))

    def anywhere(self, module: str) -> Iterator[str]:
        yield from self._named(ast.walk(_tree(self.files[module])))

    def graph(self) -> dict[str, set[str]]:
        """Each module with those of these modules that it imports anywhere."""
        return {module: self.files.keys() & set(self.anywhere(module)) for module in self.files}

    def closure(self, module: str) -> set[str]:
        """What is imported with the module: itself, all that it imports at module level, and their packages."""
        return self._follow(module, self.at_module_level)

    def _follow(self, module: str, imported: Callable[[str], Iterator[str]]) -> set[str]:
        seen: set[str] = set()
        waiting = [module]
        while waiting:
            parts = waiting.pop().split(".")
            for name in (".".join(parts[:length]) for length in range(1, len(parts) + 1)):
                if name in self.files and name not in seen:
                    seen.add(name)
                    waiting.extend(imported(name))
        return seen

    def reach(self, module: str) -> set[str]:
        """What may be imported in the module's process: as `closure`, with the imports within functions."""
        return self._follow(module, self.anywhere)

    def _named(self, nodes: Iterator[ast.AST]) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module:
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                yield from (name if name in self.files else node.module for name in inner)
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)


def within(package: str, graph: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The imports among a package's own modules and sub-packages, each of which counts with all its modules."""
    inner: dict[str, set[str]] = {}
    for module, imported in graph.items():
        if module.startswith(f"{package}."):
            member, *others = (_member(package, name) for name in (module, *imported) if name.startswith(f"{package}."))
            inner.setdefault(member, set()).update(other for other in others if other != member)
    return inner


def _member(package: str, module: str) -> str:
    return module.removeprefix(f"{package}.").split(".")[0]


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def _module(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")
