"""Every collection outside of `users/{uid}` is listed with its owner, so that a deleted account takes its documents."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shared.domains.account.ownership import OF_NOBODY, OWNED

_AT_TOP = re.compile(r"([a-z_]+)/\{\}")
# Texts of the same form that name no document of the store.
_OTHERS = {"executions", "projects", "users", "steps", "operations"}


def collections(source: str) -> Iterator[str]:
    """The collections at the top that a source names, in a path such as f"hook_tokens/{id}"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
            if match := _AT_TOP.match("".join(parts)):
                yield match[1]


def test_every_collection_at_the_top_has_an_owner_or_is_nobodys(root: Path) -> None:
    listed = {owned.collection for owned in OWNED} | OF_NOBODY.keys()
    named = {
        name: str(file.relative_to(root))
        for file in sorted((root / "shared").rglob("*.py"))
        for name in collections(file.read_text())
    }
    unlisted = {name: file for name, file in named.items() if name not in listed | _OTHERS}
    assert unlisted == {}, "list them in shared/domains/account/ownership.py: what becomes of them with an account?"
    assert {"hook_tokens", "webhook_secrets", "unsubscribe_tokens", "meters"} <= named.keys()


def test_a_new_one_is_seen() -> None:
    assert list(collections('a = f"letters/{derived_id(token)}"\nb = f"users/{uid}/letters/{id}"')) == [
        "letters",
        "users",
    ]
