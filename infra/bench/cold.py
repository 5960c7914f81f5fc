"""Measures cold starts: a fresh process of each function's bundle until its first answer, to that of a hello-world with
Google's own Firestore client that reads a document.

Run alone as `python -m infra.bench.cold [FUNCTION ...]`. Wall time depends on whatever else the machine does; the CPU
seconds of the server's processes hardly do. Each function is started once, and again for as long as BENCH_COLD_SECONDS
last.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uv
from rich.console import Console

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, FunctionSpec, Http
from infra import bundle
from infra.bundle import bytecode
from infra.local import calls, plain
from infra.local.cloud import LocalCloud
from infra.local.process import LocalError, free_port

_ROUNDS = 3  # at most
_HELLO_EVERY = 3  # hello-world takes a turn before so many functions
_PATIENCE = 60.0
_SECRET = "bench-of-cold-starts"
_HELLO = """
import functions_framework
from google.cloud import firestore

client = firestore.Client()

@functions_framework.http
def hello(request):
    return client.document("greetings/hello").get().to_dict() or {"hello": "world"}
"""


@dataclass(frozen=True)
class _Start:
    """What a first answer took, in seconds."""

    cpu: float
    wall: float


def measure(cloud: LocalCloud, *names: str) -> dict[str, float]:
    """The medians of the functions' starts over hello-world's, which alternate with them; of all without `names`."""
    specs = [spec for spec in FUNCTIONS if spec.name in names or not names]
    starts: dict[str, list[_Start]] = {"hello": [], **{spec.name: [] for spec in specs}}
    with tempfile.TemporaryDirectory(prefix="cold-") as place:
        folder = Path(place)
        python = _installed(folder)
        (folder / "hello").mkdir()
        (folder / "hello/main.py").write_text(_HELLO)
        for spec in specs:
            bundle.stage(spec, folder)
        _compile(python, folder)
        _hello(python, folder, cloud)  # fills the machine's file cache
        until = time.monotonic() + float(os.environ.get("BENCH_COLD_SECONDS", "240"))
        for turn, spec in enumerate(specs * _ROUNDS):
            if turn >= len(specs) and time.monotonic() > until:
                break
            if turn % _HELLO_EVERY == 0:
                starts["hello"].append(_hello(python, folder, cloud))
            starts[spec.name].append(_start(python, folder / spec.name, spec.name, _call(spec), cloud))
    return _figures(starts)


def _compile(python: Path, folder: Path) -> None:
    """Compile what has no bytecode yet: hello-world and, where the runtime's Python is not here, the bundles."""
    compiled = bytecode.interpreter(bytecode.VERSION) is not None
    sources = [folder / "hello"] if compiled else [main.parent for main in folder.glob("*/main.py")]
    subprocess.run([str(python), "-m", "compileall", "-q", *map(str, sources)], check=True)


def _figures(starts: Mapping[str, Sequence[_Start]]) -> dict[str, float]:
    cpu = {name: statistics.median(start.cpu for start in each) for name, each in starts.items()}
    wall = {name: statistics.median(start.wall for start in each) for name, each in starts.items()}
    ratios = {name: cpu[name] / cpu["hello"] for name in starts if name != "hello"}
    walls = {name: wall[name] / wall["hello"] for name in ratios}
    return {
        "cold_hello_cpu_s": cpu["hello"],
        "cold_hello_wall_s": wall["hello"],
        "cold_cpu_to_hello_median": statistics.median(ratios.values()),
        "cold_cpu_to_hello_most": max(ratios.values()),
        "cold_cpu_within_quarter": sum(ratio <= 1.25 for ratio in ratios.values()),
        "cold_wall_to_hello_median": statistics.median(walls.values()),
        "cold_wall_to_hello_most": max(walls.values()),
        **{f"cold_cpu_{name}_to_hello": ratio for name, ratio in ratios.items()},
    }


def _installed(folder: Path) -> Path:
    """An environment with what functions may need, compiled, on their runtime's Python where it is here."""
    python = folder / "environment/bin/python"
    version = bytecode.interpreter(bytecode.VERSION) or sys.executable
    packages = ("-r", str(bundle.ROOT / "requirements.txt"))
    for command in (
        ("venv", "--no-project", "--python", version, str(folder / "environment")),
        ("pip", "install", "--compile-bytecode", "--python", str(python), *packages),
    ):
        done = subprocess.run([uv.find_uv_bin(), "--quiet", *command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise LocalError(f"The functions' packages cannot be installed: {done.stderr[-500:]}")
    return python


def _hello(python: Path, folder: Path, cloud: LocalCloud) -> _Start:
    return _start(python, folder / "hello", "hello", {"method": "GET", "url": "/"}, cloud)


def _call(spec: FunctionSpec) -> dict[str, Any]:
    """A first request of the function's kind."""
    if isinstance(spec.trigger, Http):
        return {"method": "GET", "url": spec.trigger.path}
    headers, content = calls.of(spec)
    return {"method": "POST", "url": "/", "headers": {**headers, "x-caller-secret": _SECRET}, "content": content}


def _start(python: Path, folder: Path, name: str, call: dict[str, Any], cloud: LocalCloud) -> _Start:
    """Start a server and send it the call until it answers. Raises LocalError where it ends instead."""
    spec = next((spec for spec in FUNCTIONS if spec.name == name), None)
    kind = "cloudevent" if spec and isinstance(spec.trigger, DocumentWritten) else "http"
    port = free_port()
    began = time.perf_counter()
    with _server(python, folder, name, kind, port, cloud) as process:
        with plain.client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE) as http:
            _answered(http, call, process, folder)
        return _Start(sum(map(_cpu, _family(process.pid))), time.perf_counter() - began)


@contextmanager
def _server(
    python: Path, folder: Path, name: str, kind: str, port: int, cloud: LocalCloud
) -> Iterator[subprocess.Popen[bytes]]:
    """The framework's own command, as the platform gives it, in an environment of its own."""
    env = {
        "PATH": os.environ["PATH"],
        "FUNCTION_SIGNATURE_TYPE": kind,
        "GOOGLE_CLOUD_PROJECT": "bench-cold",
        "FIRESTORE_EMULATOR_HOST": cloud.emulators.firestore_host,
        "PUBSUB_EMULATOR_HOST": cloud.emulators.pubsub_host,
        "CLOUD_TASKS_EMULATOR_HOST": cloud.tasks.host,
        "LOCAL_CALLER_SECRET": _SECRET,
        "FUNCTIONS_URL": "http://127.0.0.1:9/_functions",
    }
    command = [str(python), "-m", "functions_framework", f"--target={name}", f"--source={folder}/main.py"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host=127.0.0.1", f"--port={port}"],
            env=env,
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,  # and nothing else between fork and exec: the emulators' channels survive no fork
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answered(http: httpx.Client, call: dict[str, Any], process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if http.request(**call).status_code < 500:
                return
            break
        except httpx.TransportError:
            time.sleep(0.005)
    raise LocalError(f"{folder.name} does not answer, or fails: {(folder / 'log').read_text()[-500:]}")


def _family(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(member for child in children for member in _family(int(child)))]


def _cpu(process: int) -> float:
    """Seconds that a process has taken by now, in itself and in the kernel."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    console = Console(width=100)
    with tempfile.TemporaryDirectory(prefix="bench-") as place, LocalCloud(Path(place)) as local:
        for figure, value in measure(local, *sys.argv[1:]).items():
            console.print(f"{figure:48} {value:.2f}")
