"""One execution in the test's own hands: delivered, crashed, delayed and answered as the test likes.

Nothing is subscribed to the topics, so a message arrives when, and as often as, the test delivers it.
Time stands still until the test moves it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from shared.automations.authoring import service
from shared.automations.authoring.validation import AutomationInput, StepInput
from shared.automations.engine import runner
from shared.automations.operations import control, overdue
from shared.automations.operations.control import Resume, Vote
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.runs.queue import RunMessage
from shared.automations.starts import document_events
from shared.domains import notifications
from shared.domains.activity import service as activity
from shared.errors import AppError
from shared.kit import clock, failpoint
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.store.changes import Change
from tests.providers.fake import Provider

NAMES = ("Ann", "Bob")
KEYS = ["each", "told[0]", "told[1]", "pause", "choice", "several", "ask", "call", "done"]
TITLES = sorted([*NAMES, "Several", "Your approval is needed", "Done"])


@contextmanager
def standing_clock(start: datetime | None = None) -> Iterator[VirtualClock]:
    """Days ahead of the present, so that no task queue delivers anything meanwhile."""
    standing = VirtualClock(start or datetime.now(UTC) + timedelta(days=20))
    replaced = clock.install(standing)
    try:
        yield standing
    finally:
        clock.install(replaced)


def notify(id: str, title: str) -> dict[str, Any]:
    return {"id": id, "action": "send_notification", "config": {"title": title, "message": "m"}}


def six_steps(url: str) -> list[dict[str, Any]]:
    """A loop, a delay, a branch, an approval, a call to the outside, and a word at the end."""
    several, one = notify("several", "Several"), notify("one", "One")
    return [
        {
            "id": "each",
            "action": "for_each",
            "config": {"items": "prospect.tags", "steps": [notify("told", "{{ item }}")]},
        },
        {"id": "pause", "action": "delay", "config": {"seconds": 3600}},
        {
            "id": "choice",
            "action": "branch",
            "config": {"when": "size(prospect.tags) > 1", "then": [several], "else": [one]},
        },
        {"id": "ask", "action": "approval", "config": {"message": "May it leave?"}},
        {"id": "call", "action": "call_webhook", "config": {"url": url}},
        notify("done", "Done"),
    ]


class Scenario:
    """A user of its own, with the automation of six steps, active."""

    subject = "p1"  # the prospect whose document event it is

    def __init__(self, receiver: Provider, time: VirtualClock) -> None:
        self.uid = f"user-{uuid4().hex[:10]}"
        self.receiver, self.time = receiver, time
        self.automation = self.automate("new_prospect_added", self.definition())
        service.activate(self.uid, self.automation)
        fields = {"name": "Ann", "tags": list(NAMES)}
        self._change = Change(new_id(), self.uid, "prospects", self.subject, None, fields, clock.now())

    def definition(self) -> list[dict[str, Any]]:
        return six_steps(self.receiver.url)

    def automate(self, trigger: str, steps: list[dict[str, Any]]) -> str:
        """Answers its id."""
        given = [StepInput.model_validate(step) for step in steps]
        return service.create(self.uid, AutomationInput(name="Played", trigger=trigger, steps=given)).id

    def happen(self) -> None:
        """The prospect's document event."""
        self.guarded(lambda: document_events.take(self._change))

    def find(self) -> Execution | None:
        return self.one_of(self.automation)

    def one_of(self, automation: str) -> Execution | None:
        """Its execution, of which there is one at most."""
        found = [run for run in run_store.executions.select(self.uid, limit=5) if run.automation_id == automation]
        assert len(found) < 2, "one event has started two executions"
        return found[0] if found else None

    @property
    def over(self) -> bool:
        found = self.find()
        return found is not None and found.status in TERMINAL

    def deliver(self, *, seconds: float = 60) -> None:
        """One message to a runner, who has so long."""
        found = self.find()
        if found is None:
            return
        message = RunMessage(uid=self.uid, execution_id=found.id, automation_id=self.automation)
        self.guarded(lambda: runner.run(message, until=clock.now() + timedelta(seconds=seconds)))

    def wait(self, seconds: float) -> None:
        self.time.advance(timedelta(seconds=seconds))

    def sweep(self) -> None:
        self.guarded(overdue.sweep)

    def answer(self) -> None:
        """What a person would say: that it may leave; and of a call in doubt, the truth."""
        found = self.find()
        if found is None or found.waiting is None or found.status in TERMINAL:
            return
        if found.waiting.kind == "approval":
            self.guarded(lambda: control.vote(self.uid, self.automation, found.id, Vote(), approved=True))
        elif found.waiting.kind == "review":
            outcome = Resume(outcome="sent" if self.calls() else "not_sent")
            self.guarded(lambda: control.resume(self.uid, self.automation, found.id, outcome))

    def calls(self) -> int:
        """How often the receiver was called by this execution."""
        found = self.find()
        return sum(request["body"]["execution_id"] == found.id for request in self.receiver.requests) if found else 0

    def finish(self) -> Execution:
        """As the platform does in the end: every message arrives, time passes, people answer."""
        for _ in range(60):
            found = self.find()
            if found and self.over:
                return found
            if found is None:
                self.happen()
            self.deliver()
            self.answer()
            self.wait(1_800)
        raise AssertionError(f"it does not end: {self.find()}")

    def check(self) -> bool:
        """Everything took place, each once; answers whether a person had to say that the call did."""
        ended = self.finish()
        assert (ended.status, ended.error) == ("success", None)
        assert self.calls() == 1
        told = notifications.repository.select(self.uid)
        reviews = [one for one in told if one.title.startswith("Please check")]
        assert sorted(one.title for one in told if one not in reviews) == TITLES
        assert len(reviews) <= 1
        records = run_store.step_records(self.uid, ended.id)
        assert [record.key for record in records] == KEYS
        assert {record.status for record in records} == {"success"}
        assert [record.sequence for record in records] == list(range(len(KEYS)))
        ends = [e.title for e in activity.repository.select(self.uid) if e.title == "Automation completed"]
        assert ends == ["Automation completed"]
        assert service.get(self.uid, self.automation).execution_count == 1
        return bool(reviews)

    @staticmethod
    def guarded(call: Any) -> None:
        """A call that may crash, or be refused as too late."""
        try:
            call()
        except (failpoint.Crash, AppError):
            return


def crash_at_each(begin: Callable[[], Scenario], copies: int) -> tuple[int, int]:
    """A scenario for each boundary, crashed there and checked, everything delivered `copies` times.

    Answers how many boundaries there are, and how often a person had to say what became of a call.
    """
    boundary, in_doubt = 0, 0
    while True:
        boundary += 1
        scenario = begin()
        failpoint.arm(boundary)
        while not scenario.over:
            for _ in range(copies):
                scenario.happen()
                scenario.deliver()
            for _ in range(copies):
                scenario.answer()
            scenario.wait(3_700)
        passed_all = failpoint.armed()
        failpoint.arm(None)
        in_doubt += scenario.check()
        if passed_all:
            return boundary, in_doubt
