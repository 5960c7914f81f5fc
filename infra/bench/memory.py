"""Measures the memory that the functions' processes hold: idle, after an import whose every prospect starts a run, and
after questions to a vault; each repeated, as what grows every time would grow for good.

Alone: python -m infra.bench.memory. BENCH_MEMORY_IMPORT: how many prospects an import has.
"""

import os
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from rich.console import Console

from infra.bench import alone, pipeline, vaults
from infra.bench.judged import scifact
from infra.bench.pipeline import LogTail
from infra.demo.client import Client, wait_until
from infra.local.cloud import LocalCloud
from infra.local.parts import PARTS
from infra.local.stack import Stack
from infra.local.tokens import unsigned
from shared.gcp.firestore import Firestore

PROJECT = "bench-memory"
_REPETITIONS = 3
_ITEMS = 1_000
_QUESTIONS = 50
_PATIENCE = 900.0
_QUIET = 5.0  # seconds in which what has ended lets go


def measure(cloud: LocalCloud, console: Console) -> dict[str, float]:
    """Megabytes that are resident in the functions' processes, after each repetition; and what the last one added."""
    number = int(os.environ.get("BENCH_MEMORY_IMPORT", "10000"))
    figures: dict[str, float] = {}
    with Stack(cloud, project=PROJECT, run_schedules=False, env={"USER_REQUESTS": "0"}) as stack:
        _import(stack, "first", 1)  # what the path loads is no growth
        figures["memory_idle_mb"] = _resident(stack)
        console.print(f"Memory after imports of {number:,} prospects …")
        figures |= _repeated(stack, "import", lambda turn: _import(stack, f"importer-{turn}", number))
        texts = scifact()
        if texts is None:
            console.print("SciFact is not at hand (BENCH_DATA names the folder): memory after chats is not measured.")
            return figures
        store = Firestore(PROJECT, cloud.emulators.firestore_host, timeout=60)
        vaults.fill(store, "reader", islice(texts.texts.items(), _ITEMS))
        questions = [*islice((text for _, text in sorted(texts.queries.items())), _QUESTIONS)]
        console.print(f"Memory after questions to a vault of {_ITEMS:,} items …")
        with _client(stack, "reader") as client:
            vaults.wait_for_index(client, patience=_PATIENCE)
            figures |= _repeated(stack, "chats", lambda turn: _ask_all(client, questions))
    return figures


def _repeated(stack: Stack, name: str, act: Callable[[int], object]) -> dict[str, float]:
    sizes = []
    for turn in range(_REPETITIONS):
        act(turn)
        sizes.append(_resident(stack))
    figures = {f"memory_{name}_{turn}_mb": size for turn, size in enumerate(sizes, 1)}
    return {**figures, f"memory_{name}_last_growth_mb": sizes[-1] - sizes[-2]}


def _import(stack: Stack, uid: str, number: int) -> None:
    """Have a user import prospects, and wait until all their runs have ended and nothing is on its way."""
    with _client(stack, uid) as client:
        pipeline.activate(client)
        finished = LogTail(stack.log, pipeline.ended)
        before = len(finished())
        client.upload("/api/prospects/import", pipeline.rows(number))
        wait_until("all runs", lambda: len(finished()) >= before + number, patience=_PATIENCE)
    wait_until("nothing is on its way", stack.idle, patience=_PATIENCE)


def _client(stack: Stack, uid: str) -> Client:
    return Client(stack.url, unsigned(stack.project, uid), patience=_PATIENCE)


def _ask_all(client: Client, questions: Sequence[str]) -> None:
    for question in questions:
        vaults.ask(client, question)


def _resident(stack: Stack) -> float:
    """Megabytes of the functions' processes together."""
    time.sleep(_QUIET)
    return sum(_kilobytes(stack.process(part)) for part in PARTS) / 1024


def _kilobytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


if __name__ == "__main__":
    alone.run(measure)
