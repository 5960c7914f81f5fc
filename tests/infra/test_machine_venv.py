"""make brings .venv into order, whatever state it is in, or says in one sentence why it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundle import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]
_SMALL = "cronsim==2.8\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile, with requirements that are quick to install, in a path with a space."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements.txt").write_text(_SMALL)
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\n")
    return folder


def _make(checkout: Path, *arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "OFFLINE"))}
    command = ["make", "--no-print-directory", ".venv/.ready", f"PYTHON={sys.executable}", *arguments]
    return subprocess.run(command, cwd=checkout, env={**inherited, **env}, text=True, capture_output=True, check=False)


def _made(checkout: Path) -> None:
    done = _make(checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Installing into .venv" in done.stdout
    _works(checkout)


def _works(checkout: Path) -> None:
    subprocess.run([checkout / ".venv/bin/python", "-c", "import cronsim"], check=True)
    assert "Installing" not in _make(checkout).stdout


def _site(checkout: Path) -> Path:
    return next((checkout / ".venv/lib").glob("python*/site-packages"))


def test_it_is_made_once_and_brought_up_to_date(checkout: Path) -> None:
    _made(checkout)
    (_site(checkout) / "of-mine").touch()
    (checkout / "requirements.txt").write_text(_SMALL + "toolz==1.0.0\n")
    os.utime(checkout / "requirements.txt", (2**31, 2**31 - 1))
    done = _make(checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    subprocess.run([checkout / ".venv/bin/python", "-c", "import toolz"], check=True)
    assert (_site(checkout) / "of-mine").exists()


def test_one_that_was_left_half_made_is_made_anew(checkout: Path) -> None:
    _made(checkout)
    site = _site(checkout)
    (checkout / ".venv/.ready").unlink()
    shutil.rmtree(site / "pip")
    shutil.rmtree(site / "cronsim")
    (site / "cronsim").mkdir()
    _made(checkout)
    shutil.rmtree(checkout / ".venv/bin")
    _made(checkout)


def test_one_whose_python_is_gone_is_made_anew(checkout: Path) -> None:
    _made(checkout)
    for link in (checkout / ".venv/bin").glob("python*"):
        link.unlink()
        link.symlink_to("/nowhere/python3")
    _made(checkout)


def test_pip_killed_half_way_leaves_no_ready_environment(checkout: Path) -> None:
    _made(checkout)
    (checkout / "requirements.txt").write_text(_SMALL + "no-such-line\n")
    os.utime(checkout / "requirements.txt", (2**31, 2**31 - 1))
    done = _make(checkout, PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert done.returncode
    assert not (checkout / ".venv/.ready").exists()
    (checkout / "requirements.txt").write_text(_SMALL)
    _made(checkout)


def _stub(folder: Path, script: str) -> str:
    stub = folder / "python3-stub"
    stub.write_text(f"#!/bin/sh\n{script}\n")
    stub.chmod(0o755)
    return f"PYTHON='{stub}'"


def test_a_python_without_venv_is_said(checkout: Path) -> None:
    """As Debian's is without python3-venv."""
    words = "The virtual environment was not created successfully because ensurepip is not available."
    script = f'if [ "$1" = -m ]; then mkdir -p .venv/bin; echo "{words}"; exit 1; fi; exec {sys.executable} "$@"'
    done = _make(checkout, _stub(checkout, script))
    assert done.returncode
    assert "apt-get install python3-venv" in done.stdout
    assert words in done.stdout
    _made(checkout)


@pytest.mark.parametrize("script", ["exit 127", "exit 1"])
def test_a_python_that_is_too_old_or_missing_is_said(checkout: Path, script: str) -> None:
    done = _make(checkout, _stub(checkout, script))
    assert done.returncode
    assert "Python 3.11 or later is needed; name one: make PYTHON=" in done.stdout


def test_a_network_that_does_not_answer_is_said(checkout: Path) -> None:
    offline = _make(checkout, OFFLINE="1", PIP_FIND_LINKS="")
    assert offline.returncode
    assert "OFFLINE is set; unset it." in offline.stdout
    elsewhere = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_FIND_LINKS": ""}
    nobody = _make(checkout, **elsewhere, PIP_RETRIES="0", PIP_NO_CACHE_DIR="1")
    assert nobody.returncode
    assert "Behind a proxy, name it in HTTPS_PROXY and its certificate in PIP_CERT." in nobody.stdout
    _made(checkout)


def test_the_first_python_of_a_tested_version_is_taken(checkout: Path, tmp_path: Path) -> None:
    """Where python3 is the system's old one, or newer than those that the suite runs on."""
    for name, script in {"python3": "exit 1", "python3.12": f'exec {sys.executable} "$@"'}.items():
        stub = tmp_path / name
        stub.write_text(f"#!/bin/sh\n{script}\n")
        stub.chmod(0o755)
    command = ["make", "--no-print-directory", ".venv/.ready"]
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    (checkout / "requirements.txt").write_text("")
    done = subprocess.run(command, cwd=checkout, env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
