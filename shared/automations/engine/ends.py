"""Ends a run: its terminal state, and the writes that go with its last commit."""

from typing import Any

from shared.automations import builtins
from shared.automations.definitions.program import Program
from shared.automations.engine import notices
from shared.automations.runs import failures
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.domains.activity import models as activity
from shared.errors import AppError
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id


def end(execution: Execution, status: Any, error: str | None) -> list[Write]:
    """Make the execution's state terminal; answers what else is to be written."""
    execution.close(status, error)
    signal = [run_store.to_signal_parent(execution)] if execution.parent and execution.parent.waits else []
    own = builtins.find(execution)
    if own:
        return [*own.ended(execution), *signal]
    failed = [failures.to_record(execution)] if status == "failed" else []
    return [*_told(execution, status, error), *failed, *signal]


def give_up(execution: Execution, refusal: AppError | None) -> str:
    """Why a run is given up. What the store refuses is dropped, so that there is room for the end."""
    if refusal is None:
        return "The run was given up: its runner died again and again at the same place."
    execution.signals = {}
    execution.results = {id: found.model_copy(update={"output": {}}) for id, found in execution.results.items()}
    return f"The run was given up, as the store refuses what it has to keep: {refusal.detail.rstrip('.')}."


def leave_waiting(execution: Execution, reason: str) -> list[Write]:
    """The step that a stopped run has waited in does not wait any more; answers the change of its record."""
    for id, result in execution.results.items():
        if result.status == "waiting":
            execution.results[id] = result.model_copy(update={"status": "cancelled", "message": reason})
    waiting = execution.waiting
    if waiting is None or waiting.kind == "review":  # whose step has no record yet
        return []
    path = run_store.step_path(execution, execution.position, waiting.key)
    return [writes.update(path, {"status": "cancelled", "message": reason, "completed_at": clock.now()})]


def leave_loops(execution: Execution, steps: Program) -> None:
    """The loops that a run has failed within have failed; they keep their items, for when it is taken up again."""
    for frame in execution.frames:
        id = steps[frame.at].step.id
        message = f"{frame.index - frame.failed} of {frame.count} items are done."
        execution.results[id] = execution.results[id].model_copy(update={"status": "failed", "message": message})


def _told(execution: Execution, status: Any, error: str | None) -> list[Write]:
    failed = status == "failed"
    event = activity.build(
        execution.user_id,
        "error" if failed else "automation",
        f"Automation {'failed' if failed else 'completed' if status == 'success' else 'stopped'}",
        f"{execution.automation_name}: {error or _done(execution)}",
        id=derived_id(execution.id, "ended", *notices.generation_suffix(execution)),
        status="failed" if failed else "success",
        metadata=notices.origin(execution),
        link=notices.link(execution),
    )
    return [activity.repository.to_create(event)]


def _done(execution: Execution) -> str:
    number = execution.sequence
    return f"{'all ' if number > 1 else ''}{number} step{'s are' if number != 1 else ' is'} done."
