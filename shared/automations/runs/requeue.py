"""Builds the write that requeues an ended execution at the step it ended at; completed steps are not repeated."""

from shared.automations.definitions import program
from shared.automations.definitions import store as definition_store
from shared.automations.runs import store as run_store
from shared.automations.runs.create import PENDING_LEASE
from shared.automations.runs.models import Execution, ExecutionStatus
from shared.errors import Conflict
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.fields import Fields

UNDONE: frozenset[ExecutionStatus] = frozenset(
    {"failed", "cancelled"}
)  # the ends from which an execution can be requeued


class StepGone(Conflict):
    """The current definition has no such step to go on at."""

    code = "step-gone"


def to_requeue(execution: Execution, *, current: bool = False) -> Write:
    """Builds the write that makes an ended execution pending again, under its version: of two rivals one succeeds.

    With `current` it goes on with the automation's present definition: a read, and one more if that has changed since.
    Raises Conflict, NotFound if the automation was deleted.
    """
    if execution.status not in UNDONE:
        raise Conflict(f"Only a failed or cancelled execution can go on; this one is {execution.status}.")
    if execution.expired:
        raise Conflict("The execution has expired, and is being deleted; start it anew (start_from: start).")
    now = clock.now()
    fields: Fields = {
        "status": "pending",
        "triggered_by": "manual",  # a person asked for it, whether the automation is active or not
        "generation": execution.generation + 1,
        "attempts": [],
        "error": None,
        "failed_step": None,
        "failed_code": None,
        "waiting": None,
        "completed_at": None,
        "expire_at": None,
        "wake_at": None,
        "cancel_requested": False,
        "paused": False,
        "paused_by": None,
        "stalls": 0,
        "due_at": now + PENDING_LEASE,
        "updated_at": now,
    }
    fields |= _moved(execution) if current else {}
    return run_store.executions.to_update(execution.user_id, execution.id, fields, version=execution.version)


def _moved(execution: Execution) -> Fields:
    """The fields that point the execution at the same step of the current definition, within the same loops."""
    automation = definition_store.automations.get(execution.user_id, execution.automation_id)
    if automation.definition == execution.definition:
        return {}
    pinned = definition_store.load_definition(execution.user_id, execution.automation_id, execution.definition)
    old, new = program.compiled(pinned or []), program.compiled(automation.steps)
    if execution.position >= len(old):
        raise StepGone("The version that it ran with is gone; start it anew (start_from: start).")
    places = {instruction.step.id: at for at, instruction in enumerate(new)}
    id, loops = old[execution.position].step.id, [old[frame.at].step.id for frame in execution.frames]
    if id not in places or [new[at].step.id for at in program.loops_around(new, places[id])] != loops:
        where = f" within {loops[-1]}" if loops else ""
        raise StepGone(
            f"The current version has no step {id}{where}. Let the execution go on with its own version"
            " (version: pinned), or start it anew (start_from: start)."
        )
    moved = [frame.model_dump() | {"at": places[loop]} for frame, loop in zip(execution.frames, loops, strict=True)]
    return {"definition": automation.definition, "position": places[id], "frames": moved}
