"""Each command of the runbook is tried: requests on the local stack, gcloud's and make's for their words."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import Schedule
from tests.fixtures.served import Served
from tests.fixtures.tokens import unsigned

_RUNBOOK = Path(__file__).resolve().parents[2] / "infra/runbook.md"
_VALUES = {"PROJECT": "shop-1", "REGION": "us-central1", "BACKUP": "projects/shop-1/locations/nam5/backups/b"}
_NOT_SIGNED_IN = "active account"


def _commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", _RUNBOOK.read_text(), re.S)
    return [line for block in blocks for line in block.splitlines()]


def _of(program: str) -> list[str]:
    return sorted({command for command in _commands() if command.startswith(f"{program} ")})


def _run(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **_VALUES, **environment}
    words = ["bash", "-c", command]
    return subprocess.run(
        words, env=variables, cwd=_RUNBOOK.parents[1], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def _refused_words(command: str, folder: Path) -> str:
    """What gcloud, without an account, has against the words of a command; empty where it only wants an account."""
    answer = _run(command, CLOUDSDK_CONFIG=str(folder), CLOUDSDK_CORE_DISABLE_PROMPTS="1")
    return "" if answer.returncode == 1 and _NOT_SIGNED_IN in answer.stderr else answer.stderr or answer.stdout


def test_every_command_is_tried() -> None:
    assert set(_commands()) == {*_of("curl"), *_of("gcloud"), *_of("make")}


@pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not on this machine")
@pytest.mark.slow
def test_gcloud_takes_the_words(tmp_path: Path) -> None:
    assert {command: refused for command in _of("gcloud") if (refused := _refused_words(command, tmp_path))} == {}
    assert "unrecognized arguments" in _refused_words("gcloud firestore backups list --latest", tmp_path)


def test_the_jobs_that_are_run_are_schedules_of_the_manifest() -> None:
    jobs = {found for command in _of("gcloud") for found in re.findall(r"jobs run (\S+)", command)}
    assert jobs <= {spec.deployed_name for spec in FUNCTIONS if isinstance(spec.trigger, Schedule)}


@pytest.mark.parametrize("command", _of("make"))
def test_make_has_the_target(command: str) -> None:
    answer = _run(command.replace("make ", "make -n ", 1))
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("command", _of("curl"))
def test_the_api_takes_the_request(command: str, served: Served) -> None:
    token = unsigned(served.project, "ann", operator=True)
    answer = _run(command.replace("curl -s", "curl -s --fail-with-body"), URL=served.url, TOKEN=token)
    assert answer.returncode == 0, answer.stdout + answer.stderr
