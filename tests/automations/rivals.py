"""Several runners of one execution, each of which takes a step when the test lets it: any interleaving, at will.

A runner stops before and after each write, and while the receiver has its call. One moves at a time.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta
from typing import Any
from uuid import uuid4

from shared import context
from shared.automations.authoring import service
from shared.automations.authoring.validation import AutomationInput, StepInput
from shared.automations.definitions.restrictions import Limits
from shared.automations.engine.runner import run as run_execution
from shared.automations.operations import control, overdue
from shared.automations.operations.control import Resume
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.runs.queue import message
from shared.automations.starts import document_events
from shared.context import Context
from shared.domains import notifications
from shared.errors import AppError, Conflict, Unavailable
from shared.gcp import firestore
from shared.kit import clock, failpoint
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.store.changes import Change
from tests.automations.scenario import notify
from tests.providers.fake import Provider, Reply

_PATIENCE = 60.0  # seconds for what takes milliseconds
STEPS = ["call", "wait", "told"]


class Runner:
    """An invocation in a thread of its own."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.over = False
        self._call, self._dies, self._loses = call, False, False
        self._go, self._stops = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=copy_context().run, args=(self._work,), daemon=True)

    def start(self) -> None:
        """To its first boundary."""
        self._thread.start()
        self._wait_until_it_stops()

    def step(self) -> None:
        """To its next boundary, or to its end."""
        if not self.over:
            self._go.release()
            self._wait_until_it_stops()

    def die(self) -> None:
        """As its process would, at the boundary that it is at, or once its call has come back."""
        self._dies = True
        while not self.over:
            self.step()

    def lose(self) -> None:
        """The write that it is at is not answered: it was made if the runner stands behind it, else not."""
        self._loses = True
        self.step()

    def gate(self) -> None:
        self.stop()
        if self._dies:
            raise failpoint.Crash
        if self._loses:
            self._loses = False
            raise Unavailable("no answer")

    def stop(self) -> None:
        self._stops.release()
        assert self._go.acquire(timeout=_PATIENCE)

    def _wait_until_it_stops(self) -> None:
        assert self._stops.acquire(timeout=_PATIENCE), "it neither stops nor ends"

    def _work(self) -> None:
        failpoint.stop_at(self.gate)
        try:
            with context.bound(Context()):
                self._call()
        except (failpoint.Crash, AppError):
            pass
        finally:
            self.over = True
            self._stops.release()


