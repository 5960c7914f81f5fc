"""Every regular expression takes time in proportion to its text: strangers write what most of them read."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from shared.kit.patterns import lazy_pattern
from tests.repo.ambiguity import slow

LAZY = lazy_pattern("")
_METHODS = {"search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"}


def _modules(root: Path) -> Iterator[tuple[ModuleType, ast.Module]]:
    for file in sorted([*root.glob("shared/**/*.py"), *root.glob("functions/**/*.py")]):
        name = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        yield importlib.import_module(name), ast.parse(file.read_text())


def _compiled(value: Any) -> Iterator[re.Pattern[Any]]:
    """The patterns of a module's variable."""
    if isinstance(value, re.Pattern):
        yield value
    elif type(value) is type(LAZY):
        yield re.compile(value.pattern, value.flags)
    elif isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _compiled(part)


def _methods(tree: ast.Module, name: str) -> set[str]:
    """How a module uses one of its patterns; a pattern that is passed on may be searched for."""
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }
    return used & _METHODS or {"search"}


def _patterns(module: ModuleType, tree: ast.Module) -> Iterator[tuple[str, int, str]]:
    """Each pattern of a module, with its flags and the method that uses it."""
    for name, value in vars(module).items():
        for found in _compiled(value):
            yield from ((_text(found.pattern), found.flags & ~re.UNICODE, method) for method in _methods(tree, name))
    for call in _calls(tree):
        literal = call.args[0]
        if not isinstance(literal, ast.Constant):
            raise AssertionError(f"{module.__name__}: compile {ast.unparse(literal)} once, as a constant")
        parts = [part for part in ast.walk(call) if isinstance(part, ast.Attribute) and part.attr.isupper()]
        yield _text(literal.value), sum(int(getattr(re, part.attr)) for part in parts), ast.unparse(call.func)[3:]


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Those of `re.search` and the like."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{method}" for method in _METHODS}:
            yield node


def _text(pattern: Any) -> str:
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else str(pattern)


def _how_slow(pattern: str, flags: int, method: str) -> str | None:
    return slow(pattern, flags, anywhere=method not in ("match", "fullmatch"), whole=method == "fullmatch")


def test_no_pattern_can_be_slow(root: Path) -> None:
    used = {(module.__name__, *found) for module, tree in _modules(root) for found in _patterns(module, tree)}
    assert len(used) > 60
    found = [(how, name, text) for name, text, flags, method in used if (how := _how_slow(text, flags, method))]
    assert sorted(found) == []


@pytest.mark.parametrize(
    ("pattern", "flags", "method", "how"),
    [
        (r"(a+)+b", 0, "match", "exponential"),
        (r"(?:a|a)*b", 0, "match", "exponential"),
        (r"(a|b|ab)*c", 0, "match", "exponential"),
        (r"\s*(?:<!--.*?-->\s*)*<html", re.S, "match", "exponential"),
        (r"\w+@", 0, "search", "quadratic"),
        (r"a(?:.*b)?", 0, "findall", "quadratic"),
        (r"[.!?]+[\")]*(?=\s)", 0, "finditer", "quadratic"),
        (r"opacity\s*:\s*0*\.?0+\s*(?:;|$)", 0, "search", "quadratic"),
        (r"---\s*\n(.*?)\n---\s*\n", re.S, "match", "quadratic"),
        (r"\s+$", 0, "sub", "quadratic"),
        (r"(a+)+", 0, "match", None),
        (r"(a+)+", 0, "fullmatch", "exponential"),
        (r"\w+@", 0, "match", None),
        (r"\b\w+@", 0, "search", None),
        (r"(?<![.!?])[.!?]+[\")]*(?=\s)", 0, "finditer", None),
        (r"^[ \t]*(\w+)=", re.M, "findall", None),
        (r"\d+(?:[.,]\d+)*", 0, "findall", None),
        (r"(?:a|ab)*c", 0, "match", None),
        (r"[\w.]{1,40}@", 0, "search", None),
    ],
)
def test_slow_patterns_are_told_from_fast_ones(pattern: str, flags: int, method: str, how: str | None) -> None:
    assert _how_slow(pattern, flags, method) == how
