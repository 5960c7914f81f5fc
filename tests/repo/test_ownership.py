"""Every collection outside of `users/{uid}` is listed with its owner, so that a deleted account takes its documents."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shared.domains.account.ownership import OF_NOBODY, OWNED

_AT_TOP = re.compile(r"([a-z_]+)/\{\}")
_WHOLE = re.compile(r"([a-z_]+)/[a-z_]+")  # the path of one document, where it has a name: "sweeps/lost_events"
# Texts of the same form that name no document of the store.
_ASKED = {"get", "merge", "create", "update", "delete"}
_OTHERS = {"executions", "projects", "users", "steps", "operations"}


def collections(source: str) -> Iterator[str]:
    """The collections at the top that a source names, in a path such as f"hook_tokens/{id}", or in what is asked of the
    store; the first part may be a constant of the module."""
    tree = ast.parse(source)
    constants = dict(pair for node in tree.body if isinstance(node, ast.Assign) for pair in _constants(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            if match := _AT_TOP.match("".join(_text(part, constants) for part in node.values)):
                yield match[1]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            asked = _text(node.args[0], constants) if node.func.attr in _ASKED else ""
            if match := _WHOLE.fullmatch(asked):
                yield match[1]


def _constants(assignment: ast.Assign) -> Iterator[tuple[str, str]]:
    for target in assignment.targets:
        names, values = _several(target), _several(assignment.value)
        for name, value in zip(names, values, strict=False):
            if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield name.id, value.value


def _several(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _text(part: ast.expr, constants: dict[str, str]) -> str:
    """A text as it is written, a constant's text, else {}."""
    part = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(part, ast.Constant):
        return str(part.value)
    return constants.get(part.id, "{}") if isinstance(part, ast.Name) else "{}"


def test_every_collection_at_the_top_has_an_owner_or_is_nobodys(root: Path) -> None:
    listed = {owned.collection for owned in OWNED} | OF_NOBODY.keys()
    named = {
        name: str(file.relative_to(root))
        for file in sorted((root / "shared").rglob("*.py"))
        for name in collections(file.read_text())
    }
    unlisted = {name: file for name, file in named.items() if name not in listed | _OTHERS}
    assert unlisted == {}, "list them in shared/domains/account/ownership.py: what becomes of them with an account?"
    assert {"hook_tokens", "webhook_secrets", "unsubscribe_tokens", "meters", "dead_letters", "sweeps"} <= named.keys()


def test_a_new_one_is_seen() -> None:
    named = """
a = f"letters/{derived_id(token)}"
b = f"users/{uid}/letters/{id}"
_NOTES, _PIECES = "notes", "pieces"
c = f"{_NOTES}/{id}/{_PIECES}/{number}"
client().get("probes/one")
"""
    assert list(collections(named)) == ["letters", "users", "notes", "probes"]
