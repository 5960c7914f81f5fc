"""What is deployed runs by itself: the staged folder under the framework's own command."""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from functions.manifest import FUNCTIONS
from infra import bundle
from infra.local.process import free_port
from tests.fixtures.waiting import eventually


def test_a_staged_function_serves_without_the_repository(tmp_path: Path) -> None:
    spec = next(spec for spec in FUNCTIONS if spec.name == "health")
    folder = bundle.stage(spec, tmp_path)
    port = free_port()
    env = {"PATH": os.environ["PATH"], "GOOGLE_CLOUD_PROJECT": "p"}
    command = [sys.executable, "-m", "functions_framework", f"--target={spec.name}", f"--port={port}"]
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: _ok(f"http://127.0.0.1:{port}/api/health"))
        assert not _ok(f"http://127.0.0.1:{port}/api/prospects")
    finally:
        process.terminate()
        process.wait(10)


def _ok(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def test_the_same_content_has_the_same_name(tmp_path: Path) -> None:
    first, other = FUNCTIONS[0], FUNCTIONS[1]
    names = [bundle.content_hash(bundle.stage(first, tmp_path / str(n))) for n in range(2)]
    assert names[0] == names[1]
    assert bundle.content_hash(bundle.stage(other, tmp_path)) != names[0]
    assert list((tmp_path / "0" / first.name).rglob("*.pyc"))
