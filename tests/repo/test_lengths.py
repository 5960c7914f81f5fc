"""No file is over 300 lines, no function over 40: a longer one has two things to say, so it becomes two."""

import ast
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

MAX_LINES = 300
MAX_FUNCTION_LINES = 40  # from `def` to the end
# What is longer today, and how long it is: it may become shorter, and with its limit met it leaves the list.
LONGER = {
    "tests/automations/actions/test_call_webhook.py": 305,
    "tests/http/test_prospect_tables.py": 451,
    "tests/http/test_templates.py": 368,
    "tests/http/test_webhook_deliveries.py": 373,
    "tests/providers/fake.py::__init__": 46,
}


def lengths(source: str, path: str) -> dict[str, int]:
    """The lines of the file and its functions that are over their limit, as `path` and `path::function`."""
    measured = {path: source.count("\n")} if source.count("\n") > MAX_LINES else {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                measured[f"{path}::{node.name}"] = length
    return measured


def too_long(today: Mapping[str, int], allowed: Mapping[str, int]) -> dict[str, int]:
    return {name: length for name, length in today.items() if length > allowed.get(name, 0)}


@pytest.fixture(scope="module")
def today(root: Path) -> dict[str, int]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=root, capture_output=True, text=True, check=True)
    paths = [path for path in listed.stdout.splitlines() if (root / path).is_file()]
    return {name: length for path in paths for name, length in lengths((root / path).read_text(), path).items()}


def test_files_and_functions_are_short(today: dict[str, int]) -> None:
    assert too_long(today, LONGER) == {}


def test_what_is_short_again_leaves_the_list(today: dict[str, int]) -> None:
    assert LONGER.keys() - today.keys() == set()


def test_a_long_file_and_a_long_function_are_seen() -> None:
    short, long = "def f():\n" + "    x = 1\n" * 39, "def f():\n" + "    x = 1\n" * 40
    assert lengths(short, "a.py") == {}
    assert lengths(long, "a.py") == {"a.py::f": 41}
    assert lengths("x = 1\n" * 300, "a.py") == {}
    assert lengths("x = 1\n" * 301, "a.py") == {"a.py": 301}


def test_what_is_listed_may_not_grow() -> None:
    assert too_long({"a.py": 320}, {"a.py": 320}) == {}
    assert too_long({"a.py": 321, "b.py": 301}, {"a.py": 320}) == {"a.py": 321, "b.py": 301}
