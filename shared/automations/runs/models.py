"""Executions (each is a run of an automation) and the records of their steps, as they are stored."""

from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import Field

from shared.automations.definitions.program import Frame
from shared.kit import clock, tokens
from shared.kit.schema import Cause, Entity, Part

ExecutionStatus = Literal["pending", "running", "waiting", "success", "failed", "cancelled"]
Ending = Literal["success", "failed", "cancelled"]
StepStatus = Literal["waiting", "success", "skipped", "failed", "cancelled"]
Shortened = Literal["input", "output"]
PausedBy = Literal["person", "automation", "kill_switch"]  # who holds a run, and lets it go on
TERMINAL: frozenset[ExecutionStatus] = frozenset({"success", "failed", "cancelled"})
_KEPT = timedelta(days=90)  # then an ended execution is deleted


class TriggerEvent(Part):
    """The event that started an execution, and the document that it changed."""

    id: str
    trigger: str
    at: datetime | None = None  # when it happened, and the document had the fields in `data`
    collection: str | None = None
    document_id: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)
    was: dict[str, Any] | None = None  # what `data` was before where it differs; None where there was no document
    depth: int = 0
    cause: Cause | None = None  # the step of another run that made the event
    spilled: bool = False  # `data` and `was` are only previews; the whole is a document of its own

    @property
    def after(self) -> dict[str, Any]:
        """The document's fields, as conditions and placeholders see them."""
        return {"id": self.document_id, **self.data} if self.document_id else self.data

    @property
    def before(self) -> dict[str, Any] | None:
        return None if self.was is None else {**self.after, **self.was}


class Attempt(Part):
    at: datetime
    error: str


class StepResult(Part):
    status: StepStatus
    message: str
    output: dict[str, Any] = Field(default_factory=dict)
    spilled: bool = False  # the output is only a preview; the whole is a document of its own
    sequence: int = 0  # the number of its record: of two results the later one has the greater
    since: datetime | None = None  # since when it is tried again and again, as what it needs is not there yet


class Waiting(Part):
    """What a suspended run waits for; without a deadline (`until`) a person has to answer."""

    kind: str
    key: str
    message: str
    until: datetime | None = None
    about: dict[str, Any] = {}


class Intent(Part):
    """An outside effect that was claimed. While it is pending, no document tells whether it took place.

    Before `until` its runner may be performing it: other runners leave the run alone.
    """

    key: str
    channel: str
    recipient: str
    at: datetime
    about: str | None = None  # the outreach message that leaves
    prior: str | None = None  # its status before it was claimed
    until: datetime | None = None
    pending: bool = True
    checks: int = 0
    counted: dict[str, str] = {}  # by scope, the day's meter of the budget that the mail counts in


class Turn(Part):
    """When a rate lets a run begin, and on which place. `shift`: by how many seconds the place's turns had been put off
    when this one was taken; `tolerance`, in seconds: the run begins within half of it, or puts off those behind it."""

    place: str
    at: datetime
    shift: float
    tolerance: float


class Parent(Part):
    """The run that started this run, and may wait for its end. `works_for`: this run's writes count as the parent's."""

    execution_id: str
    automation_id: str
    key: str
    works_for: bool = False
    waits: bool = True
    definition: int | None = None  # the parent's, when it started this run
    stop_when: list[str] = []  # states of the prospect in which the parent stops, and this run with it


class Counted(Part):
    """How a run ended last, as analytics count it."""

    at: datetime
    status: Ending
    seconds: int
    steps: int
    step: str | None = None
    cause: str | None = None
    waited: int | None = None  # seconds in which no step was at work
    timings: dict[str, dict[str, int]] = {}  # by action, how many steps were within which bound (kit/latencies.py)
    usd: float = 0
    builtin: bool = False  # a run of the product's own, which counts for its cost and timings alone


