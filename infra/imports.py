"""Which modules and files of the product a module uses, read from the source."""

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

_FILE_NAME = re.compile(r"[\w-]+(\.[\w-]+)+")


class Imports:
    """The imports of all modules below a root: those at module level, and those within functions."""

    def __init__(self, root: Path, tops: tuple[str, ...] = ("functions", "shared")) -> None:
        self._root = root
        files = [file for top in tops for file in (root / top).rglob("*.py")]
        self.files = {_module(file.relative_to(root)): file for file in files}
        self._at_run_time: dict[str, set[str]] = {}

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

    def _follow(self, module: str, imported: Callable[[str], Iterable[str]]) -> set[str]:
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
        """What may be imported in the module's process: as `closure`, with imports within functions and modules that a
        string names, as registries and commands of child processes do; without imports for type checkers alone."""
        return self._follow(module, self.at_run_time)

    def at_run_time(self, module: str) -> set[str]:
        """What the module itself may import; what is not of the product as `module.name`, whatever `name` is there."""
        if module not in self._at_run_time:
            nodes = _executed(self.files[module])
            named = {text for text in _texts(nodes) if text in self.files}
            self._at_run_time[module] = named.union(self._named(nodes, whole=True))
        return self._at_run_time[module]

    def outside(self, modules: Iterable[str]) -> set[str]:
        """What these modules may import that is not of the product, the standard library included."""
        return {name for module in modules for name in self.at_run_time(module) if name.split(".")[0] not in self.files}

    def data(self, module: str) -> list[Path]:
        """The files without code that the module names, beside it or in a folder above, and their licences."""
        names = {text for text in _texts(_executed(self.files[module])) if _FILE_NAME.fullmatch(text)}
        above = [folder for folder in self.files[module].parents if folder.is_relative_to(self._root)][:-1]
        data = [
            file for folder in above for name in names if (file := folder / name).is_file() and file.suffix != ".py"
        ]
        return [*data, *(licence for file in data if (licence := file.with_suffix(".LICENSE.txt")).is_file())]

    def _named(self, nodes: Iterable[ast.AST], *, whole: bool = False) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module:
                as_written = whole and node.module.split(".")[0] not in self.files
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                yield from (name if as_written or name in self.files else node.module for name in inner)
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
def _executed(file: Path) -> list[ast.AST]:
    """All nodes of a source, less those under `if TYPE_CHECKING`."""
    nodes: list[ast.AST] = [_tree(file)]
    for node in nodes:
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            nodes.extend(node.orelse)
        else:
            nodes.extend(ast.iter_child_nodes(node))
    return nodes


def _texts(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def _module(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")
