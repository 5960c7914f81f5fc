"""Measures questions to the vault through the API: over 100 items, and over 1,000.

Beside them, in turns: a function of the same process that makes the same reads with Google's client and answers the
items as JSON, and the bare reads, which the product's store makes without any function.
python -m infra.bench.chats measures this alone.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from rich.console import Console

from infra.bench import alone, vaults
from infra.bench.bare_reads import QUESTION_PATH
from infra.bench.judged import scifact
from infra.demo.client import Client
from infra.local.cloud import LocalCloud
from infra.local.parts import PUBLIC
from infra.local.stack import Stack
from infra.local.tokens import unsigned
from shared.gcp.firestore import Firestore
from shared.gcp.queries import Query

T = TypeVar("T")
PROJECT = "bench-chats"
_SIZES = (100, 1_000)
_QUESTIONS = 60
_SWEEPS = 3


def measure(cloud: LocalCloud, console: Console) -> dict[str, float]:
    """The figures, by name; none where no collection is at hand. Questions and bare reads take turns."""
    collection = scifact()
    if collection is None:
        console.print("SciFact is not at hand (BENCH_DATA names the folder): chats are not measured.")
        return {}
    store = Firestore(PROJECT, cloud.emulators.firestore_host, timeout=60)
    for size in _SIZES:
        vaults.fill(store, _user(size), islice(collection.texts.items(), size))
    questions = [*islice((text for _, text in sorted(collection.queries.items())), _QUESTIONS)]
    figures: dict[str, float] = {}
    env = {"USER_REQUESTS": "0"}
    with Stack(cloud, project=PROJECT, manifest="infra.bench.bare", run_schedules=False, env=env) as stack:
        for size in _SIZES:
            console.print(f"Questions to a vault of {size:,} items …")
            figures |= {f"chat_{size}_{name}": value for name, value in _asked(stack, store, size, questions).items()}
    return figures


def _asked(stack: Stack, store: Firestore, size: int, questions: Sequence[str]) -> dict[str, float]:
    """Medians in milliseconds: of a question, of its CPU in the functions' process, of a function that makes its reads,
    and of these alone."""
    asked, cpu, function, bare = list[float](), list[float](), list[float](), list[float]()
    process = stack.process(PUBLIC)
    with Client(stack.url, unsigned(stack.project, _user(size))) as client:
        vaults.wait_for_index(client, patience=300)
        for _ in range(_SWEEPS):
            before = _cpu(process)
            results = [_timed(lambda: vaults.ask(client, question)) for question in questions]  # noqa: B023
            cpu.append((_cpu(process) - before) / len(questions))
            asked += [milliseconds for milliseconds, _ in results]
            function += [_timed(lambda: _ask_bare(client, size, ids))[0] for _, ids in results]  # noqa: B023
            bare += [_timed(lambda: _bare_reads(store, size, ids))[0] for _, ids in results]  # noqa: B023
    return {
        "p50_ms": statistics.median(asked),
        "cpu_ms": statistics.median(cpu),
        "bare_function_p50_ms": statistics.median(function),
        "bare_reads_p50_ms": statistics.median(bare),
        "to_bare_function": statistics.median(asked) / statistics.median(function),
        "to_bare_reads": statistics.median(asked) / statistics.median(bare),
    }


def _user(size: int) -> str:
    return f"reader-{size}"


def _ask_bare(client: Client, size: int, ids: Sequence[str]) -> None:
    client.get(f"{QUESTION_PATH}/users/{_user(size)}?{urlencode([('id', id) for id in ids])}")


def _bare_reads(store: Firestore, size: int, ids: Sequence[str]) -> None:
    """What a question reads: the manifest, the marks, then the items of its passages."""
    user = f"users/{_user(size)}"
    store.get(f"{user}/search/manifest")
    store.query(Query("stream", parent=user, where=[("index_at", ">", datetime.now(UTC))], limit=1))
    store.get_all([f"{user}/vault/{id}" for id in ids])


def _cpu(process: int) -> float:
    """The CPU time that a process has taken so far, in milliseconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / os.sysconf("SC_CLK_TCK")


def _timed(call: Callable[[], T]) -> tuple[float, T]:
    """The milliseconds that a call takes, and what it returns."""
    started = time.perf_counter()
    value = call()
    return (time.perf_counter() - started) * 1_000, value


if __name__ == "__main__":
    alone.run(measure)
