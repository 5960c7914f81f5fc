"""The commands a newcomer runs, as processes: what they say, and what they leave behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from infra.local import plain
from infra.local.data import EVENTS, DataFolder
from infra.local.process import free_port, listening_socket
from tests.fixtures.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]


def _command(root: Path, name: str, env: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "infra", name],
        cwd=root,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _descendants(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    children: list[int] = []
    for child, parent, _ in rows:
        if int(parent) == pid:
            children += [int(child), *_descendants(int(child))]
    return children


def _at_least(number: int, pids: list[int]) -> list[int]:
    assert len(pids) >= number
    return pids


def _gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)


def _java(pids: list[int], name: bytes) -> int:
    return next(pid for pid in pids if name in Path(f"/proc/{pid}/cmdline").read_bytes())


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEV_FOLDER", str(tmp_path / "dev"))


def _ready(root: Path, port: int, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """make dev, once it answers. A port that was free may be some client's for a moment when it is to be taken."""
    for _ in range(5):
        process = _command(root, "dev", {"PORT": str(port), **env})
        eventually(partial(_answers_or_ended, process, port), patience=120)
        if process.poll() is None:
            return process
        output, _ = process.communicate()
        assert "in use" in output.lower() or "emulator did not start" in output, output  # two that start at once
    pytest.fail(f"port {port} stays in use")


def _answers_or_ended(process: subprocess.Popen[str], port: int) -> bool:
    return process.poll() is not None or _healthy(port)


@contextmanager
def _dev(root: Path, port: int, **env: str) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """make dev, ready; killed at the end whatever happens."""
    process = _ready(root, port, env)
    try:
        yield process, _descendants(process.pid)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(30)
        assert process.stdout
        process.stdout.close()


def _healthy(port: int) -> bool:
    try:
        return plain.get(f"http://127.0.0.1:{port}/api/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_the_demo_plays_and_leaves_nothing_behind(root: Path) -> None:
    process = _command(root, "demo", {})
    pids = eventually(lambda: _at_least(3, _descendants(process.pid)), patience=60)
    output, _ = process.communicate(timeout=150)
    assert process.returncode == 0, output
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in output.splitlines() if line[:1] == "│"]
    assert [row[:3] for row in rows] == [["Auto-Analyze Prospect", "24", "96"], ["Follow-up Reminder", "24", "72"]]
    assert all(int(commits) <= int(bound) for *_, commits, bound in rows)
    assert "Subject:" in output
    assert "survey of 412" in output
    assert "In the knowledge vault: “Tutor shortage in the Midwest”" in output
    assert "every statement and source is in it" in output
    assert "The automation on research_task_completed told: Tutor shortage in the Midwest can be read." in output
    assert "offers@tutoring.example" not in output
    eventually(lambda: _gone(pids))


def _prospect(port: int, name: str) -> str:
    return str(plain.post(_url(port), json={"name": name}).json()["prospect"]["id"])


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}/api/prospects"


def _has(port: int, *ids: str) -> bool:
    return all(plain.get(f"{_url(port)}/{id}").status_code == 200 for id in ids)


def _output(process: subprocess.Popen[str], *, seconds: float) -> str:
    process.wait(seconds)
    assert process.stdout
    return process.stdout.read()


@pytest.mark.timeout(600)
def test_dev_keeps_its_data_however_it_ends_and_leaves_no_process(root: Path) -> None:
    """Every start but the first reads what the one before it left: a start costs seconds."""
    port = free_port()
    made = [_begun_twice_then_killed(root, port)]
    with _dev(root, port) as (process, pids):
        assert _has(port, *made)
        made.append(_prospect(port, "Before Pub/Sub died"))
        os.kill(_java(pids, b"pubsub"), signal.SIGKILL)
        assert "The documents are kept" in _output(process, seconds=60)
    with _dev(root, port) as (process, pids):
        assert _has(port, *made)
        made.append(_prospect(port, "Before the terminal closed"))
        process.send_signal(signal.SIGHUP)
        process.wait(60)
    eventually(lambda: _gone(pids))
    with _dev(root, port) as (process, pids):
        assert _has(port, *made)
        made.append(_prospect(port, "Before Ctrl-C"))
    assert process.returncode == 0
    assert len(list(Path(os.environ["DEV_FOLDER"], "data/exports").glob("*"))) == 1
    eventually(lambda: _gone(pids))
    with _dev(root, port) as (process, pids):
        assert _has(port, *made)
        os.kill(_java(pids, b"CloudFirestore"), signal.SIGKILL)
        assert "The Firestore emulator ended unexpectedly" in _output(process, seconds=30)
        assert process.returncode == 1
    eventually(lambda: _gone(pids))


def _begun_twice_then_killed(root: Path, port: int) -> str:
    """A second one, on this port or on another, is refused and harms nothing; SIGKILL takes all processes along.

    Answers the id of a prospect that was saved before.
    """
    pointer = Path(os.environ["DEV_FOLDER"], "data/current")
    with _dev(root, port, DEV_SAVE_SECONDS="0.5") as (process, pids):
        assert f"Port {port} is in use" in _refused(root, port)
        refused = _refused(root, free_port())
        assert f"in use by another `make dev` (process {process.pid})" in refused
        assert f"DEV_FOLDER={os.environ['DEV_FOLDER']}-2 PORT=" in refused
        made = _prospect(port, "Saved")
        saves = int(pointer.read_text()) if pointer.exists() else 0
        eventually(lambda: pointer.exists() and int(pointer.read_text()) > saves + 1)
        process.kill()
        process.wait(30)
        eventually(lambda: _gone(_at_least(3, pids)))
    return made


def _refused(root: Path, port: int) -> str:
    """What a `make dev` says that must not start."""
    process = _command(root, "dev", {"PORT": str(port)})
    output, _ = process.communicate(timeout=150)
    assert process.returncode == 1
    return output


def test_what_cannot_be_saved_is_no_quiet_end(root: Path, tmp_path: Path) -> None:
    """Such as on a full disk: it says so, ends with an error, and leaves no half export that fills the disk more."""
    port = free_port()
    with _dev(root, port) as (process, pids):
        _prospect(port, "Lost")
        exports = tmp_path / "dev/data/exports"
        exports.parent.mkdir(parents=True, exist_ok=True)
        exports.write_text("a file where the folder should be")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=180)
    assert process.returncode == 1
    assert "could not be saved" in output
    assert "Stopped; the data is kept" not in output
    eventually(lambda: _gone(pids))


def test_an_export_that_failed_leaves_nothing_and_the_last_one_stays(tmp_path: Path) -> None:
    def half(export: Path) -> None:
        (export / "part").write_text("x")
        raise OSError("no space left")

    def whole(export: Path) -> None:
        (export / EVENTS).write_text("whole")

    folder = DataFolder(tmp_path)
    folder.save(whole)
    with pytest.raises(OSError, match="no space"):
        folder.save(half)
    assert [export.name for export in (tmp_path / "exports").iterdir()] == ["1"]
    assert folder.events.read_text() == "whole"
    folder.release()


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PORT": "http"}, "PORT is 'http'"),
        ({"FIRESTORE_EMULATOR_JAR": "/nowhere.jar"}, "FIRESTORE_EMULATOR_JAR names /nowhere.jar"),
    ],
)
def test_what_is_missing_is_named(root: Path, env: dict[str, str], words: str) -> None:
    process = _command(root, "dev", {"PORT": str(free_port()), **env})
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert words in output
    assert "Traceback" not in output


def test_a_taken_port_is_found_before_anything_starts() -> None:
    with listening_socket(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Exception, match=f"Port {port} is in use"):
            listening_socket(port)
