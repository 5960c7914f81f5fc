"""Decides which executions a document change starts: one for each automation and trigger event, however often
delivered."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from shared import log
from shared.automations.definitions import expressions, subscriptions
from shared.automations.definitions.models import MAX_DEPTH
from shared.automations.definitions.subscriptions import Listed, Subscription
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.automations.runs.snapshots import of_change, versions
from shared.automations.starts import webhook_deliveries
from shared.automations.starts.blocked import Blocked
from shared.automations.triggers import TRIGGERS, for_collection
from shared.automations.triggers.base import AnyTrigger
from shared.errors import AppError, Invalid
from shared.kit import clock
from shared.kit.fields import Fields, ReadFields
from shared.kit.schema import Cause
from shared.store.changes import Change

HALTED = (
    "The kill switch was on. What happens meanwhile does not start anything later, so that switching it off sets"
    " nothing loose; where it is still wanted, start the automation by hand."
)
_MAX_REPORTED = 10_000


def concerned(change: Change) -> list[str]:
    """Names the triggers and webhook events that the change may be."""
    names = {trigger.name for trigger in for_collection(change.collection) if trigger.concerns(change)}
    if webhooks := webhook_deliveries.subscription_of(change):
        names.add(webhooks)
    return sorted(names)


def subscribed(change: Change) -> dict[str, Subscription]:
    """Reads the subscriptions to the triggers and webhook events that the change may be: one round trip, or none."""
    return subscriptions.of_change(change, concerned(change))


def starts(change: Change, listening: Mapping[str, Subscription]) -> Iterator[Execution | Blocked]:
    """Builds the executions that a document change starts, and a Blocked for each that must not start."""
    document = {"collection": change.collection, "document_id": change.id}
    fields: Fields = {}
    for name, subscription in listening.items():
        for id, listed in subscription.automations.items():
            try:
                if not _fires(change, TRIGGERS[name], id, listed):
                    continue
            except AppError as error:
                yield from unjudged(id, listed.name, f"{change.event_id}:{name}", error, document)
                continue
            if subscription.halted:
                yield Blocked(id, listed.name, f"{change.event_id}:{name}", HALTED, document=document)
            else:
                fields = fields or of_change(change)
                yield _start(change, TRIGGERS[name], id, listed, fields)


def _start(
    change: Change, trigger: AnyTrigger, automation_id: str, listed: Listed, fields: Fields
) -> Execution | Blocked:
    event = event_of(change, trigger, fields)
    cause = event.cause
    if reason := loop(automation_id, cause.automation_id if cause else None, event.depth):
        return Blocked(automation_id, listed.name, event.id, reason, cause.model_dump() if cause else {})
    return build_execution(change.uid, automation_id, listed.name, listed.definition, event, held=listed.held)


def event_of(change: Change, trigger: AnyTrigger, fields: Fields) -> TriggerEvent:
    """The event that a trigger makes of a document change, whose `fields` are of `snapshots.of_change`."""
    cause = trigger.cause(change)
    return TriggerEvent(
        id=f"{change.event_id}:{trigger.name}",
        trigger=trigger.name,
        at=change.time,
        collection=change.collection,
        document_id=change.id,
        **fields,
        depth=cause["depth"] + 1 if cause else 0,
        cause=Cause.model_validate(cause) if cause else None,
    )


def loop(automation_id: str, started_by: str | None, depth: int) -> str | None:
    """Why an automation must not start: its event comes from itself, or too deep in a chain. None if it may start."""
    if started_by == automation_id:
        return "It would have started itself: its own run made the event that it waits for."
    if depth > MAX_DEPTH:
        return f"Automations that start each other stop at depth {MAX_DEPTH}; this would have been one deeper."
    return None


def _fires(change: Change, trigger: AnyTrigger, automation_id: str, listed: Listed) -> bool:
    try:
        config = trigger.config.model_validate(listed.trigger_config)
    except ValidationError as error:  # stored by an earlier version: other automations must still get the event
        log.error("a trigger's settings cannot be read", exception=error, automation_id=automation_id)
        return False
    if not trigger.fires(change, config):
        return False
    return passes(config.filter, versions(change))


def passes(filter: str | None, versions: ReadFields) -> bool:
    """Whether a filter lets the `before` and `after` of an event through. Raises Invalid if it cannot be evaluated on
    them."""
    if filter is None:
        return True
    try:
        return expressions.holds(filter, versions)
    except AppError as error:
        raise Invalid.of("filter", f"Its filter lets nothing through that it cannot judge. {error.detail}") from error


_REPORTED: dict[str, str] = {}  # by automation, the last day


def unjudged(
    automation_id: str, name: str, event_id: str, why: AppError, document: ReadFields | None = None
) -> Iterator[Blocked]:
    """Yields the Blocked of a filter that could not be evaluated, the first time of the day in this process."""
    if _first_today(automation_id):
        yield Blocked(automation_id, name, event_id, why.detail, document=document or {})


def _first_today(automation_id: str) -> bool:
    """Whether this process reports the automation for the first time today: a filter may fail on very many events."""
    day = f"{clock.now():%Y-%m-%d}"
    if _REPORTED.get(automation_id) == day:
        return False
    if len(_REPORTED) > _MAX_REPORTED:
        _REPORTED.clear()
    _REPORTED[automation_id] = day
    return True
