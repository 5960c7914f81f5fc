"""Measures a large import whose every prospect starts a run of three light steps, and the requests of others meanwhile.

Alone: python -m infra.bench.imports. BENCH_IMPORT: how many prospects.
"""

import os
import statistics
import threading
import time
from typing import Any

from rich.console import Console

from infra.bench import alone, pipeline
from infra.bench.pipeline import LogTail
from infra.demo.client import Client, wait_until
from infra.local.cloud import LocalCloud
from infra.local.stack import Stack
from infra.local.tokens import unsigned

_PATIENCE = 600.0
_EVERY = 0.1  # seconds between the requests of the other user


class Bystander(threading.Thread):
    """Another user, who reads a prospect of his and writes it, again and again."""

    def __init__(self, client: Client) -> None:
        super().__init__(daemon=True)
        self._client = client
        self._over = threading.Event()
        self._id = client.post("/api/prospects", {"name": "Mine"})["prospect"]["id"]
        self.milliseconds: list[float] = []

    def run(self) -> None:
        number = 0
        while not self._over.wait(_EVERY):
            number += 1
            began = time.perf_counter()
            if number % 5:
                self._client.get(f"/api/prospects/{self._id}")
            else:
                self._client.post("/api/prospects", {"name": f"Mine {number}"})
            self.milliseconds.append(1000 * (time.perf_counter() - began))

    def stop(self) -> None:
        self._over.set()
        self.join()


def measure(cloud: LocalCloud, console: Console) -> dict[str, Any]:
    """Seconds until the file is answered, and until all runs have ended; the other user's requests meanwhile."""
    number = int(os.environ.get("BENCH_IMPORT", "10000"))
    console.print(f"An import of {number:,} prospects …")
    with Stack(cloud, project="bench-import", run_schedules=False) as stack:

        def client(uid: str) -> Client:
            return Client(stack.url, unsigned(stack.project, uid), patience=_PATIENCE)

        with client("importer") as user, client("bystander") as other:
            pipeline.activate(user)
            finished = LogTail(stack.log, pipeline.ended)
            bystander = Bystander(other)
            bystander.start()
            began = time.time()
            user.upload("/api/prospects/import", pipeline.rows(number))
            answered = time.time()
            wait_until("all runs", lambda: len(finished()) >= number, patience=_PATIENCE)
            bystander.stop()
    taken = sorted(bystander.milliseconds)
    return {
        "prospects": number,
        "answered_seconds": round(answered - began, 1),
        "all_done_seconds": round(max(finished().values()) - began, 1),
        "request_p50_ms": round(statistics.median(taken), 1),
        "request_p99_ms": round(taken[int(0.99 * (len(taken) - 1))], 1),
        "request_worst_ms": round(taken[-1], 1),
        "requests": len(taken),
    }


if __name__ == "__main__":
    alone.run(measure)
