"""Measures runs beside the same pipeline with empty handlers, without and with a run's commits, the bare store, and
DBOS, in interleaved sweeps.

Alone: python -m infra.bench.runs. BENCH_EXECUTIONS: prospects in a burst; BENCH_SWEEPS: how often, of which the median
counts; BENCH_PEER=0 leaves DBOS out.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from rich.console import Console

from infra.bench import alone, handlers, pipeline, store
from infra.bench.pipeline import Course, LogTail
from infra.bundle import ROOT
from infra.chaos.receiver import Receiver
from infra.demo.client import Client
from infra.local.cloud import LocalCloud
from infra.local.costs import commits_per_execution
from infra.local.stack import Stack
from infra.local.tokens import unsigned

_SINGLES = 10  # a sweep
_FAR = {"daily": {"steps": 1_000_000}}
_PLACES = {"concurrency": 10}


def measure(cloud: LocalCloud, console: Console) -> dict[str, Any]:
    """The figures of all pipelines, and their ratios."""
    burst, sweeps = int(os.environ.get("BENCH_EXECUTIONS", "200")), int(os.environ.get("BENCH_SWEEPS", "3"))
    peers: dict[str, list[dict[str, float]]] = {"dbos": [], "dbos_call": []}
    ceilings = []
    with Receiver() as receiver, _courses(cloud, receiver.url) as courses:
        for course in courses.values():
            course.warm_up()
        for sweep in range(sweeps):
            console.print(f"Runs, sweep {sweep + 1} of {sweeps} …")
            for course in courses.values():
                course.sweep(_SINGLES, burst)
            ceilings.append(store.sequences_per_second(cloud.emulators.firestore_host, "bench-store", burst))
            if os.environ.get("BENCH_PEER") != "0":
                peers["dbos"].append(_dbos(burst))
                peers["dbos_call"].append(_dbos(burst, receiver.url))
        commits = {name: _commits(course) for name, course in courses.items() if not name.startswith("bare")}
    figures = {f"{name}_per_second": round(course.figures.per_second, 1) for name, course in courses.items()}
    figures |= {f"{name}_p50_ms": round(course.figures.p50, 1) for name, course in courses.items()}
    figures |= {f"{name}_commits": number for name, number in commits.items()}
    figures["store_sequences_per_second"] = round(statistics.median(ceilings), 1)
    for name, taken in peers.items():
        if taken:
            figures[f"{name}_per_second"] = round(statistics.median(each["per_second"] for each in taken), 1)
            figures[f"{name}_p50_ms"] = round(statistics.median(each["p50_ms"] for each in taken), 1)
    return figures | _ratios(figures)


def _ratios(figures: dict[str, Any]) -> dict[str, float]:
    pairs = {
        "light_to_bare": ("light", "bare"),
        "call_to_bare": ("call", "bare_call"),
        "light_to_bare_commits": ("light", "bare_commits"),
        "call_to_bare_commits": ("call", "bare_call_commits"),
        "light_to_dbos": ("light", "dbos"),
        "call_to_dbos": ("call", "dbos_call"),
        "budget_to_bare": ("budget", "bare"),
        "places_to_bare": ("places", "bare"),
    }
    rates: dict[str, float] = {name: figures.get(f"{name}_per_second", 0) for pair in pairs.values() for name in pair}
    return {name: round(rates[ours] / rates[theirs], 2) for name, (ours, theirs) in pairs.items() if rates[theirs]}


@contextmanager
def _courses(cloud: LocalCloud, receiver: str) -> Iterator[dict[str, Course]]:
    """A user for each pipeline: the product's four, and the empty handlers' four."""
    env = {handlers.RECEIVER: receiver}
    calling = pipeline.calling(receiver)
    with ExitStack() as open:
        product = open.enter_context(Stack(cloud, project="bench-runs", run_schedules=False))
        bare = open.enter_context(
            Stack(cloud, project="bench-bare", manifest="infra.bench.bare", run_schedules=False, env=env)
        )

        def client(stack: Stack, uid: str) -> Client:
            return open.enter_context(Client(stack.url, unsigned(stack.project, uid)))

        courses = {}
        for name, steps, limits in (
            ("light", pipeline.LIGHT, {}),
            ("call", calling, {}),
            ("budget", pipeline.LIGHT, _FAR),
            ("places", pipeline.LIGHT, _PLACES),
        ):
            user = client(product, name)
            pipeline.activate(user, steps, limits=limits)
            courses[name] = Course(user, LogTail(product.log, pipeline.ended))
        for name, uid in (
            ("bare", handlers.QUIET),
            ("bare_call", handlers.CALLER),
            ("bare_commits", handlers.WRITER),
            ("bare_call_commits", handlers.CALLING_WRITER),
        ):
            courses[name] = Course(client(bare, uid), LogTail(bare.log, pipeline.arrived))
        yield courses


def _commits(course: Course) -> float:
    """Commits a run, of the pipeline's runs: the start's, and those of the runners."""
    costs = commits_per_execution(course.finished.log)
    runs = course.client.all("/api/automations/executions", "executions", limit=500)
    return round(statistics.mean(costs[run["id"]] for run in runs), 2)


def _dbos(number: int, address: str = "") -> dict[str, float]:
    """Measure DBOS in a process of its own, so that our threads do not slow it down."""
    command = [sys.executable, "-m", "infra.bench.dbos_peer", str(number), *([address] if address else [])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    alone.run(measure)
