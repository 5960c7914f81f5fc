"""Automations (definitions), executions (one run each) and step records."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, computed_field

from shared.kit.schema import Entity, Input, Metadata, Part

AutomationStatus = Literal["active", "inactive", "paused"]
ExecutionStatus = Literal["pending", "running", "waiting", "success", "failed", "cancelled"]
StepStatus = Literal["waiting", "success", "skipped", "failed"]
TERMINAL: frozenset[ExecutionStatus] = frozenset({"success", "failed", "cancelled"})
MAX_STEPS = 50
MAX_DEPTH = 5

StepId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]
Expression = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]


class Retry(Input):
    """How often and how patiently a failed step is tried again."""

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
    when: Expression | None = None
    retry: Retry = Retry()
    timeout: Annotated[float, Field(gt=0, le=500)] | None = None
    on_error: Literal["stop", "continue"] = "stop"


class Step(StepFields):
    """A step of a definition: by now it has its id."""

    id: StepId


class Automation(Entity):
    name: str
    description: str = ""
    trigger: str
    trigger_config: dict[str, Any] = {}
    steps: list[Step]
    status: AutomationStatus = "inactive"
    # The number of the definition: a run keeps the one it started with.
    definition: int = Field(1, serialization_alias="version")
    metadata: dict[str, Any] = {}
    execution_count: int = 0
    last_executed_at: datetime | None = None
    next_run_at: datetime | None = None

    path_fields = Entity.path_fields | {"execution_count", "last_executed_at"}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def actions(self) -> list[str]:
        return [step.action for step in self.steps]


class TriggerEvent(Part):
    """What started an execution: one event, and the document it is about."""

    id: str
    trigger: str
    collection: str | None = None
    document_id: str | None = None
    data: dict[str, Any] = {}
    depth: int = 0


class Attempt(Part):
    at: datetime
    error: str


class StepResult(Part):
    status: StepStatus
    message: str
    output: dict[str, Any] = {}


class Execution(Entity):
    """One run. `position` is the next step; `due_at` is when the sweeper asks what became of it."""

    automation_id: str
    automation_name: str
    definition: int = Field(serialization_alias="automation_version")
    status: ExecutionStatus = "pending"
    triggered_by: str
    event: TriggerEvent
    position: int = 0
    results: dict[str, StepResult] = {}
    attempts: list[Attempt] = []
    started_at: datetime
    completed_at: datetime | None = None
    error: str | None = None
    wake_at: datetime | None = None
    due_at: datetime | None = None
    runner: str | None = None  # the invocation that wrote last; a rival recognises itself as one
    cancel_requested: bool = False


class StepRecord(Entity):
    """What one step did, written once."""

    execution_id: str
    position: int
    step: str
    action: str
    status: StepStatus
    input: dict[str, Any]
    output: dict[str, Any] = {}
    message: str = ""
    error: str | None = None
    attempts: list[Attempt] = []
    started_at: datetime
    completed_at: datetime | None = None
    wake_at: datetime | None = None


class ExecutionQuery(Input):
    status: ExecutionStatus | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: str | None = None


class AutomationQuery(Input):
    status: AutomationStatus | None = None
    trigger: str | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
