"""Writes what one step did into a record of its own, as people read it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.automations.engine.changes import Changes, State
from shared.automations.engine.step import Attempted
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Shortened, StepRecord, StepStatus
from shared.gcp import writes
from shared.gcp.writes import ArrayUnion, Write
from shared.kit import clock
from shared.kit.schema import stamp
from shared.store import large_values


@dataclass(frozen=True)
class Outcome:
    """What a record says that a step has come to."""

    status: StepStatus
    message: str
    output: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    wake_at: datetime | None = None


def write(state: State, tried: Attempted, outcome: Outcome) -> Changes:
    """Create the step's record, which a rival cannot write again, or complete the one of a step that has waited."""
    execution, key, wait = state.execution, state.key, state.execution.waiting
    path = run_store.step_path(execution, execution.position, key)
    if wait and wait.key == key and wait.kind != "review":
        return Changes(execution, [_to_complete(path, outcome)])
    record = _build(state, tried, outcome)
    after = execution.draft()
    after.sequence += 1
    return Changes(after, [writes.create(path, record.stored())], records=1)


def effects(state: State, tried: Attempted) -> Changes:
    """The writes of the step's action."""
    documents = frozenset(effect.path for effect in tried.effects)
    return Changes(state.execution, tried.effects, started=tried.started, documents=documents)


def _build(state: State, tried: Attempted, outcome: Outcome) -> StepRecord:
    """The record, not yet stored; long values in it are shortened, and it says so.

    The record has no time to live of its own: it is deleted with its run (operations/retention.py).
    """
    now, execution = clock.now(), state.execution
    settings, long_input = large_values.bounded(tried.input)
    shown, long_output = large_values.bounded(outcome.output)
    sides: list[tuple[Shortened, bool]] = [("input", long_input), ("output", long_output)]
    return StepRecord(
        **stamp(execution.user_id, state.key, at=now),
        execution_id=execution.id,
        position=execution.position,
        sequence=execution.sequence,
        step=state.step.id,
        key=state.key,
        action=state.step.action,
        status=outcome.status,
        input=settings,
        output=shown,
        shortened=[side for side, long in sides if long],
        message=outcome.message,
        error=outcome.error,
        attempts=execution.attempts,
        started_at=tried.started_at,
        completed_at=None if outcome.status == "waiting" else now,
        wake_at=outcome.wake_at,
    )


def _to_complete(path: str, outcome: Outcome) -> Write:
    shown, short = large_values.bounded(outcome.output)
    fields: dict[str, Any] = {"status": outcome.status, "message": outcome.message, "error": outcome.error}
    more = {"shortened": ArrayUnion(("output",))} if short else {}
    return writes.update(path, {**fields, **more, "output": shown, "completed_at": clock.now()})
