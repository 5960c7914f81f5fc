"""Links to pages of the frontend are made in one place, `shared/kit/links.py`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_RECIPE = re.compile(r"/(?:research-tasks|vault)\?id=\{\{ \w+\.id \}\}")  # written by users' placeholders


def _values(tree: ast.AST) -> Iterator[ast.AST]:
    """What is given the name `link`: as an argument, a dictionary's entry or a variable."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "link":
            yield node.value
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "link")
        elif isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "link" for to in node.targets):
            yield node.value
        elif isinstance(node, ast.FunctionDef) and node.name.strip("_") == "link":
            yield node


def _handwritten(file: Path) -> list[str]:
    return [
        text.value
        for value in _values(ast.parse(file.read_text()))
        for text in ast.walk(value)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
        if re.match("/[a-z]", text.value) and not _RECIPE.fullmatch(text.value)
    ]


def test_no_code_writes_a_page_by_hand(root: Path) -> None:
    sources = [file for top in ("domains", "automations") for file in (root / "shared" / top).rglob("*.py")]
    assert [(str(file.relative_to(root)), text) for file in sources for text in _handwritten(file)] == []


def test_a_page_written_by_hand_is_seen(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text('build(link=f"/automations/{id}/executions/{run}")\nfields = {"link": "/prospects"}\n')
    assert sorted(_handwritten(planted)) == ["/automations/", "/executions/", "/prospects"]
