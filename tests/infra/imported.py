"""Within a bundle's own process: imports all of its modules, and whatever their functions import late."""

import ast
import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

_OWN = ("functions", "shared", "main")
_NAMED = re.compile(r"(functions|shared)(\.\w+)+")


def report(bundle: str, absent: list[str], target: str) -> None:
    """Write to `target`, as JSON, what is wrong with the bundle's imports."""
    unfinished = Path(f"{target}.part")
    try:
        found = list(_problems(Path(bundle), absent))
    except BaseException as error:
        found = [f"the check itself failed: {error!r}"]
    unfinished.write_text(json.dumps(found))
    unfinished.rename(target)


def _problems(bundle: Path, absent: list[str]) -> Iterator[str]:
    """What the bundle cannot import, and what its process can although it must not."""
    yield from (f"{name} can be imported" for name in absent if importlib.util.find_spec(name))
    for file in sorted(bundle.rglob("*.py")):
        module = ".".join(file.relative_to(bundle).with_suffix("").parts).removesuffix(".__init__")
        try:
            yield from _late(importlib.import_module(module), ast.parse(file.read_text()))
        except Exception as error:
            yield f"{module}: {error!r}"
    for name, loaded in sys.modules.copy().items():
        if name.split(".")[0] in _OWN and not str(loaded.__file__).startswith(str(bundle)):
            yield f"{name} comes from {loaded.__file__}"


def _late(module: ModuleType, tree: ast.Module) -> Iterator[str]:
    """Imports within functions, and modules that strings name, as registries do, that fail."""
    for node in _executed(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            statement = ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAMED.fullmatch(node.value):
            statement = f"import {node.value}"
        else:
            continue
        try:
            exec(statement, {"__name__": module.__name__, "__package__": module.__package__})
        except Exception as error:
            yield f"{module.__name__}, line {node.lineno}: {error!r}"


def _executed(tree: ast.Module) -> list[ast.AST]:
    """All nodes, less those for type checkers alone."""
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            nodes.extend(node.orelse)
        else:
            nodes.extend(ast.iter_child_nodes(node))
    return nodes
