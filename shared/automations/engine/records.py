"""What one step did, as people read it."""

from datetime import datetime
from typing import Any

from shared.automations.definitions.models import Step
from shared.automations.engine.step import Attempted
from shared.automations.runs.models import Execution, Shortened, StepRecord, StepStatus
from shared.gcp import writes
from shared.gcp.writes import ArrayUnion, Write
from shared.kit import clock
from shared.kit.schema import stamp
from shared.store import large_values


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
    """The step's record, not yet stored; long values in it are shortened, and it says so.

    It has no time to live of its own: it goes with its run (operations/retention.py).
    """
    now = clock.now()
    given, long_input = large_values.bounded(tried.input)
    shown, long_output = large_values.bounded(output)
    sides: list[tuple[Shortened, bool]] = [("input", long_input), ("output", long_output)]
    return StepRecord(
        **stamp(execution.user_id, key, at=now),
        execution_id=execution.id,
        position=execution.position,
        sequence=execution.sequence,
        step=step.id,
        key=key,
        action=step.action,
        status=status,
        input=given,
        output=shown,
        shortened=[side for side, long in sides if long],
        message=message,
        error=error,
        attempts=execution.attempts,
        started_at=tried.started_at,
        completed_at=None if status == "waiting" else now,
        wake_at=wake_at,
    )


def to_close(path: str, output: dict[str, Any], **fields: Any) -> Write:
    """The end of a step that has waited, in the record that says so."""
    shown, short = large_values.bounded(output)
    more = {"shortened": ArrayUnion(("output",))} if short else {}
    return writes.update(path, {**fields, **more, "output": shown, "completed_at": clock.now()})
