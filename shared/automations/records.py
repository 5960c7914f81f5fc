"""What one step did, as people read it."""

from datetime import datetime
from typing import Any

from shared.automations import payloads
from shared.automations.models import Execution, Step, StepRecord, StepStatus
from shared.automations.steps import Attempted
from shared.kit import clock


def build(
    execution: Execution,
    step: Step,
    key: str,
    tried: Attempted,
    *,
    status: StepStatus,
    message: str,
    output: dict[str, Any],
    error: str | None,
    wake_at: datetime | None,
) -> StepRecord:
    """The step's record, not yet stored. It has no time to live of its own: it goes with its run (retention.py)."""
    now = clock.now()
    return StepRecord(
        id=key,
        user_id=execution.user_id,
        created_at=now,
        updated_at=now,
        execution_id=execution.id,
        position=execution.position,
        sequence=execution.sequence,
        step=step.id,
        key=key,
        action=step.action,
        status=status,
        input=payloads.bounded(tried.input)[0],
        output=output,
        message=message,
        error=error,
        attempts=execution.attempts,
        started_at=tried.started_at,
        completed_at=None if status == "waiting" else now,
        wake_at=wake_at,
    )
