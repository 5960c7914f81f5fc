"""Builds log entries and notifications about runs, as writes for the commit that they belong to."""

from datetime import timedelta

from shared.automations import builtins
from shared.automations.definitions.models import Automation
from shared.automations.runs.models import Execution
from shared.domains import notifications
from shared.domains.system_logs import service as system_logs
from shared.domains.system_logs.models import LogLevel
from shared.errors import AppError
from shared.gcp.writes import Write
from shared.kit.fields import Fields
from shared.kit.ids import derived_id, new_id
from shared.kit.links import page_of, page_of_execution

SLOW_STEP = timedelta(seconds=30)


def parked(execution: Execution, message: str) -> list[Write]:
    """Notify the user that a person has to say whether an outside effect took place."""
    notification = notifications.build(
        execution.user_id,
        "Please check whether this took place",
        f"{execution.automation_name}: {message}",
        priority="high",
        link=link(execution),
    )
    return [notifications.to_create(notification)]


def log_entry(execution: Execution, level: LogLevel, message: str, cause: AppError) -> Write:
    """The system log's entry of a failure; from an error's entry a person can run it again."""
    builtin = builtins.find(execution)
    return system_logs.to_record(
        execution.user_id,
        level,
        builtin.category if builtin else "automation",
        f"{execution.automation_name}: {message}",
        id=new_id(),
        error_class=system_logs.classify(cause),
        details=cause.detail,
        metadata={**origin(execution), "error_code": cause.code},
        related_id=execution.event.document_id if builtin else execution.id,
        link=link(execution),
        can_rerun=level == "error",
    )


def slow_entry(execution: Execution, step: str, took: timedelta) -> list[Write]:
    """The system log's entry of a step that took longer than SLOW_STEP; none of any other."""
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
        metadata=origin(execution),
        related_id=execution.id,
        link=link(execution),
    )
    return [entry]


def until_when(paused: Automation) -> str:
    """Sentences that tell people what a pause holds up, and until when."""
    when = f"on {paused.paused_until:%Y-%m-%d %H:%M} UTC, as a new day begins" if paused.paused_until else "then"
    return (
        "Its runs are held, and so are those that events start meanwhile. They go on by themselves"
        f" {when}, or sooner: raise the budget and activate it."
    )


def paused_entry(paused: Automation) -> Write:
    """The system log's entry of an automation that was paused: one a day and reason."""
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
    return system_logs.to_put(entry)


def resumed_entry(paused: Automation) -> Write:
    """The system log's entry of an automation whose pause is over."""
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
    return system_logs.to_put(entry)


def generation_suffix(execution: Execution) -> list[str]:
    """What makes the ids of notices differ once the run was taken up again; nothing before."""
    return [str(execution.generation)] if execution.generation else []


def origin(execution: Execution) -> Fields:
    """The metadata that lead from a notice back to its run."""
    return {
        "automation_id": execution.automation_id,
        "execution_id": execution.id,
        "trigger": execution.triggered_by,
    }


def link(execution: Execution) -> str:
    """The page of the run, or of what a built-in run works for."""
    if builtin := builtins.find(execution):
        return builtin.link(execution.event)
    return page_of_execution(execution.automation_id, execution.id)
