"""Plays one automation with a prospect for each execution, under a fault, and duplicated, late messages."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import httpx

from infra.chaos.faults import Fault
from infra.chaos.receiver import Receiver
from infra.demo.client import Client, Conflicting, NotNow
from infra.local.cloud import LocalCloud
from infra.local.courier import Disorder
from infra.local.process import LocalError
from infra.local.stack import Stack

T = TypeVar("T")
KEYS = ["each", "plan[0]", "plan[1]", "analyze", "draft", "announce", "pause", "call", "told"]
_AT_ONCE = 50  # rows of one import, which has to fit between two kills
_LOOK_EVERY = 0.5
_PAUSE = 0.05  # seconds between two attempts of a client
_CALL_SECONDS = 0.3  # until a call is answered: time for a rival runner, and for a kill
_STILL = 3.0  # seconds without progress, after which `hurry` advances the clock
_LEASE = timedelta(seconds=160)  # of a call to the outside whose runner has died


@dataclass
class Report:
    """The figures of a run, and the problems that it revealed."""

    executions: int
    seconds: float = 0.0
    injected: int = 0  # how often the fault took place
    lost: int = 0
    doubled: int = 0
    in_doubt: int = 0  # runs killed during a call, whose outcome a person has to report
    calls: int = 0
    problems: list[str] = field(default_factory=list)


def steps(url: str, call_seconds: float) -> list[dict[str, Any]]:
    """The automation's steps: a loop, effects, a wait, and two calls that must not be repeated.

    Every message comes twice, half of them at the same time, so that each call has a rival runner.
    """
    plan = {"id": "plan", "action": "add_calendar_event", "config": {"in_days": 3}}
    return [
        {"id": "each", "action": "for_each", "config": {"items": [1, 2], "steps": [plan]}},
        {"id": "analyze", "action": "analyze_prospect"},
        {"id": "draft", "action": "generate_outreach"},
        {"id": "announce", "action": "call_webhook", "config": {"url": url, "timeout": call_seconds}},
        {"id": "pause", "action": "delay", "config": {"seconds": 1}},
        {"id": "call", "action": "call_webhook", "config": {"url": url, "timeout": call_seconds}},
        {"id": "told", "action": "send_notification", "config": {"title": "Told", "message": "{{ prospect.name }}"}},
    ]


def play(
    cloud: LocalCloud, executions: int, *, project: str, patience: float, fault: Fault, hurry: bool = False
) -> Report:
    """Play `executions` and return the report. Raises LocalError where not all end within `patience` seconds."""
    report = Report(executions)
    cloud.courier.disorder = fault.disorder
    try:
        with (
            fault.prepared(cloud) as env,
            Receiver(_CALL_SECONDS, silent=fault.silent, seed=fault.seed) as receiver,
            Stack(
                cloud,
                project=project,
                copies=fault.copies,
                env={"USER_REQUESTS": "0", **env},
                manifest=fault.manifest,
            ) as stack,
            Client(stack.url) as client,
        ):
            player = _Player(stack, client, receiver, report, fault, hurry=hurry)
            started = time.monotonic()
            player.begin()
            with fault.during(stack, receiver):
                player.bring_prospects()
                player.wait_for_the_end(patience)
            report.injected, report.seconds = report.injected + fault.injected, time.monotonic() - started
            report.problems += fault.problems
            player.check()
    finally:
        cloud.courier.disorder = Disorder()
        cloud.clock_file.unlink(missing_ok=True)
    return report


class _Player:
    def __init__(
        self, stack: Stack, client: Client, receiver: Receiver, report: Report, fault: Fault, *, hurry: bool
    ) -> None:
        self._stack, self._client, self._fault = stack, client, fault
        self._receiver, self._report, self._hurry = receiver, report, hurry
        self._automation = ""
        self._answered: set[str] = set()

    def begin(self) -> None:
        body = {
            "name": "Chaos",
            "trigger": "new_prospect_added",
            "steps": steps(self._receiver.url, self._fault.call_seconds),
        }
        self._automation = self._client.post("/api/automations", body)["automation"]["id"]
        self._client.post(f"/api/automations/{self._automation}/activate")

    def bring_prospects(self) -> None:
        """Have all prospects made: by import, or by simultaneous requests, the first ones of a process."""
        at_once = self._fault.at_once
        if not at_once:
            self._import_prospects()
            return
        with ThreadPoolExecutor(at_once) as clients:
            for first in range(0, self._report.executions, at_once):
                self._stack.kill()
                self._report.injected += 1
                list(clients.map(self._post_prospect, range(first, min(first + at_once, self._report.executions))))

    def _post_prospect(self, number: int) -> None:
        body = {"name": f"P{number}", "email": f"p{number}@chaos.example"}
        with Client(self._stack.url) as client:  # a connection of its own, as each user has
            self._patiently(partial(client.post, "/api/prospects", body, key=f"prospect-{number}"))

    def _import_prospects(self) -> None:
        """Import all prospects, repeating each import until it is answered: rows imported before are skipped."""
        for first in range(0, self._report.executions, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, self._report.executions))
            rows = "".join(f"P{n},p{n}@chaos.example\n" for n in numbers)
            content = f"name,email\n{rows}".encode()
            self._patiently(partial(self._client.upload, "/api/prospects/import", content))

    def wait_for_the_end(self, patience: float) -> None:
        """Wait until every execution has ended; report the outcome of calls in doubt, as the receiver knows it."""
        deadline = time.monotonic() + patience
        done, since = -1, time.monotonic()
        while (ended := self._total("success") + self._total("failed")) < self._report.executions:
            self._answer_for_calls()
            if ended != done:
                done, since = ended, time.monotonic()
            elif self._hurry and time.monotonic() - since > _STILL:
                self._stack.advance(_LEASE)
                self._patiently(lambda: self._stack.scheduler.run("overdue_executions"))
                since = time.monotonic()
            if time.monotonic() > deadline:
                raise LocalError(f"{ended} of {self._report.executions} executions have ended; {self._left()}.")
            time.sleep(_LOOK_EVERY)

    def _answer_for_calls(self) -> None:
        for run in self._runs("waiting"):
            waiting = run["waiting_for"]
            doubt = f"{run['id']} {run['updated_at']}"
            if not waiting or waiting["kind"] != "review" or doubt in self._answered:
                continue
            self._answered.add(doubt)
            outcome = "sent" if self._receiver.calls[run["id"], waiting["step"]] else "not_sent"
            path = f"{self._path}/{run['id']}/resume"
            with suppress(Conflicting):  # the repetition of a call that was answered, and whose answer was lost
                self._patiently(partial(self._client.post, path, {"outcome": outcome}))
            self._report.in_doubt += 1

    def check(self) -> None:
        """Check that every prospect has one execution, and each effect took place once."""
        number = self._report.executions
        runs = self._client.all(self._path, "executions", limit=500)
        self._report.calls = self._receiver.calls.total()
        self._once("executions", Counter(run["event"]["document_id"] for run in runs), number)
        self._expect("states", Counter(run["status"] for run in runs), {"success": number})
        self._once("calls", self._receiver.calls, 2 * number)
        self._once("calls under one key", self._receiver.keys, 2 * number)
        self._number("messages drafted", self._count("outreach"), number)
        self._number("follow-ups planned", self._count("calendar"), 2 * number)
        notifications = self._client.all("/api/notifications", "notifications", limit=200)
        self._number("notifications", sum(row["title"] == "Told" for row in notifications), number)
        automation = self._client.get(f"/api/automations/{self._automation}")["automation"]
        self._number("executions counted", automation["execution_count"], number)
        for run in runs:
            keys = [record["key"] for record in self._client.get(f"{self._path}/{run['id']}")["steps"]]
            self._once(f"steps of {run['id']}", Counter(keys), len(KEYS))
            self._expect(f"order of the steps of {run['id']}", keys, KEYS)

    def _once(self, what: str, counts: Counter[Any], expected: int) -> None:
        """Each of the expected number took place, and once."""
        lost, doubled = expected - len(counts), counts.total() - len(counts)
        self._tally(what, lost, doubled)

    def _number(self, what: str, actual: int, expected: int) -> None:
        self._tally(what, max(0, expected - actual), max(0, actual - expected))

    def _tally(self, what: str, lost: int, doubled: int) -> None:
        self._report.lost += lost
        self._report.doubled += doubled
        if lost or doubled:
            self._report.problems.append(f"{what}: {lost} lost, {doubled} doubled")

    def _expect(self, what: str, actual: Any, expected: Any) -> None:
        if actual != expected:
            self._report.problems.append(f"{what}: {actual}, not {expected}")

    @property
    def _path(self) -> str:
        return f"/api/automations/{self._automation}/executions"

    def _count(self, name: str) -> int:
        return int(self._client.get(f"/api/{name}", limit=1)["total"])

    def _total(self, status: str) -> int:
        return int(self._patiently(lambda: self._client.get(self._path, limit=1, status=status))["total"])

    def _runs(self, status: str) -> list[dict[str, Any]]:
        return self._patiently(lambda: self._client.all(self._path, "executions", limit=500, status=status))

    def _left(self) -> str:
        return ", ".join(f"{self._total(status)} {status}" for status in ("pending", "running", "waiting", "failed"))

    def _patiently(self, call: Callable[[], T]) -> T:
        """Repeat a call until it is answered, since a killed server breaks connections; all calls are idempotent."""
        while True:
            try:
                return call()
            except (httpx.TransportError, OSError, NotNow):
                if self._stack.cloud.broken.is_set():
                    raise LocalError(self._stack.cloud.reason) from None
                time.sleep(_PAUSE)
