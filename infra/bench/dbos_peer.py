"""Measures DBOS Transact on SQLite with the same three steps: a durable engine in one process.

Run as a module in a process of its own; prints its figures as JSON.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from dbos import DBOS


@DBOS.step()
def notify(title: str) -> dict[str, str]:
    return {"title": title, "message": "Done."}


@DBOS.workflow()
def three_steps(name: str) -> list[dict[str, str]]:
    return [notify(f"{name} {number}") for number in range(3)]


def measure(number: int) -> dict[str, float]:
    """Run `number` workflows in sequence, then in a burst; the throughput is the better of the two."""
    for warm in range(5):
        three_steps(f"warm {warm}")
    times = []
    started = time.perf_counter()
    for n in range(number):
        before = time.perf_counter()
        three_steps(f"one {n}")
        times.append(time.perf_counter() - before)
    in_line = number / (time.perf_counter() - started)
    started = time.perf_counter()
    handles = [DBOS.start_workflow(three_steps, f"burst {n}") for n in range(number)]
    for handle in handles:
        handle.get_result()
    burst = number / (time.perf_counter() - started)
    return {"per_second": max(in_line, burst), "p50_ms": 1000 * statistics.median(times)}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-dbos-") as folder:
        url = f"sqlite:///{Path(folder) / 'dbos.sqlite'}"
        DBOS(config={"name": "bench", "system_database_url": url, "log_level": "ERROR"})
        DBOS.launch()
        figures = measure(int(sys.argv[1]))
        DBOS.destroy()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
