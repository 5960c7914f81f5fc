"""How a run ends, and what people read of it: the writes that go with its last commit."""

from datetime import timedelta
from typing import Any

from shared.automations import builtins, entries, failures, repository
from shared.automations.entries import Earlier
from shared.automations.models import Automation, Execution
from shared.automations.program import Program
from shared.automations.restrictions import Reentry
from shared.automations.start import Blocked
from shared.domains import notifications, system_logs
from shared.domains.activity import models as activity
from shared.domains.notifications import Notification
from shared.domains.system_logs import LogLevel, SystemLog
from shared.errors import AppError
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.kit.links import page_of, page_of_execution

SLOW_STEP = timedelta(seconds=30)


def end(execution: Execution, status: Any, error: str | None) -> list[Write]:
    """Make the execution's state terminal; answers what else is to be written."""
    execution.close(status, error)
    signal = [repository.to_signal_parent(execution)] if execution.parent and execution.parent.waits else []
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
    path = repository.step_path(execution, execution.position, waiting.key)
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
        id=derived_id(execution.id, "ended", *_generation(execution)),
        status="failed" if failed else "success",
        metadata=_about(execution),
        link=_link(execution),
    )
    return [activity.repository.to_create(event)]


def _done(execution: Execution) -> str:
    number = execution.sequence
    return f"{'all ' if number > 1 else ''}{number} step{'s are' if number != 1 else ' is'} done."


def parked(execution: Execution, message: str) -> list[Write]:
    """Tell the user that a run needs a person's word."""
    now = clock.now()
    notification = Notification(
        id=new_id(),
        user_id=execution.user_id,
        created_at=now,
        updated_at=now,
        type="info",
        priority="high",
        title="Please check whether this took place",
        message=f"{execution.automation_name}: {message}",
        link=_link(execution),
    )
    return [notifications.repository.to_create(notification)]


def log_entry(execution: Execution, level: LogLevel, message: str, cause: AppError) -> Write:
    """What a person reads of a failure; from an error's entry it can be run again."""
    own = builtins.find(execution)
    return system_logs.to_record(
        execution.user_id,
        level,
        own.category if own else "automation",
        f"{execution.automation_name}: {message}",
        id=new_id(),
        error_class=system_logs.classify(cause),
        details=cause.detail,
        metadata={**_about(execution), "error_code": cause.code},
        related_id=execution.event.document_id if own else execution.id,
        link=_link(execution),
        can_rerun=level == "error",
    )


def slow_entry(execution: Execution, step: str, took: timedelta) -> list[Write]:
    """What a person reads of a step that took long; nothing of any other."""
    if took < SLOW_STEP:
        return []
    seconds = took.total_seconds()
    entry = system_logs.to_record(
        execution.user_id,
        "warning",
        "automation",
        f"{execution.automation_name}: step {step} took {seconds:.0f} seconds.",
        id=new_id(),
        explanation="The step was done, but what it waits for, such as a language model, answers slowly.",
        duration_ms=1_000 * seconds,
        metadata=_about(execution),
        related_id=execution.id,
        link=_link(execution),
    )
    return [entry]


def blocked_entry(uid: str, blocked: Blocked) -> Write:
    """What a person reads of a start that was not allowed: once an event, however often it is delivered."""
    entry = system_logs.build(
        uid,
        "warning",
        "automation",
        f"{blocked.automation_name} was not started. {blocked.reason}",
        id=derived_id(blocked.automation_id, blocked.event_id, "blocked"),
        error_class="blocked_automation",
        metadata={"automation_id": blocked.automation_id, "caused_by": dict(blocked.cause), **blocked.about},
        related_id=blocked.automation_id,
        link=page_of("automations", blocked.automation_id),
    )
    return _once(entry)


def not_entered_entry(execution: Execution, earlier: Earlier, reentry: Reentry) -> Write:
    """What a person reads of a contact that did not enter an automation again: once a contact, the last time."""
    event = execution.event
    about = {
        "collection": event.collection,
        "document_id": event.document_id,
        "subject": execution.subject,
        "execution_id": earlier.execution_id,
    }
    reason = entries.sentence(earlier, reentry)
    blocked = Blocked(
        execution.automation_id, execution.automation_name, f"{execution.subject}:entry", reason, about=about
    )
    return blocked_entry(execution.user_id, blocked)


def until_when(paused: Automation) -> str:
    """What follows from a pause, for people."""
    when = f"on {paused.paused_until:%Y-%m-%d %H:%M} UTC, as a new day begins" if paused.paused_until else "then"
    return (
        "Its runs are held, and so are those that events start meanwhile. They go on by themselves"
        f" {when}, or sooner: raise the budget and activate it."
    )


def paused_entry(paused: Automation) -> Write:
    """What a person reads of an automation that was paused: once a day and reason."""
    entry = system_logs.build(
        paused.user_id,
        "warning",
        "automation",
        f"{paused.name} was paused because {paused.paused_reason}.",
        id=derived_id(paused.id, str(paused.paused_reason), f"{paused.paused_until}", "paused"),
        error_class="blocked_automation",
        explanation=until_when(paused),
        metadata={"automation_id": paused.id},
        related_id=paused.id,
        link=page_of("automations", paused.id),
    )
    return _once(entry)


def resumed_entry(paused: Automation) -> Write:
    """What a person reads of an automation whose pause is over."""
    entry = system_logs.build(
        paused.user_id,
        "info",
        "automation",
        f"{paused.name} goes on: a new day has begun. It had been paused because {paused.paused_reason}.",
        id=derived_id(paused.id, f"{paused.paused_until}", "resumed"),
        metadata={"automation_id": paused.id},
        related_id=paused.id,
        link=page_of("automations", paused.id),
    )
    return _once(entry)


def held_entries(execution: Execution) -> list[Write]:
    """What a person reads of a run that is stored as held, before its automation's pause is over; nothing of any
    other."""
    if not execution.paused:
        return []
    event = execution.event
    about = {"collection": event.collection, "document_id": event.document_id}
    entry = system_logs.build(
        execution.user_id,
        "warning",
        "automation",
        f"{execution.automation_name}: a run is held before it begins: the automation is paused, as its daily budget"
        " is used up.",
        id=derived_id(execution.id, "held"),
        error_class="blocked_automation",
        explanation="It begins when the automation goes on: with a new day, or when it is activated.",
        metadata={**_about(execution), **about},
        related_id=execution.automation_id,
        link=_link(execution),
    )
    return [_once(entry)]


def _once(entry: SystemLog) -> Write:
    """Said again, it is the same entry."""
    return Write(system_logs.repository.path(entry.user_id, entry.id), entry.stored())


def _generation(execution: Execution) -> list[str]:
    return [str(execution.generation)] if execution.generation else []


def _about(execution: Execution) -> dict[str, Any]:
    return {
        "automation_id": execution.automation_id,
        "execution_id": execution.id,
        "trigger": execution.triggered_by,
    }


def _link(execution: Execution) -> str:
    if own := builtins.find(execution):
        return own.link(execution.event)
    return page_of_execution(execution.automation_id, execution.id)
