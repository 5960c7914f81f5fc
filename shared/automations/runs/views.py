"""Executions and the records of their steps as clients see them: the engine's own fields are not among these."""

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from shared.automations.runs.models import Execution, ExecutionStatus, Shortened, StepRecord, StepStatus
from shared.automations.runs.wait_views import WaitView
from shared.kit.schema import Cause, Part
from shared.kit.views import View


class EventView(Part):
    """What started an execution."""

    id: str
    trigger: str
    at: datetime | None
    collection: str | None
    document_id: str | None
    data: dict[str, Any]
    was: dict[str, Any] | None
    depth: int
    cause: Cause | None
    spilled: bool


class AttemptView(Part):
    at: datetime
    error: str


class ResultView(Part):
    """What a step came to."""

    status: StepStatus
    message: str
    output: dict[str, Any]
    spilled: bool


class ParentView(Part):
    """The execution that started this one."""

    execution_id: str
    automation_id: str
    step: str = Field(validation_alias="key")


class ExecutionView(View):
    automation_id: str
    automation_name: str
    definition: int = Field(serialization_alias="automation_version")
    status: ExecutionStatus
    triggered_by: str
    event: EventView
    subject: str | None
    subject_name: str | None
    happened_at: datetime | None
    rerun_id: str | None
    results: dict[str, ResultView]
    attempts: list[AttemptView]
    parent: ParentView | None
    started_at: datetime
    completed_at: datetime | None
    duration_seconds: float | None
    error: str | None
    failed_step: str | None
    cancel_requested: bool
    paused: bool
    waiting_for: WaitView | None = None

    @classmethod
    def of(cls, execution: Execution) -> Self:
        return cls.copied(execution, waiting_for=WaitView.of(execution))


class StepView(Part):
    """What one step did."""

    id: str
    execution_id: str
    step: str
    key: str
    action: str
    status: StepStatus
    input: dict[str, Any]
    output: dict[str, Any]
    message: str
    shortened: list[Shortened]
    error: str | None
    attempts: list[AttemptView]
    started_at: datetime
    completed_at: datetime | None

    @classmethod
    def of(cls, record: StepRecord) -> Self:
        return cls.model_validate(record, from_attributes=True)
