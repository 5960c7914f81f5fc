"""Automations (definitions), executions (one run each) and step records."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, computed_field, field_serializer, model_validator

from shared.automations.condition_cost import Expression
from shared.automations.masking import masked
from shared.automations.restrictions import Limits, Reentry
from shared.automations.sealed_steps import sealed_steps, unsealed_steps
from shared.kit import clock
from shared.kit.schema import Cause, Entity, Input, Metadata, Part

AutomationStatus = Literal["active", "inactive", "paused"]
ExecutionStatus = Literal["pending", "running", "waiting", "success", "failed", "cancelled"]
StepStatus = Literal["waiting", "success", "skipped", "failed", "cancelled"]
Shortened = Literal["input", "output"]
PausedBy = Literal["person", "automation", "kill_switch"]  # who has it held, and lets it go on
TERMINAL: frozenset[ExecutionStatus] = frozenset({"success", "failed", "cancelled"})
_KEPT = timedelta(days=90)  # then Firestore deletes an ended execution
MAX_STEPS = 50
MAX_STEPS_BYTES = 400_000  # of JSON: they are one document, with room for all else that is in it
MAX_DEPTH = 5
MAX_NESTING = 3  # of steps within steps

StepId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]


class Retry(Input):
    """How often and how patiently a failed step is tried again; `only` names error codes, any by default."""

    only: Annotated[list[Annotated[str, StringConstraints(max_length=60)]], Field(max_length=20)] = []

    max_attempts: Annotated[int, Field(ge=1, le=20)] = 4
    initial_seconds: Annotated[float, Field(ge=0, le=86_400)] = 5
    multiplier: Annotated[float, Field(ge=1, le=10)] = 3
    max_seconds: Annotated[float, Field(ge=1, le=7 * 86_400)] = 3_600
    jitter: Annotated[float, Field(ge=0, le=1)] = 0.2


class StepFields(Input):
    """What a step says, as it is sent and as it is stored."""

    id: StepId | None = None
    action: str
    config: Metadata = {}
    when: Annotated[Expression | None, Field(examples=["steps.analyze.output.fit_score >= 0.6"])] = None
    retry: Retry = Retry()
    timeout: Annotated[float, Field(gt=0, le=500)] | None = None
    on_error: Literal["stop", "continue", "branch"] = "stop"
    on_error_steps: list["StepFields"] = []  # with `branch`: done instead of the failed step

    def masked(self) -> Self:
        """As its reader may see it."""
        handler = [step.masked() for step in self.on_error_steps]
        return self.model_copy(update={"config": masked(self.action, self.config), "on_error_steps": handler})


class Step(StepFields):
    """A step of a definition: by now it has its id. Steps within steps are in its configuration."""

    id: StepId


class Automation(Entity):
    name: str
    description: str = ""
    trigger: str
    trigger_config: dict[str, Any] = {}
    steps: list[Step]
    status: AutomationStatus = "inactive"
    stop_when: list[str] = []  # states of the prospect in which its runs end
    limits: Limits = Limits()
    reentry: Reentry = "always"
    user_limits: Limits = Limits()  # the user's own, kept here so that a run need not read them
    paused_reason: str | None = None
    paused_until: datetime | None = None  # then it goes on by itself; in the past, its held runs are being let go
    paused_at: datetime | None = None
    paused_from: AutomationStatus | None = None  # the status that it has again then
    halted: bool = False  # the user's kill switch, kept here so that a run need not read it
    # The number of the definition: a run keeps the one it started with.
    definition: int = Field(1, serialization_alias="version")
    metadata: dict[str, Any] = {}
    execution_count: int = 0
    last_executed_at: datetime | None = None
    next_run_at: datetime | None = None

    path_fields = Entity.path_fields | {"execution_count", "last_executed_at"}

    def stored(self) -> dict[str, Any]:
        """The document's fields; what steps call secret is encrypted, as the user's own client may read it."""
        fields = super().stored()
        return fields | {"steps": sealed_steps(self.user_id, fields["steps"])}

    @model_validator(mode="before")
    @classmethod
    def _unsealed(cls, fields: Any) -> Any:
        """A stored document's secrets are decrypted; those of before encryption are taken as they are."""
        if isinstance(fields, dict) and isinstance(fields.get("user_id"), str):
            return fields | {"steps": unsealed_steps(fields["user_id"], fields.get("steps"))}
        return fields

    @field_serializer("steps", when_used="json")
    def _without_secrets(self, steps: list[Step]) -> list[Step]:
        """What leaves as JSON is read by people; what is stored is complete."""
        return [step.masked() for step in steps]

    @property
    def holds_starts(self) -> bool:
        """Whether events still start runs, which are held until its pause is over."""
        return self.status == "paused" and self.paused_until is not None and self.paused_from == "active"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def actions(self) -> list[str]:
        return [step.action for step in self.steps]


