"""Starts an execution for each occurrence of a schedule that is due, and moves the automation to its next occurrence.

An automation's `next_run_at` is when the sweep takes it. The next occurrence follows from the cron rule alone. It and
the executions are one commit, with the automation's version as precondition: of two sweeps at once one succeeds, and
a sweep that dies has committed all or nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from shared import log
from shared.automations.catalog import registry  # noqa: F401 -- declares the actions of the steps that are read here
from shared.automations.definitions import cron, subscriptions
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.cron import Due
from shared.automations.definitions.models import Automation
from shared.automations.definitions.subscriptions import Subscription
from shared.automations.runs import create, queue
from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.automations.starts import blocked, webhook_deliveries
from shared.automations.starts.blocked import Blocked
from shared.automations.starts.matching import HALTED, passes, unjudged
from shared.automations.triggers.schedule import Config
from shared.domains.system_logs import service as system_logs
from shared.domains.webhooks import outbox
from shared.errors import AlreadyExists, AppError, Invalid, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.links import page_of
from shared.store.sweeps import Sweep

BATCH = 25  # the commits of a batch are made one after the other
_THREADS = 16
_TRIGGER = "schedule"
SWEEP = "due_automations"
_BROKEN = AppError("Something in it cannot be dealt with; set its times anew.")


def next_run(automation: Automation, after: datetime) -> datetime | None:
    """The first occurrence of an automation's schedule after a moment; None without a schedule."""
    if automation.trigger != _TRIGGER:
        return None
    config = Config.model_validate(automation.trigger_config)
    return cron.next_after(config.cron, config.timezone, after)


def sweep(after: str | None = None) -> dict[str, int]:
    """Starts the due occurrences of all users: a query, a read of the users' subscriptions and a publish for every 25
    automations, and a commit for each.

    Of more than 5,000 automations those behind go to another call, which gets the cursor `after`.
    """
    this = Sweep("due", "started", "missed", "failed", threads=_THREADS)
    this.each(definition_store.due(SWEEP, BATCH, after), lambda due: _start_all(this, due))
    return this.done()


def _start_all(sweep: Sweep, due: Sequence[Automation]) -> None:
    listening = subscriptions.of_users({automation.user_id for automation in due}, _TRIGGER)
    started: list[Execution] = []
    taken = 0
    dealt_with = 0
    for automation in due:
        if sweep.over():
            break
        dealt_with += 1
        try:
            started += _start_or_log(automation, listening[automation.user_id], sweep)
        except (PreconditionFailed, NotFound):
            taken += 1  # another sweep was faster, or a person changed the automation: the next sweep reads it anew
    queue.hand_over(queue.message(execution) for execution in started)
    sweep.count(due=dealt_with, started=len(started))
    sweep.leave_to_others(taken, dealt_with)


def _start_or_log(automation: Automation, subscription: Subscription, sweep: Sweep) -> list[Execution]:
    """Starts one automation's due occurrences; logs a failure, so that the sweep goes on with the next automation.

    Raises PreconditionFailed or NotFound where the automation was changed meanwhile.
    """
    try:
        return _start(automation, Config.model_validate(automation.trigger_config), sweep, subscription)
    except (PreconditionFailed, NotFound):
        raise
    except ValidationError as error:  # the sweep takes the automation again once it was changed
        stop = definition_store.automations.to_update(automation.user_id, automation.id, {"next_run_at": None})
        _log_failure(
            automation, Invalid.of("trigger_config", "Its settings are no longer valid; set its times anew."), stop
        )
        sweep.fail(error, automation_id=automation.id)
    except Exception as error:
        _log_failure(automation, error if isinstance(error, AppError) else _BROKEN)
        sweep.fail(error, automation_id=automation.id)
    return []


def _start(automation: Automation, config: Config, sweep: Sweep, subscription: Subscription) -> list[Execution]:
    now = clock.now()
    halted = subscription.halted
    grace = timedelta(seconds=config.grace_seconds)
    due = cron.due(config.cron, config.timezone, config.misfire, automation.next_run_at or now, now, grace)
    kept_back = halted and bool(due.on_time or due.missed)
    if halted:  # occurrences of this time do not start later either
        due = Due([])
    planned = [_execution(automation, config, at, missed=True) for at in due.made_up]
    planned += [_execution(automation, config, due.on_time, missed=False)] if due.on_time else []
    executions, unevaluated = _passing(config, planned)
    following = cron.next_after(config.cron, config.timezone, now)
    move = definition_store.automations.to_update(
        automation.user_id, automation.id, {"next_run_at": following}, version=automation.version
    )
    notes = [_missed_entry(automation, config, due)] if due.missed else []
    notes += [blocked.blocked_entry(automation.user_id, run) for run in unevaluated]
    if kept_back:
        notes = [_halted_entry(automation)]
    try:
        _commit(executions, subscription, [move, *notes])
    except AlreadyExists:  # the clocks were turned back: what ran then does not run again
        stored = run_store.executions.get_many(automation.user_id, [execution.id for execution in executions])
        executions = [execution for execution in executions if execution.id not in stored]
        _commit(executions, subscription, [move, *notes])
    sweep.count(missed=due.missed)
    sweep.succeed()
    return executions


