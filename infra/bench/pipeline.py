"""Measures a pipeline with prospects sent one at a time and in bursts, by the log of its functions."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.demo.client import Client, wait_until

NOTIFY = {"action": "send_notification"}
LIGHT = (NOTIFY, NOTIFY, NOTIFY)
_PATIENCE = 300.0


def calling(url: str) -> tuple[dict[str, Any], ...]:
    """Three steps, of which the second is a call to the outside."""
    return NOTIFY, {"action": "call_webhook", "config": {"url": url}}, NOTIFY


@dataclass
class Figures:
    """What some sweeps have measured. `singles`: milliseconds from a document's write to its run's end, one at a time;
    `bursts`: runs a second."""

    singles: list[float] = field(default_factory=list)
    bursts: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return statistics.median(self.bursts)

    @property
    def p50(self) -> float:
        return statistics.median(self.singles)


@dataclass
class Course:
    """One pipeline of one user, measured in several sweeps."""

    client: Client
    finished: "LogTail"
    figures: Figures = field(default_factory=Figures)

    def warm_up(self) -> None:
        for _ in range(5):
            self._single()

    def sweep(self, singles: int, burst: int) -> None:
        """Send prospects one after another, then a burst of them from a file."""
        self.figures.singles += [self._single() for _ in range(singles)]
        self.figures.bursts.append(self._burst(burst))

    def _single(self) -> float:
        prospect = self.client.post("/api/prospects", {"name": "One"})["prospect"]
        written = datetime.fromisoformat(prospect["created_at"]).timestamp()
        wait_until("one run", lambda: prospect["id"] in self.finished(), patience=_PATIENCE)
        return (self.finished()[prospect["id"]] - written) * 1000

    def _burst(self, number: int) -> float:
        before = set(self.finished())
        started = time.time()
        self.client.upload("/api/prospects/import", rows(number))
        wait_until("the burst", lambda: len(self.finished()) >= len(before) + number, patience=_PATIENCE)
        return number / (max(at for id, at in self.finished().items() if id not in before) - started)


def rows(number: int) -> bytes:
    """A file of prospects that nobody else has."""
    mark = time.time_ns()
    return ("name,email\n" + "".join(f"P{n},p{n}-{mark}@bench.example\n" for n in range(number))).encode()


def activate(client: Client, steps: tuple[dict[str, Any], ...] = LIGHT, **more: object) -> str:
    """Create and activate an automation of some steps for new prospects; returns its id."""
    body = {"name": "Bench", "trigger": "new_prospect_added", "steps": [*steps], **more}
    automation: str = client.post("/api/automations", body)["automation"]["id"]
    client.post(f"/api/automations/{automation}/activate")
    return automation


class LogTail:
    """Reads a growing log of JSON lines; each call returns, by prospect, when its run has ended, in seconds."""

    def __init__(self, log: Path, pick: Callable[[dict[str, Any]], str | None]) -> None:
        """`pick` names the prospect whose run a line tells the end of."""
        self.log = log
        self._pick = pick
        self._offset = 0
        self._picked: dict[str, float] = {}

    def __call__(self) -> dict[str, float]:
        for entry in self._entries():
            if subject := self._pick(entry):
                self._picked[subject] = datetime.fromisoformat(entry["time"]).timestamp()
        return self._picked

    def _entries(self) -> Iterator[dict[str, Any]]:
        with self.log.open("rb") as lines:
            lines.seek(self._offset)
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                self._offset += len(line)
                if line.startswith(b"{"):
                    yield json.loads(line)


def ended(entry: dict[str, Any]) -> str | None:
    """Picks the end of a run. The line's time is when it was written, once the store had acknowledged the commit that
    records the end: whoever reads the run from then on finds it ended."""
    return entry["subject"] if entry.get("ended") else None


def arrived(entry: dict[str, Any]) -> str | None:
    """Picks the arrival of a message at the empty handler."""
    return entry.get("arrived")
