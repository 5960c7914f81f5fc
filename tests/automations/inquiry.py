"""One research run in the test's own hands: started, delivered and crashed as the test likes.

Nothing is subscribed to the topics and time stands still until the test moves it, as in `scenario`.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from shared import context
from shared.automations.builtins import research
from shared.automations.engine import runner
from shared.automations.runs import store as runs
from shared.automations.runs.models import Execution
from shared.automations.runs.queue import message
from shared.context import Context, Principal
from shared.domains.research import service
from shared.domains.research.models import ResearchTask, TaskInput
from shared.errors import AppError
from shared.kit import clock, failpoint
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.store.changes import Change

T = TypeVar("T")


class Inquiry:
    """A task of a user of its own, queued."""

    def __init__(self, time: VirtualClock, **fields: Any) -> None:
        self.uid, self.time = f"user-{uuid4().hex[:10]}", time
        words = {"title": "Tutor prices", "source_type": "keywords", "input_source": "price of a tutor"}
        self.id = service.create(self.uid, TaskInput.model_validate({"research_engine": "vault", **words, **fields})).id

    @property
    def task(self) -> ResearchTask:
        return service.get(self.uid, self.id)

    def run(self) -> Execution | None:
        """The task's run, if its start was noticed."""
        task = self.task
        return runs.executions.find(self.uid, research.execution(self.uid, self.id, task.runs, task.title).id)

    def start(self) -> None:
        self._as_user(lambda: service.run(self.uid, self.id))

    def event(self) -> Change:
        """The document event of a start that has just been made."""
        task = self.task
        before, after = {**task.stored(), "status": "queued"}, task.stored()
        return Change(new_id(), self.uid, "research_tasks", self.id, before, after, clock.now())

    def notice(self, event: Change | None = None) -> None:
        """The event of the start comes: the given one, or that of just now."""
        change = event or self.event()
        self._as_platform(lambda: research.follow(change))

    def deliver(self, seconds: float = 60) -> None:
        """One message to a runner, who has so long."""
        found = self.run()
        if found:
            self.deliver_run(found, seconds)

    def deliver_run(self, run: Execution, seconds: float = 60) -> None:
        """The same to a run that may be an old one, or that of a task which is gone."""
        ends = clock.now() + timedelta(seconds=seconds)
        self._as_platform(lambda: runner.run(message(run), until=ends))

    def finish(self) -> ResearchTask:
        """As the platform does in the end: every message arrives, and time passes."""
        for _ in range(40):
            task = self.task
            if task.status in ("done", "failed"):
                return task
            if task.status == "queued":
                self.start()
            elif self.run() is None:
                self.notice()
            else:
                self.deliver()
                self._wait()
        raise AssertionError(f"it does not end: {self.run()}")

    def _wait(self) -> None:
        """Until the wake-up that the run has asked for; else as long as a message may take to come again."""
        found = self.run()
        asked = found.wake_at - clock.now() if found and found.wake_at else timedelta(seconds=10)
        self.time.advance(max(timedelta(), asked))

    def _as_user(self, call: Callable[[], object]) -> None:
        self._guarded(Context(principal=Principal(self.uid)), call)

    def _as_platform(self, call: Callable[[], object]) -> None:
        self._guarded(Context(redelivered=True), call)

    @staticmethod
    def _guarded(about: Context, call: Callable[[], object]) -> None:
        """A call that may crash, or be refused as too late."""
        with context.bound(about):
            try:
                call()
            except (failpoint.Crash, AppError):
                return