class TriggerEvent(Part):
    """What started an execution: one event, and the document it is about."""

    id: str
    trigger: str
    at: datetime | None = None  # when it happened: the document was as `data` tells
    collection: str | None = None
    document_id: str | None = None
    data: dict[str, Any] = {}
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
    output: dict[str, Any] = {}
    spilled: bool = False  # the output is only a preview; the whole is a document of its own
    sequence: int = 0  # the number of its record: which of two came later


class Frame(Part):
    """A loop under way: its step's place in the program, and which item it is at."""

    at: int
    index: int = 0
    count: int
    failed: int = 0

    def summary(self) -> dict[str, Any]:
        return {"count": self.count, "failed": self.failed}


class Waiting(Part):
    """What a suspended run waits for; without a deadline a person has to say."""

    kind: str
    key: str
    message: str
    until: datetime | None = None
    about: dict[str, Any] = {}


class Intent(Part):
    """An outside effect that was claimed. Pending, nobody knows yet whether it took place.

    Before `until` its runner may be at it: others leave it alone.
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
    """The run that started this one. It may wait for this one's end, or count its writes as its own (`works_for`)."""

    execution_id: str
    automation_id: str
    key: str
    works_for: bool = False
    waits: bool = True
    definition: int | None = None  # of that one, when it started this one
    stop_when: list[str] = []  # where that one stops, this one does


class Execution(Entity):
    """One run. `position` is the next step; `due_at` is when the sweeper asks what became of it."""

    always_stored = frozenset({"status", "completed_at", "paused", "cancel_requested", "subject"})

    automation_id: str
    automation_name: str
    definition: int = Field(serialization_alias="automation_version")
    status: ExecutionStatus = "pending"
    triggered_by: str
    event: TriggerEvent
    subject: str | None = None  # the prospect it is about, or else the document
    happened_at: datetime | None = None  # when its event happened, which may be long before it was handled
    position: int = 0
    frames: list[Frame] = []
    sequence: int = 0  # how many step records there are
    generation: int = 0  # how often it was taken up again after its end
    rerun_id: str | None = None  # the run that was started anew in its place
    results: dict[str, StepResult] = {}
    attempts: list[Attempt] = []
    waiting: Waiting | None = None
    signals: dict[str, Any] = {}  # what came from outside, by the key of the step it is for
    awaited: dict[str, str] = {}  # the runs that its steps have started and waited for, by the step's key, till done
    intent: Intent | None = None
    admitted_at: datetime | None = None  # when debounce lets it begin
    turns: dict[str, Turn] = {}  # by scope, when a rate lets it begin
    reserved: dict[str, str] = {}  # by scope, the day's meter in which its next step is reserved
    slots: list[str] = []  # the places that it takes up while at work, where concurrency is limited
    queued_at: datetime | None = None  # since when it waits for such a place
    parent: Parent | None = None
    started_at: datetime
    completed_at: datetime | None = None
    error: str | None = None
    wake_at: datetime | None = None
    due_at: datetime | None = None
    runner: str | None = None  # the invocation that wrote last; a rival recognises itself as one
    cancel_requested: bool = False
    paused: bool = False
    paused_by: PausedBy | None = None
    stalls: int = 0  # how often a runner that the sweeper had sent took it up since it last got on
    expire_at: datetime | None = None  # Firestore deletes it then; never set before its end

    def close(self, status: ExecutionStatus, error: str | None) -> None:
        """Make it terminal, as of now."""
        now = clock.now()
        self.status, self.error, self.completed_at = status, error, now
        self.wake_at = self.due_at = self.queued_at = self.waiting = None
        self.expire_at = now + _KEPT

    def hear(self, step: str, taken: list[str] | None) -> None:
        """Drop what was said to a step that is done; in a loop, events that were not `taken` are for items to come."""
        said = self.signals.pop(step, None)
        if self.waiting:
            self.signals.pop(self.waiting.key, None)
        rest = {id: event for id, event in said.items() if id not in taken} if said and taken and self.frames else {}
        if rest:
            self.signals[step] = rest

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
    output: dict[str, Any] = {}
    message: str = ""
    shortened: list[Shortened] = []  # of these the record shows a preview alone
    error: str | None = None
    attempts: list[Attempt] = []
    started_at: datetime
    completed_at: datetime | None = None
    wake_at: datetime | None = None
