"""Measures reads through the API: how soon one client has its answer, how many answers 32 clients get, and the CPU time
that each takes of the server.

Beside them, in turns: a function of the same process that reads the same documents with Google's client and answers
them as JSON, and the bare reads, which the product's store makes without any function.
python -m infra.bench.reads measures this alone.
"""

import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from infra.bench import alone
from infra.bench.bare_reads import PATH
from infra.bundle import ROOT
from infra.local import plain
from infra.local.cloud import LocalCloud
from infra.local.parts import PUBLIC
from infra.local.stack import Stack
from infra.local.tokens import unsigned
from shared.automations.runs.models import Execution, StepResult, TriggerEvent
from shared.domains.prospects.models import Prospect
from shared.gcp import writes
from shared.gcp.firestore import Firestore
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit.schema import stamp

PROJECT, UID = "bench-reads", "reader"
_PROSPECTS, _EXECUTIONS = 300, 150
_CLIENTS = 32
_SWEEPS = 3
_SINGLES = 30  # of a sweep
_SECONDS = float(os.environ.get("BENCH_READ_SECONDS", "2"))
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class _Subject:
    """What is read: by the API, by the bare function, and by the store."""

    name: str
    path: str
    bare_path: str
    read: Callable[[Firestore], object]


def _document(collection: str, id: str) -> Callable[[Firestore], object]:
    return lambda store: store.get(f"users/{UID}/{collection}/{id}")


def _list(collection: str, limit: int) -> Callable[[Firestore], object]:
    query = Query(collection, parent=f"users/{UID}", order=[("created_at", "desc")], limit=limit)
    return lambda store: store.query(query)


_BARE = f"{PATH}/users/{UID}"
_SUBJECTS = (
    _Subject("list_of_100", "/api/prospects", f"{_BARE}/prospects?limit=100", _list("prospects", 100)),
    _Subject("by_id", "/api/prospects/p00007", f"{_BARE}/prospects/p00007", _document("prospects", "p00007")),
    _Subject(
        "executions_of_50", "/api/automations/executions", f"{_BARE}/executions?limit=50", _list("executions", 50)
    ),
)


def measure(cloud: LocalCloud, console: Console) -> dict[str, float]:
    """The figures, by name."""
    store = Firestore(PROJECT, cloud.emulators.firestore_host, timeout=60)
    now = datetime.now(UTC).replace(microsecond=0)
    store.batch_write([*_prospects(now), *_executions(now)], announced=False)
    console.print(f"Reads by one client and by {_CLIENTS}, beside bare ones …")
    env = {"USER_REQUESTS": "0"}
    with Stack(cloud, project=PROJECT, manifest="infra.bench.bare", run_schedules=False, env=env) as stack:
        return {name: figure for each in _SUBJECTS for name, figure in _figures(stack, store, each).items()}


def _figures(stack: Stack, store: Firestore, subject: _Subject) -> dict[str, float]:
    """Medians of sweeps in which the API, the bare function and the store take turns."""
    seen: dict[str, list[float]] = defaultdict(list)
    headers = {"Authorization": f"Bearer {_token()}"}
    with plain.client(base_url=stack.url, headers=headers, timeout=60) as client:
        asked = {
            "": lambda: client.get(subject.path).raise_for_status(),
            "function_": lambda: client.get(subject.bare_path).raise_for_status(),
            "reads_": lambda: subject.read(store),
        }
        for ask in asked.values():
            _milliseconds(ask)  # whatever is loaded once is loaded
        for _ in range(_SWEEPS):
            for kind, ask in asked.items():
                seen[f"{kind}ms"].append(_milliseconds(ask))
            before = _cpu_seconds(stack)
            seen["rate"].append(_answers_per_second(stack, subject.path))
            seen["cpu"].append((_cpu_seconds(stack) - before) / seen["rate"][-1] / _SECONDS * 1_000)
            seen["function_rate"].append(_answers_per_second(stack, subject.bare_path))
            seen["reads_rate"].append(_reads_per_second(partial(subject.read, store)))
    median = {name: statistics.median(values) for name, values in seen.items()}
    figures = {"p50_ms": median["ms"], "per_second": median["rate"], "cpu_ms": median["cpu"]}
    for kind in ("function", "reads"):
        figures[f"p50_to_bare_{kind}"] = median["ms"] / median[f"{kind}_ms"]
        figures[f"rate_to_bare_{kind}"] = median["rate"] / median[f"{kind}_rate"]
    return {f"{subject.name}_{name}": value for name, value in figures.items()}


def _milliseconds(ask: Callable[[], object]) -> float:
    """How long one client waits for an answer: the median of many."""
    times = []
    for _ in range(_SINGLES):
        started = time.perf_counter()
        ask()
        times.append((time.perf_counter() - started) * 1_000)
    return statistics.median(times)


def _reads_per_second(read: Callable[[], object]) -> float:
    """How many reads as many threads make as there are clients."""
    until = time.perf_counter() + _SECONDS

    def again_and_again(_: int) -> int:
        number = 0
        while time.perf_counter() < until:
            read()
            number += 1
        return number

    with ThreadPoolExecutor(_CLIENTS) as pool:
        return sum(pool.map(again_and_again, range(_CLIENTS))) / _SECONDS


def _answers_per_second(stack: Stack, path: str) -> float:
    """How many answers many clients get."""
    server = urlsplit(stack.url)
    named = [server.hostname, server.port, path, _token(), _CLIENTS, _SECONDS]
    command = [sys.executable, "-m", "infra.bench.load", *map(str, named)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60 + _SECONDS, check=True)
    return float(done.stdout)


def _cpu_seconds(stack: Stack) -> float:
    """What the functions' process has taken of the processors so far."""
    fields = Path(f"/proc/{stack.process(PUBLIC)}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _token() -> str:
    return unsigned(PROJECT, UID)


def _prospects(now: datetime) -> Iterator[Write]:
    for number in range(_PROSPECTS):
        id = f"p{number:05}"
        prospect = Prospect(
            **stamp(UID, id, at=now - timedelta(minutes=number)),
            name=f"Ann Miller {number}",
            company=f"Acme {number % 40}",
            job_title="Head of Sales",
            email=f"ann{number}@acme.example",
            website="https://acme.example",
            fit_score=number % 100 / 100,
            tags=["b2b", "new"],
            last_action="created",
            summary="Leads a team of twelve; answers short mails with a figure in them.",
            pain_points=["too little pipeline", "no time to write"],
        )
        yield writes.create(f"users/{UID}/prospects/{id}", prospect.stored())


def _executions(now: datetime) -> Iterator[Write]:
    """Runs of three steps, which have ended."""
    for number in range(_EXECUTIONS):
        at, id = now - timedelta(minutes=number), f"e{number:05}"
        data = {
            "name": f"Ann Miller {number}",
            "company": "Acme",
            "email": f"ann{number}@acme.example",
            "tags": ["b2b"],
        }
        result = StepResult(status="success", message="The notification was sent.", output={"notification_id": id})
        run = Execution(
            **stamp(UID, id, at=at),
            automation_id="a1",
            automation_name="Welcome",
            definition=1,
            triggered_by="new_prospect_added",
            event=TriggerEvent(id=id, trigger="new_prospect_added", at=at, collection="prospects", data=data),
            subject=f"p{number:05}",
            position=3,
            sequence=3,
            results={f"step_{step}": result.model_copy(update={"sequence": step}) for step in (1, 2, 3)},
            started_at=at,
        )
        run.close("success", None)
        yield writes.create(f"users/{UID}/executions/{id}", run.stored())


if __name__ == "__main__":
    alone.run(measure)
