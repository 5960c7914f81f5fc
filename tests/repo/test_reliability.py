"""The table of promises names tests that are there."""

import re
from pathlib import Path

_TEST = re.compile(r"`([a-z_]+/[a-z_/]+\.py)`")


def test_each_promise_names_a_test_that_exists(root: Path) -> None:
    text = (root / "infra/reliability.md").read_text()
    named = _TEST.findall(text)
    assert [name for name in named if not (root / "tests" / name).is_file()] == []
    rows = [row for row in text.splitlines() if row.startswith("| ") and not row.startswith(("| promise", "|---"))]
    assert [row for row in rows if not _TEST.search(row) and "make chaos" not in row] == []
    assert len(named) > 30
