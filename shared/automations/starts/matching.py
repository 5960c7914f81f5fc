"""Starting executions: one for each automation and trigger event, whatever is delivered twice."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from shared import log
from shared.automations.definitions import expressions, subscriptions
from shared.automations.definitions.models import MAX_DEPTH
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.automations.runs.snapshots import of_change, versions
from shared.automations.starts import webhook_deliveries
from shared.automations.starts.blocked import Blocked
from shared.automations.triggers import TRIGGERS, for_collection
from shared.automations.triggers.base import Trigger
from shared.errors import AppError, Invalid
from shared.kit import clock
from shared.kit.schema import Cause
from shared.store.changes import Change

HALTED = (
    "The kill switch was on. What happens meanwhile does not start anything later, so that switching it off sets"
    " nothing loose; where it is still wanted, start the automation by hand."
)
_MOST_NEWS = 10_000


def subscribed(change: Change) -> dict[str, dict[str, Any]]:
    """Who listens to the change, by trigger or event: one round trip, none if neither is concerned."""
    concerned = {trigger.name for trigger in for_collection(change.collection) if trigger.concerns(change)}
    if webhooks := webhook_deliveries.subscription_of(change):
        concerned.add(webhooks)
    return subscriptions.subscriptions(change.uid, sorted(concerned)) if concerned else {}


def starts(change: Change, listening: Mapping[str, dict[str, Any]]) -> Iterator[Execution | Blocked]:
    """The executions that a document change starts, and what was stopped from starting."""
    about = {"collection": change.collection, "document_id": change.id}
    told: dict[str, Any] = {}
    for name, entries in listening.items():
        for automation_id, entry in entries.get("automations", {}).items():
            try:
                if not _fires(change, TRIGGERS[name], automation_id, entry["trigger_config"]):
                    continue
            except AppError as error:
                yield from unjudged(automation_id, entry["name"], f"{change.event_id}:{name}", error, about)
                continue
            if entries.get("halted"):
                yield Blocked(automation_id, entry["name"], f"{change.event_id}:{name}", HALTED, about=about)
            else:
                told = told or of_change(change)
                yield _start(change, TRIGGERS[name], automation_id, entry, told)


def _start(
    change: Change, trigger: Trigger[Any], automation_id: str, entry: dict[str, Any], told: dict[str, Any]
) -> Execution | Blocked:
    cause = trigger.cause(change)
    depth = cause["depth"] + 1 if cause else 0
    event_id = f"{change.event_id}:{trigger.name}"
    if reason := loop(automation_id, cause["automation_id"] if cause else None, depth):
        return Blocked(automation_id, entry["name"], event_id, reason, cause or {})
    event = TriggerEvent(
        id=event_id,
        trigger=trigger.name,
        at=change.time,
        collection=change.collection,
        document_id=change.id,
        **told,
        depth=depth,
        cause=Cause.model_validate(cause) if cause else None,
    )
    return build_execution(
        change.uid, automation_id, entry["name"], entry["definition"], event, held=bool(entry.get("paused"))
    )


def loop(automation_id: str, started_by: str | None, depth: int) -> str | None:
    """Why a run at this depth of a chain, whose event a run of `started_by` made, does not start; None if it may."""
    if started_by == automation_id:
        return "It would have started itself: its own run made the event that it waits for."
    if depth > MAX_DEPTH:
        return f"Automations that start each other stop at depth {MAX_DEPTH}; this would have been one deeper."
    return None


def _fires(change: Change, trigger: Trigger[Any], automation_id: str, settings: dict[str, Any]) -> bool:
    try:
        config = trigger.config.model_validate(settings)
    except ValidationError as error:  # as it was stored once: nobody else must miss the event for it
        log.error("a trigger's settings cannot be read", exception=error, automation_id=automation_id)
        return False
    if not trigger.fires(change, config):
        return False
    return passes(config.filter, versions(change))


def passes(filter: str | None, known: Mapping[str, Any]) -> bool:
    """Whether an automation's filter lets an event through. Raises Invalid where it cannot be evaluated on it."""
    if filter is None:
        return True
    try:
        return expressions.holds(filter, known)
    except AppError as error:
        raise Invalid(f"Its filter lets nothing through that it cannot judge. {error.detail}") from error


_NEWS: dict[str, str] = {}


def unjudged(
    automation_id: str, name: str, event_id: str, why: AppError, about: Mapping[str, Any] | None = None
) -> Iterator[Blocked]:
    """What is told of a filter that could not be evaluated: the first time of the day."""
    if _is_news(automation_id):
        yield Blocked(automation_id, name, event_id, why.detail, about=about or {})


def _is_news(automation_id: str) -> bool:
    """Whether this process says it for the first time that day: a filter may fail on very many events."""
    day = f"{clock.now():%Y-%m-%d}"
    if _NEWS.get(automation_id) == day:
        return False
    if len(_NEWS) > _MOST_NEWS:
        _NEWS.clear()
    _NEWS[automation_id] = day
    return True