def _commit(executions: Sequence[Execution], subscription: Subscription, others: Sequence[Write]) -> None:
    starts = [
        write
        for execution in executions
        for write in (run_store.executions.to_create(execution), create.to_count(execution))
    ]
    deliveries = [
        delivery for execution in executions for delivery in webhook_deliveries.of_start(execution, subscription)
    ]
    firestore.client().commit([*others, *starts, *outbox.to_create(deliveries)])
    outbox.hand_over(deliveries)


def _passing(config: Config, planned: Sequence[Execution]) -> tuple[list[Execution], list[Blocked]]:
    """The executions that the filter lets through, and a Blocked for each on which it cannot be evaluated."""
    passing: list[Execution] = []
    unevaluated: list[Blocked] = []
    for run in planned:
        try:
            if passes(config.filter, {"before": None, "after": run.event.data}):
                passing.append(run)
        except Invalid as error:
            unevaluated += unjudged(run.automation_id, run.automation_name, run.event.id, error)
    return passing, unevaluated


def event_at(config: Config, at: datetime, *, missed: bool = False) -> TriggerEvent:
    """The event of one occurrence of a schedule."""
    return TriggerEvent(
        id=f"{_TRIGGER}:{at.isoformat()}",
        trigger=_TRIGGER,
        at=at,
        data={
            "scheduled_for": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "occurrence": at.astimezone(ZoneInfo(config.timezone)).isoformat(),
            "missed": missed,
        },
    )


def _execution(automation: Automation, config: Config, at: datetime, *, missed: bool) -> Execution:
    event = event_at(config, at, missed=missed)
    return build_execution(automation.user_id, automation.id, automation.name, automation.definition, event)


def _halted_entry(automation: Automation) -> Write:
    at = f"{automation.next_run_at or clock.now():%Y-%m-%d %H:%M} UTC"
    return blocked.blocked_entry(
        automation.user_id, Blocked(automation.id, automation.name, at, f"Its time was {at}. {HALTED}")
    )


def _missed_entry(automation: Automation, config: Config, due: Due) -> Write:
    times = f"{due.missed} time{'s' if due.missed > 1 else ''}"
    made_up = due.missed - due.dropped
    return system_logs.to_record(
        automation.user_id,
        "warning",
        "automation",
        f"{automation.name}: its schedule was missed {times}; {made_up} made up for, {due.dropped} left out.",
        explanation="The schedule was not looked at in time. A time counts as missed where it is more than"
        f" {config.grace_seconds:,} seconds late (grace_seconds), or a later one is due as well. Its misfire policy"
        " says what becomes of it: skip leaves out all, run_once runs for the latest, catch_up for each of the latest"
        f" {cron.CATCH_UP}.",
        metadata={
            "automation_id": automation.id,
            "misfire": config.misfire,
            "missed": due.missed,
            "dropped": due.dropped,
            "since": automation.next_run_at.isoformat() if automation.next_run_at else None,
        },
        related_id=automation.id,
        link=page_of("automations", automation.id),
    )


def _log_failure(automation: Automation, error: AppError, *beside: Write) -> None:
    """Logs that an occurrence could not be started: one entry for each occurrence, however often it is tried."""
    entry = system_logs.to_record(
        automation.user_id,
        "error",
        "automation",
        f"{automation.name}: its schedule failed. {error.detail}",
        id=derived_id(automation.id, str(automation.next_run_at), "failed"),
        error_class=system_logs.classify(error),
        details=error.detail,
        metadata={"automation_id": automation.id, "error_code": error.code},
        related_id=automation.id,
        link=page_of("automations", automation.id),
    )
    try:
        firestore.client().commit([entry, *beside])
    except AppError as failure:  # the entry exists, or the store is what failed
        log.warning("a failed schedule could not be told of", reason=failure.detail, automation_id=automation.id)