class Execution(Entity):
    """A run of an automation. `position` is its next step; at `due_at` the sweeper publishes it again.

    `waits.wait_of` derives from these fields why it does not go on.
    """

    always_stored = frozenset({"status", "completed_at", "paused", "cancel_requested", "subject"})
    swept = True

    automation_id: str
    automation_name: str
    definition: int
    status: ExecutionStatus = "pending"
    triggered_by: str
    event: TriggerEvent
    subject: str | None = None  # the prospect that its event is about, or else the document
    happened_at: datetime | None = None  # when its event happened, which may be long before it was handled
    position: int = 0
    frames: list[Frame] = Field(default_factory=list)
    sequence: int = 0  # how many step records there are
    generation: int = 0  # how often it was taken up again after its end
    rerun_id: str | None = None  # the run that was started anew in its place
    results: dict[str, StepResult] = Field(default_factory=dict)
    attempts: list[Attempt] = Field(default_factory=list)
    waiting: Waiting | None = None
    signals: dict[str, Any] = Field(
        default_factory=dict
    )  # what came from outside, by the key of the step that it is for
    awaited: dict[str, str] = Field(
        default_factory=dict
    )  # the runs that its steps have started and wait for, by the step's key, until it is done
    intent: Intent | None = None
    admitted_at: datetime | None = None  # when debounce lets the run begin
    turns: dict[str, Turn] = Field(default_factory=dict)  # by scope, when a rate lets the run begin
    reserved: dict[str, str] = Field(
        default_factory=dict
    )  # by scope, the day's meter in which its next steps are reserved
    reserved_steps: int = 1  # how many, in each
    slots: list[str] = Field(
        default_factory=list
    )  # where concurrency is limited, the documents of the places that the run takes up
    queued_at: datetime | None = None  # since when the run stands in line for a place
    parent: Parent | None = None
    started_at: datetime
    completed_at: datetime | None = None
    error: str | None = None
    failed_step: str | None = None  # the step that ended it; runs that ended before this field was stored have none
    failed_code: str | None = None  # of the error that the step failed with
    counted: Counted | None = None  # its last end; it stays while the run is taken up again
    timings: dict[str, dict[str, int]] = Field(default_factory=dict)  # how long its steps' actions took, as in Counted
    busy_ms: int = 0  # that they took together
    usd: float = 0  # that providers took for it
    wake_at: datetime | None = None
    due_at: datetime | None = None
    runner: str | None = None  # the invocation that wrote last, by which a rival sees that it is a rival
    cancel_requested: bool = False
    paused: bool = False
    paused_by: PausedBy | None = None
    stalls: int = 0  # restarts by the sweeper since the last commit; above MAX_STALLS the run fails
    expire_at: datetime | None = None  # from then on it is deleted (operations/retention.py); never set before its end

    @property
    def subject_name(self) -> str | None:
        """The subject's name when the event happened, as far as the event tells it."""
        named = (self.event.data.get(field) for field in ("prospect_name", "name", "title"))
        return next((name for name in named if isinstance(name, str) and name), None) if self.subject else None

    @property
    def duration_seconds(self) -> float | None:
        """From its start to its end; None before that."""
        return round((self.completed_at - self.started_at).total_seconds(), 3) if self.completed_at else None

    def has_words(self, search: str) -> bool:
        """Whether each word of a search begins some word of the names and the error."""
        return tokens.matches(search, tokens.prefixes([self.automation_name, self.subject_name, self.error]))

    def close(self, status: Ending, error: str | None) -> None:
        """Make the execution terminal, as of now."""
        now = clock.now()
        self.status, self.error, self.completed_at = status, error, now
        self.wake_at = self.due_at = self.queued_at = self.waiting = None
        self.expire_at = now + _KEPT

    @property
    def expired(self) -> bool:
        """Whether it is being deleted, what is below it first."""
        return self.expire_at is not None and self.expire_at <= clock.now()

    def drop_signals(self, step: str, consumed: list[str] | None) -> None:
        """Drop the signals of a step that is done. Within a loop, events not `consumed` by it stay for later items."""
        present = self.signals.pop(step, None)
        if self.waiting:
            self.signals.pop(self.waiting.key, None)
        if present and consumed and self.frames:
            later = {id: event for id, event in present.items() if id not in consumed}
            self.signals |= {step: later} if later else {}

    def draft(self) -> Self:
        """A copy to be changed while this one stays as it is; several times as fast as a deep one."""
        return self.model_copy(
            update={
                "frames": [frame.model_copy() for frame in self.frames],
                "results": dict(self.results),
                "attempts": list(self.attempts),
                "signals": dict(self.signals),
                "awaited": dict(self.awaited),
                "slots": list(self.slots),
                "turns": dict(self.turns),
                "reserved": dict(self.reserved),
                "waiting": self.waiting.model_copy() if self.waiting else None,
                "intent": self.intent.model_copy() if self.intent else None,
            }
        )


class StepRecord(Entity):
    """What one step did, written once."""

    always_stored = frozenset()

    execution_id: str
    position: int
    sequence: int
    step: str
    key: str  # the step and, within loops, which items it was for
    action: str
    status: StepStatus
    input: dict[str, Any]
    output: dict[str, Any] = Field(default_factory=dict)
    message: str = ""
    shortened: list[Shortened] = Field(default_factory=list)  # of these the record shows a preview alone
    error: str | None = None
    attempts: list[Attempt] = Field(default_factory=list)
    started_at: datetime
    completed_at: datetime | None = None
    wake_at: datetime | None = None
