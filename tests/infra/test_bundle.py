"""A bundle has what its function uses, and nothing else."""

import sys
from pathlib import Path

import pytest

from functions.manifest import FUNCTIONS
from infra import bundle
from infra.bundle import bytecode
from infra.bundle.requirements import RequirementError, Requirements
from infra.imports import Imports

by_name = {spec.name: spec for spec in FUNCTIONS}


def _packages(name: str) -> set[str]:
    return {line.partition("==")[0] for line in bundle.requirements(by_name[name])}


def _files(name: str) -> set[str]:
    return {str(file.relative_to(bundle.ROOT)) for file in bundle.files(by_name[name])}


@pytest.mark.parametrize("name", ["health", "activity", "contacts", "webhooks", "ended_executions", "deliver_webhook"])
def test_no_typesetter_and_no_vectors_where_nothing_uses_them(name: str) -> None:
    assert _packages(name).isdisjoint({"typst", "numpy", "trafilatura", "pypdf", "openpyxl"})
    assert not [file for file in _files(name) if file.endswith((".npz", ".typ", "docs.html", "openapi.json"))]


def test_each_heavy_package_is_where_its_user_is() -> None:
    having = {
        package: {spec.name for spec in FUNCTIONS if package in _packages(spec.name)}
        for package in ("typst", "openpyxl")
    }
    assert having["typst"] == {"research_tasks"}
    assert having["openpyxl"] == {"prospects", "analytics"}  # both write spreadsheets


def test_files_without_code_go_with_their_readers() -> None:
    weights = {"shared/providers/embed/potion_base_8m.npz", "shared/providers/embed/potion_base_8m.LICENSE.txt"}
    assert "functions/docs.html" in _files("docs")
    assert "functions/openapi.json" in _files("openapi") - _files("docs")
    assert {"functions/realtime.js", "functions/connection.js", "functions/realtime.d.ts"} <= _files("realtime_script")
    assert "shared/domains/research/report/report.typ" in _files("research_tasks") - _files("chat")
    assert weights <= _files("chat")
    assert weights.isdisjoint(_files("usage"))


def test_a_function_carries_no_other() -> None:
    others = {
        spec.name: [file for file in _files(spec.name) if file.startswith("functions/") and "__init__" not in file]
        for spec in FUNCTIONS
    }
    assert others["usage"] == ["functions/http/usage.py"]
    assert all(len([file for file in files if file.endswith(".py")]) == 1 for files in others.values())


def test_every_pinned_line_is_carried_by_some_function() -> None:
    pinned = Requirements((bundle.ROOT / "requirements.txt").read_text())
    carried = {line for spec in FUNCTIONS for line in bundle.requirements(spec)}
    assert set(pinned.lines) - carried == set()


def _plant(root: Path, **sources: str) -> Imports:
    for name, source in sources.items():
        file = root / "shared" / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(source)
    return Imports(root)


def test_a_late_import_and_a_named_module_are_reached_and_a_type_is_not(tmp_path: Path) -> None:
    late = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shared.types\n    import numpy\n"
    late += "def f():\n    from shared import inner\n    import_module('shared.vendor')\n"
    late += "    from google.cloud import tasks_v2"
    imports = _plant(tmp_path, __init__="", late=late, inner="", vendor="import jwt.algorithms", types="")
    reached = imports.reach("shared.late")
    assert reached == {"shared", "shared.late", "shared.inner", "shared.vendor"}
    assert imports.outside(reached) == {"typing.TYPE_CHECKING", "google.cloud.tasks_v2", "jwt.algorithms"}


def test_a_named_file_is_found_beside_the_module_and_above_and_nowhere_else(tmp_path: Path) -> None:
    imports = _plant(tmp_path, reader="open('names.csv'); open('secret.txt'); open('../secret.txt'); open('reader.py')")
    (tmp_path / "shared/names.csv").write_text("Ann")
    (tmp_path / "secret.txt").write_text("of the folder that is bundled from")
    assert imports.data("shared.reader") == [tmp_path / "shared/names.csv"]


def test_an_import_without_a_pinned_package_stops_the_build() -> None:
    pinned = Requirements("functions-framework==3.10.2  # serves\nPyJWT[crypto]==2.15.1  # tokens\n")
    assert pinned.of(["jwt.algorithms.RSAAlgorithm", "json"]) == [
        "PyJWT[crypto]==2.15.1",
        "functions-framework==3.10.2",
    ]
    with pytest.raises(RequirementError, match=r"No line of requirements\.txt brings httpx\.Client"):
        pinned.of(["httpx.Client"])
    with pytest.raises(RequirementError, match="tzdata"):
        pinned.of(["zoneinfo.ZoneInfo"])
    with pytest.raises(RequirementError, match=r"no-such-package of requirements\.txt is not installed"):
        Requirements("no-such-package==1.0")


def test_the_same_content_has_the_same_name(tmp_path: Path) -> None:
    first, other = FUNCTIONS[0], FUNCTIONS[1]
    names = [bundle.content_hash(bundle.stage(first, tmp_path / str(n))) for n in range(2)]
    assert names[0] == names[1]
    assert bundle.content_hash(bundle.stage(other, tmp_path)) != names[0]


def test_bytecode_is_of_the_runtime_or_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version's would be loaded by nobody."""
    spec = by_name["health"]
    compiled = {file.name.split(".")[-2] for file in bundle.stage(spec, tmp_path).rglob("*.pyc")}
    expected = (
        set() if bytecode.interpreter(bytecode.VERSION) is None else {f"cpython-{bytecode.VERSION.replace('.', '')}"}
    )
    assert compiled == expected
    monkeypatch.setattr(bytecode, "interpreter", lambda version: None)
    assert not list(bundle.stage(spec, tmp_path).rglob("*.pyc"))
    monkeypatch.setattr(bytecode, "interpreter", lambda version: sys.executable)
    assert list(bundle.stage(spec, tmp_path).rglob("*.pyc"))


def test_a_python_that_does_not_run_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as pyenv's shim of a version that is not switched on, or one that is another version than it is called."""
    for name, body in {"python3.99": "exit 127", "python3.98": f'exec {sys.executable} "$@"'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert bytecode.interpreter("3.99") is None
    assert bytecode.interpreter("3.98") is None
    assert bytecode.interpreter("{}.{}".format(*sys.version_info)) == sys.executable
