"""Measures a pipeline with prospects sent one at a time and in bursts."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from infra.demo.client import Client, wait_until

STEPS = ("send_notification", "send_notification", "send_notification")
_PATIENCE = 300.0
_BURSTS = 3  # of which the median counts, since the machine is shared

Finished = Callable[[], dict[str, float]]  # prospect id -> when its run ended, in seconds


@dataclass(frozen=True)
class Figures:
    """Throughput in a burst; `p50`: milliseconds from document write to the end, one at a time."""

    per_second: float
    p50: float


def activate(client: Client, **more: object) -> str:
    """Create and activate an automation of three internal steps for new prospects; returns its id."""
    steps = [{"action": action} for action in STEPS]
    body = {"name": "Bench", "trigger": "new_prospect_added", "steps": steps, **more}
    automation: str = client.post("/api/automations", body)["automation"]["id"]
    client.post(f"/api/automations/{automation}/activate")
    return automation


def measure(client: Client, finished: Finished, *, singles: int, burst: int) -> Figures:
    """Warm up, then send `singles` prospects one after another, then bursts of `burst` from a file each."""
    for _ in range(5):
        _single(client, finished)
    latencies = [_single(client, finished) for _ in range(singles)]
    bursts = [_burst(client, finished, burst) for _ in range(_BURSTS)]
    return Figures(per_second=statistics.median(bursts), p50=statistics.median(latencies))


def _single(client: Client, finished: Finished) -> float:
    prospect = client.post("/api/prospects", {"name": "One"})["prospect"]
    written = datetime.fromisoformat(prospect["created_at"]).timestamp()
    wait_until("one run", lambda: prospect["id"] in finished(), patience=_PATIENCE)
    return (finished()[prospect["id"]] - written) * 1000


def _burst(client: Client, finished: Finished, number: int) -> float:
    before = len(finished())
    mark = time.time_ns()
    content = "name,email\n" + "".join(f"P{n},p{n}-{mark}@bench.example\n" for n in range(number))
    started = time.time()
    client.upload("/api/prospects/import", content.encode())
    wait_until("the burst", lambda: len(finished()) >= before + number, patience=_PATIENCE)
    return number / (max(finished().values()) - started)


class LogTail:
    """Reads a growing log of JSON lines; each call returns all entries picked so far."""

    def __init__(self, log: Path, pick: Callable[[dict[str, object]], tuple[str, float] | None]) -> None:
        self._log = log
        self._pick = pick
        self._offset = 0
        self._picked: dict[str, float] = {}

    def __call__(self) -> dict[str, float]:
        with self._log.open("rb") as lines:
            lines.seek(self._offset)
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                self._offset += len(line)
                if line.startswith(b"{") and (entry := self._pick(json.loads(line))):
                    self._picked[entry[0]] = entry[1]
        return self._picked
