"""No public name is a pronoun or a participle that stands for a noun: a stranger must know what it holds."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

WORDS = frozenset(["about", "asked", "found", "given", "hear", "kept", "known", "made", "one", "own", "said", "told"])
# Names that mean what the word says: the given name of a person, a route's answer that is `One` entity, beside `Many`.
# Fields of stored executions: `about` names the child that a wait is for, or the message that an effect sends.
MEANT = frozenset(
    [
        "shared.kit.personal_names.PersonalName.given",
        "shared.runtime.router.One",
        "shared.automations.runs.models.Waiting.about",
        "shared.automations.runs.models.Intent.about",
    ]
)
# How many such names a package still has. A package may only lose some; without any it is taken off.
LEFT: dict[str, int] = {}


def names(source: str, module: str) -> Iterator[str]:
    """The module's public names: its own, functions, their parameters, classes, attributes."""
    yield module
    yield from _within(ast.parse(source), module)


def _within(scope: ast.Module | ast.ClassDef, path: str) -> Iterator[str]:
    for node in scope.body:
        match node:
            case ast.ClassDef(name=name) if _is_public(name):
                yield f"{path}.{name}"
                yield from _within(node, f"{path}.{name}")
            case ast.FunctionDef(name=name) if _is_public(name):
                yield f"{path}.{name}"
                arguments = node.args
                for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                    yield f"{path}.{name}({argument.arg}"
            case ast.Assign(targets=targets):
                assigned = [target.id for target in targets if isinstance(target, ast.Name)]
                yield from (f"{path}.{name}" for name in assigned if _is_public(name))
            case ast.AnnAssign(target=ast.Name(id=name)) if _is_public(name):
                yield f"{path}.{name}"


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name == "__init__"


def offenders(source: str, module: str) -> list[str]:
    last = {name: name.replace("(", ".").rpartition(".")[2].lower() for name in names(source, module)}
    return [name for name, word in last.items() if word in WORDS and name not in MEANT]


def _all(root: Path) -> list[str]:
    files = [file for top in ("functions", "shared", "infra") for file in sorted((root / top).rglob("*.py"))]
    modules = {".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): file for file in files}
    return [name for module, file in modules.items() for name in offenders(file.read_text(), module)]


def test_public_names_say_what_they_hold(root: Path) -> None:
    by_package: Counter[str] = Counter()
    elsewhere = []
    for name in _all(root):
        package = ".".join(name.split(".")[:2])
        by_package[package] += 1
        if package not in LEFT:
            elsewhere.append(name)
    assert elsewhere == []
    assert {package: number for package, number in by_package.items() if number > LEFT.get(package, 0)} == {}


def test_packages_without_offenders_leave_the_list(root: Path) -> None:
    left = {".".join(name.split(".")[:2]) for name in _all(root)}
    assert LEFT.keys() - left == set()


@pytest.mark.parametrize(
    ("source", "offender"),
    [
        ("def found(): ...", "m.found"),
        ("def search(about): ...", "m.search(about"),
        ("def search(*, known): ...", "m.search(known"),
        ("class Found: ...", "m.Found"),
        ("class Fact:\n    said: str", "m.Fact.said"),
        ("class Fact:\n    def told(self): ...", "m.Fact.told"),
        ("class Fact:\n    def __init__(self, one): ...", "m.Fact.__init__(one"),
        ("MADE = 1", "m.MADE"),
        ("own: int = 1", "m.own"),
    ],
)
def test_a_planted_offender_is_seen(source: str, offender: str) -> None:
    assert offenders(source, "m") == [offender]


@pytest.mark.parametrize("source", ["def _found(): ...", "def search(found_at): ...", "class One_: ...", "x = known()"])
def test_private_and_longer_names_are_free(source: str) -> None:
    assert offenders(source, "m") == []


def test_a_module_is_a_public_name_too() -> None:
    assert offenders("", "shared.domains.content.known") == ["shared.domains.content.known"]
