"""Measures DBOS Transact on SQLite with the same three steps: a durable engine in one process.

Run as a module in a process of its own; prints its figures as JSON. With an address the second step is a call to it.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from dbos import DBOS

_http = httpx.Client()
_address = ""


@DBOS.step()
def notify(title: str) -> dict[str, str]:
    return {"title": title, "message": "Done."}


@DBOS.step()
def call(title: str) -> dict[str, int]:
    body = {"execution_id": title, "step": "call"}
    return {"status": _http.post(_address, json=body, headers={"webhook-id": title}).status_code}


@DBOS.workflow()
def three_steps(name: str) -> list[dict[str, str]]:
    return [notify(f"{name} {number}") for number in range(3)]


@DBOS.workflow()
def with_a_call(name: str) -> list[dict[str, Any]]:
    return [notify(f"{name} 0"), call(name), notify(f"{name} 2")]


def measure(number: int, workflow: Callable[[str], Any]) -> dict[str, float]:
    """Run `number` workflows in sequence, then in a burst; the throughput is the better of the two."""
    for warm in range(5):
        workflow(f"warm {warm}")
    times = []
    started = time.perf_counter()
    for n in range(number):
        before = time.perf_counter()
        workflow(f"one {n}")
        times.append(time.perf_counter() - before)
    in_line = number / (time.perf_counter() - started)
    started = time.perf_counter()
    handles = [DBOS.start_workflow(workflow, f"burst {n}") for n in range(number)]
    for handle in handles:
        handle.get_result()
    burst = number / (time.perf_counter() - started)
    return {"per_second": max(in_line, burst), "p50_ms": 1000 * statistics.median(times)}


def main() -> None:
    global _address
    _address = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory(prefix="bench-dbos-") as folder:
        url = f"sqlite:///{Path(folder) / 'dbos.sqlite'}"
        DBOS(config={"name": "bench", "system_database_url": url, "log_level": "ERROR"})
        DBOS.launch()
        figures = measure(int(sys.argv[1]), with_a_call if _address else three_steps)
        DBOS.destroy()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
