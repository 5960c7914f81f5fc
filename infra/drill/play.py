"""Plays the drill on two emulators: fill, stop amid the work, back up, restore elsewhere, compare, go on."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from infra.demo.client import Client
from infra.drill import checksums
from infra.drill.checksums import Checksum
from infra.local import plain
from infra.local.cloud import PROJECT, LocalCloud
from infra.local.data import EVENTS
from infra.local.process import LocalError
from infra.local.stack import Stack
from shared import settings

RUNS = 12  # of each kind
_PATIENCE = 120.0
_SWEEPS = ("overdue_executions", "due_automations", "overdue_deliveries")
_KINDS: dict[str, list[dict[str, Any]]] = {
    "sleeps": [{"action": "delay", "config": {"seconds": 3_600}}],
    "asks": [{"id": "ask", "action": "approval", "config": {"message": "May it go on?"}}],
    "works": [{"id": f"wait_{number}", "action": "delay", "config": {"seconds": 1}} for number in range(8)],
}


@dataclass
class Report:
    """What was restored, and what went wrong: nothing, where the backup is good."""

    before: dict[str, Checksum] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)  # of the runs, when the backup was made
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0  # from the loss until all work has ended


def play(folder: Path) -> Report:
    """Play it in an empty folder. Raises LocalError where the play itself does not come off."""
    report = Report()
    with LocalCloud(folder / "lost", keep_data=True) as cloud:
        with Stack(cloud, run_schedules=False) as stack, Client(stack.url) as client:
            automations = _begin(client)
            report.states = _states(client, automations)
        with _store_of(cloud):
            report.before = checksums.of_database()
        cloud.save()
        shutil.copytree(
            folder / "lost" / "data", folder / "restored" / "data", ignore=shutil.ignore_patterns(EVENTS, "lock")
        )
    lost_at = time.monotonic()
    with LocalCloud(folder / "restored", keep_data=True) as cloud:
        with _store_of(cloud):
            report.problems += checksums.differences(report.before, checksums.of_database())
        with Stack(cloud, run_schedules=False) as stack, Client(stack.url) as client:
            _go_on(stack, client, automations)
            report.problems += _doubled_or_lost(client, automations)
    report.seconds = time.monotonic() - lost_at
    return report


@contextmanager
def _store_of(cloud: LocalCloud) -> Iterator[None]:
    """This process on the cloud's store."""
    there = {"project": PROJECT, "firestore_emulator_host": cloud.emulators.firestore_host}
    replaced = settings.use(settings.Settings.model_validate(there))
    try:
        yield
    finally:
        settings.use(replaced)


def _begin(client: Client) -> dict[str, str]:
    """Documents of several kinds, and runs that sleep, ask and are at work; answers the automations by kind."""
    people = "name,email,company\n" + "".join(f"Person {n},p{n}@acme.io,Acme {n}\n" for n in range(50))
    client.upload("/api/prospects/import", people.encode())
    client.post("/api/vault", {"title": "Kept", "summary": "over a restore", "category": "tests"})
    automations = {}
    for kind, steps in _KINDS.items():
        told = {"id": "told", "action": "send_notification", "config": {"title": kind, "message": "{{ input.number }}"}}
        body = {"name": kind, "trigger": "manual", "steps": [*steps, told]}
        automations[kind] = str(client.post("/api/automations", body)["automation"]["id"])
        client.post(f"/api/automations/{automations[kind]}/activate")
        for number in range(RUNS):
            client.post(f"/api/automations/{automations[kind]}/run", {"input": {"number": f"{kind} {number}"}})
    asking = automations["asks"]
    _until(lambda: all(run["status"] == "waiting" for run in _runs(client, asking)), "the runs do not begin to wait")
    return automations


def _go_on(stack: Stack, client: Client, automations: dict[str, str]) -> None:
    """No message of before the loss exists: the sweeps alone find what is due."""
    for run in _runs(client, automations["asks"]):
        client.post(f"/api/automations/{automations['asks']}/executions/{run['id']}/approve")
    stack.advance(timedelta(hours=2))
    with plain.client(headers={"x-caller-secret": stack.secret}, timeout=120) as platform:

        def ended() -> bool:
            for sweep in _SWEEPS:
                platform.post(f"{stack.internal}/{sweep}/").raise_for_status()
            return set(_states(client, automations)) == {"success"}

        _until(ended, "work that was under way does not end")


def _doubled_or_lost(client: Client, automations: dict[str, str]) -> list[str]:
    """Each run has left one notification, and is there once."""
    wanted = Counter(f"{kind} {number}" for kind in _KINDS for number in range(RUNS))
    left = Counter(
        each["message"] for each in client.all("/api/notifications", "notifications") if each["title"] in _KINDS
    )
    wrong = {name: left[name] for name in wanted.keys() | left.keys() if left[name] != wanted[name]}
    runs = sum(len(_runs(client, id)) for id in automations.values())
    problems = [f"{name} has left {number} notifications" for name, number in sorted(wrong.items())]
    return problems + ([] if runs == wanted.total() else [f"{runs} runs, not {wanted.total()}"])


def _runs(client: Client, automation: str) -> list[dict[str, Any]]:
    return client.all(f"/api/automations/{automation}/executions", "executions")


def _states(client: Client, automations: dict[str, str]) -> Counter[str]:
    return Counter(str(run["status"]) for id in automations.values() for run in _runs(client, id))


def _until(reached: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not reached():
        if time.monotonic() > deadline:
            raise LocalError(f"The drill: {complaint}.")
        time.sleep(0.2)
