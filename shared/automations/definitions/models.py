"""Models an automation and its steps, as they are stored."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from shared.automations.definitions.condition_cost import Expression
from shared.automations.definitions.masking import masked
from shared.automations.definitions.restrictions import Limits, Reentry
from shared.automations.definitions.sealed_steps import sealed_steps, unsealed_steps
from shared.kit.fields import Fields
from shared.kit.schema import Entity, Input, Metadata

AutomationStatus = Literal["active", "inactive", "paused"]

MAX_STEPS = 50

MAX_STEPS_BYTES = 200_000  # of JSON: they are one document, with room for all else that is in it

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
        """A copy whose secret settings are dots."""
        handler = [step.masked() for step in self.on_error_steps]
        return self.model_copy(update={"config": masked(self.action, self.config), "on_error_steps": handler})


class Step(StepFields):
    """A step of a definition: by now it has its id. Steps within steps are in its configuration."""

    id: StepId


class Automation(Entity):
    swept = True

    name: str
    description: str = ""
    trigger: str
    trigger_config: Fields = {}
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
    definition: int = 1
    metadata: Fields = {}
    execution_count: int = 0
    last_executed_at: datetime | None = None
    next_run_at: datetime | None = None

    path_fields = Entity.path_fields | {"execution_count", "last_executed_at"}

    def stored(self) -> Fields:
        """The document's fields; secret settings of steps are encrypted, as the user's own client may read the
        document."""
        fields = super().stored()
        return fields | {"steps": sealed_steps(self.user_id, fields["steps"])}

    @model_validator(mode="before")
    @classmethod
    def _unsealed(cls, fields: object) -> object:
        """Decrypts the secrets of a stored document; secrets that were stored unencrypted stay as they are."""
        if isinstance(fields, dict) and isinstance(fields.get("user_id"), str):
            return fields | {"steps": unsealed_steps(fields["user_id"], fields.get("steps"))}
        return fields

    @property
    def holds_starts(self) -> bool:
        """Whether events still start executions, which are held until the automation's pause is over."""
        return self.status == "paused" and self.paused_until is not None and self.paused_from == "active"

    @property
    def actions(self) -> list[str]:
        return [step.action for step in self.steps]
