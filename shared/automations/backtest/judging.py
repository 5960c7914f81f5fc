"""Judges one event of a time that has passed: whether it would have started the automation, and what the run would
have come to. Nothing is written, sent or paid."""

from collections import Counter
from datetime import datetime
from itertools import takewhile

from shared.automations.backtest import events
from shared.automations.backtest.models import JudgedEvent, OtherRuns, Reason, RehearsedMessage
from shared.automations.definitions.models import Automation
from shared.automations.operations.rehearsal import rehearse
from shared.automations.operations.rehearsed import DryRun, DryStep
from shared.automations.runs import entries
from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.automations.runs.snapshots import of_change, versions
from shared.automations.starts import matching, schedules
from shared.automations.triggers import TRIGGERS
from shared.automations.triggers.schedule import Config as Schedule
from shared.errors import Invalid
from shared.gcp.queries import Where
from shared.kit import clock
from shared.kit.fields import ReadFields
from shared.store import large_values
from shared.store.changes import Change

_MOST_OTHERS = 50  # runs of one person that are looked at
_ROOM = 100_000  # bytes of messages in an item's record
_GONE = "The document is not there any more."
_FAILED_FOR_GOOD = "failed"


class _No(Exception):
    """The event would not have started the automation."""

    def __init__(self, reason: Reason, why: str) -> None:
        self.reason, self.why = reason, why


def judge(automation: Automation, since: datetime, until: datetime, event: ReadFields) -> JudgedEvent:
    """What an event would have come to: a read of its document, one of its contact's entry where re-entry is
    restricted, a query of other automations' runs for the same person, and the reads of the steps."""
    at = datetime.fromisoformat(event["at"])
    try:
        started_by = _event(automation, event, at)
    except _No as no:
        return JudgedEvent(at=at, matched=False, reason=no.reason, why=no.why)
    with clock.standing_at(at):
        execution = build_execution(
            automation.user_id, automation.id, automation.name, automation.definition, started_by
        )
    entered_at = None
    if entries.restricts(automation.reentry, execution):
        earlier = entries.earlier(execution)
        entered_at = earlier.at if earlier and earlier.at < since else None
    run = rehearse(execution, automation, at=at)
    return _judged(run, execution, at).model_copy(
        update={"entered_at": entered_at, "others": _others(execution, since, until)}
    )


def _event(automation: Automation, event: ReadFields, at: datetime) -> TriggerEvent:
    """The event as it would have started the automation. Raises _No."""
    if "run" in event:
        started_by = events.event_of_run(automation, event["run"])
        if started_by is None:
            raise _No("gone", "The run that it had started is not there any more.")
        _let_through(automation, {"before": None, "after": started_by.after})
        return started_by
    if "id" not in event:
        started_by = schedules.event_at(Schedule.model_validate(automation.trigger_config), at)
        _let_through(automation, {"before": None, "after": started_by.data})
        return started_by
    change = events.change_of(automation, event)
    if change is None:
        raise _No("gone", _GONE)
    return _event_of(automation, change)


def _event_of(automation: Automation, change: Change) -> TriggerEvent:
    trigger = TRIGGERS[automation.trigger]
    config = trigger.config.model_validate(automation.trigger_config)
    if not (trigger.concerns(change) and trigger.fires(change, config)):
        raise _No("settings", "The trigger's settings leave it out.")
    _let_through(automation, versions(change))
    started_by = matching.event_of(change, trigger, of_change(change))
    caused_by = started_by.cause.automation_id if started_by.cause else None
    if why := matching.loop(automation.id, caused_by, started_by.depth):
        raise _No("loop", why)
    return started_by


def _let_through(automation: Automation, both: ReadFields) -> None:
    filter = automation.trigger_config.get("filter")
    try:
        if matching.passes(filter, both):
            return
    except Invalid as error:
        raise _No("unjudged", error.detail) from error
    raise _No("filter", f"The filter leaves it out: {filter}")


def _judged(run: DryRun, execution: Execution, at: datetime) -> JudgedEvent:
    messages = [
        RehearsedMessage(step=step.step, at=message.at or at, **message.model_dump(exclude={"at"}))
        for step in run.steps
        for message in step.messages
    ]
    sizes = [large_values.size(message.model_dump()) for message in messages]
    listed = [*takewhile(lambda number: sum(sizes[: number + 1]) <= _ROOM, range(len(messages)))]
    failed = _last_failed(run)
    return JudgedEvent(
        at=at,
        subject=execution.subject,
        matched=True,
        status="unfinished" if run.truncated else run.status,
        error=run.error,
        step=failed.step if failed else None,
        action=failed.action if failed else None,
        code=failed.code if failed else None,
        steps=run.cost.steps,
        commits=run.cost.commits,
        writes=run.cost.writes,
        provider_calls=run.cost.provider_calls,
        messages=[messages[number] for number in listed],
        unlisted_messages=len(messages) - len(listed),
        held=run.held,
    )


def _last_failed(run: DryRun) -> DryStep | None:
    if run.status != _FAILED_FOR_GOOD:
        return None
    return next((step for step in reversed(run.steps) if step.status == "failed"), None)


def _others(execution: Execution, since: datetime, until: datetime) -> list[OtherRuns]:
    """The runs of other automations for the same subject in that time: one query, at most 50 reads."""
    if execution.subject is None:
        return []
    where: list[Where] = [
        ("subject", "==", execution.subject),
        ("happened_at", ">=", since),
        ("happened_at", "<=", until),
    ]
    rows = run_store.executions.select_fields(
        execution.user_id,
        ("automation_id", "automation_name"),
        where=where,
        order=(("happened_at", "desc"),),
        limit=_MOST_OTHERS,
    )
    others = [(row["automation_id"], row["automation_name"]) for row in rows]
    counted = Counter(other for other in others if other[0] != execution.automation_id)
    return [OtherRuns(automation_id=id, name=name, runs=runs) for (id, name), runs in counted.items()]