class Room:
    """A user of its own with one execution: a call to the outside, an event to wait for, and a word at the end."""

    def __init__(self, receiver: Provider, time: VirtualClock, *, limited: bool = False) -> None:
        self.uid, self.time = f"user-{uuid4().hex[:10]}", time
        self.runners: list[Runner] = []
        self.limited, self.cancelled, self.happened = limited, False, False
        self._placed: list[bool] = []  # whether the run had its place when it called
        self._moving: Runner | None = None
        self._receiver = receiver
        receiver.reply = self._answer
        self.automation = self._automate(limited)
        fields = {"name": "Ann", "status": "new"}
        self._take(None, fields)
        (self._run,) = run_store.executions.select(self.uid, limit=2)

    def _automate(self, limited: bool) -> str:
        wait = {"event": "prospect_status_changed", "timeout": 30 * 86_400}
        steps = [
            {"id": "call", "action": "call_webhook", "config": {"url": self._receiver.url}},
            {"id": "wait", "action": "wait_for_event", "config": wait},
            notify("told", "Told"),
        ]
        given = AutomationInput(
            name="Rivals",
            trigger="new_prospect_added",
            steps=[StepInput.model_validate(step) for step in steps],
            limits=Limits(concurrency=1) if limited else Limits(),
        )
        made = service.create(self.uid, given)
        service.activate(self.uid, made.id)
        return made.id

    def _take(self, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
        document_events.take(Change(new_id(), self.uid, "prospects", "p1", before, after, clock.now()))

    @property
    def _place(self) -> str:
        return f"users/{self.uid}/meters/{self.automation}~slot~0"

    def find(self) -> Execution:
        return run_store.executions.get(self.uid, self._run.id)

    def calls(self) -> int:
        return sum(request["body"]["execution_id"] == self._run.id for request in self._receiver.requests)

    def start(self, *, swept: bool = False) -> Runner:
        """One more runner, as one more copy of the message, or the sweeper's, brings it."""
        told = message(self._run, swept=swept)
        runner = Runner(lambda: run_execution(told, until=clock.now() + timedelta(seconds=60)))
        self.runners.append(runner)
        self._move(runner, runner.start)
        return runner

    def step(self, number: int) -> None:
        if number < len(self.runners):
            self._move(self.runners[number], self.runners[number].step)

    def die(self, number: int) -> None:
        if number < len(self.runners):
            self._move(self.runners[number], self.runners[number].die)

    def lose(self, number: int) -> None:
        if number < len(self.runners):
            self._move(self.runners[number], self.runners[number].lose)

    def to_the_end(self, number: int) -> None:
        while number < len(self.runners) and not self.runners[number].over:
            self.step(number)

    def sweep(self) -> None:
        """All leases are over, and the sweeper sends a runner."""
        self.time.advance(timedelta(seconds=160))
        overdue.sweep()
        self.start(swept=True)

    def event(self) -> None:
        """What the run waits for, or will; in a run that has ended nobody waits for it."""
        if not self.happened:
            self.happened = self.find().status not in TERMINAL
            self._take({"name": "Ann", "status": "new"}, {"name": "Ann", "status": "contacted"})

    def cancel(self) -> None:
        with suppress(Conflict):  # it has ended
            control.cancel(self.uid, self.automation, self._run.id)
            self.cancelled = True

    def answer(self) -> None:
        """A person who is asked what became of the call tells the truth."""
        found = self.find()
        if found.waiting and found.waiting.kind == "review" and found.status not in TERMINAL:
            outcome = Resume(outcome="sent" if self.calls() else "not_sent")
            control.resume(self.uid, self.automation, self._run.id, outcome)

    def finish(self) -> Execution:
        """As the platform does in the end: every runner goes on, every message arrives, time passes."""
        for number in range(len(self.runners)):
            self.to_the_end(number)
        for _ in range(20):
            found = self.find()
            if found.status in TERMINAL:
                return found
            self.answer()
            if found.waiting and found.waiting.kind == "event":
                self.event()
            self.start()
            self.to_the_end(len(self.runners) - 1)
            self.time.advance(timedelta(seconds=160))
        raise AssertionError(f"it does not end: {self.find()}")

    def check(self) -> None:
        """The run has ended, nothing was done twice, and nothing that it was told is lost."""
        ended = self.finish()
        records = run_store.step_records(self.uid, ended.id)
        told = [one.title for one in notifications.repository.select(self.uid) if one.title == "Told"]
        assert self.calls() <= 1
        assert [record.sequence for record in records] == list(range(len(records)))
        assert [record.key for record in records] == STEPS[: len(records)]
        assert ended.slots == []
        assert firestore.client().get(self._place) is None
        assert not self.limited or all(self._placed)
        if ended.status == "cancelled":
            assert self.cancelled
            assert told == []
            return
        assert (ended.status, ended.error, ended.intent) == ("success", None, None)
        assert (self.calls(), told, len(records)) == (1, ["Told"], len(STEPS))
        assert ended.results["wait"].output["happened"]

    def _answer(self, number: int) -> Reply:
        """While it has the call, others move."""
        self._placed.append(firestore.client().get(self._place) is not None)
        if self._moving:
            self._moving.stop()
        return Reply()

    def _move(self, runner: Runner, move: Callable[[], None]) -> None:
        self._moving = runner
        move()
