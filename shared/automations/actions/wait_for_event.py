"""Wait until something happens, or a time is up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.automations.actions.action import Action, Awaited, Condition, Settings
from shared.automations.actions.base import Done, Outcome, StepContext, Wait
from shared.automations.definitions.condition_cost import Expression
from shared.automations.runs import spills
from shared.automations.runs.models import Waiting
from shared.automations.triggers import TRIGGERS
from shared.errors import Conflict
from shared.kit import clock
from shared.kit.schema import Input

_REMEMBERED = 20  # events of earlier items of a loop, which may be delivered again
_EVENTS: list[Any] = sorted(trigger.name for trigger in TRIGGERS.values() if trigger.collection)


class Config(Input):
    """`event` is a trigger's name. Only events about the run's own subject count, unless `match` says which.

    `match` is a CEL expression over `before` and `after` of the document and what the run knows, but for `vars` and,
    within a loop, `item` and `index`.
    """

    event: Annotated[str, Field(max_length=60, json_schema_extra={"enum": _EVENTS})]
    match: Annotated[Expression | None, Field(examples=["after.status == 'replied'"])] = None
    timeout: Annotated[float, Field(gt=0, le=366 * 86_400)] = 7 * 86_400
    on_timeout: Literal["continue", "fail"] = "continue"


def run(context: StepContext, config: Config) -> Outcome:
    name = context.step.partition("[")[0]
    before = context.execution.results.get(name)
    taken = before.output.get("taken", []) if before else []  # for earlier items of a loop
    if early := _news(context.execution.signals.get(name, {}), taken):
        return _happened(context, early, taken)
    until = clock.now() + timedelta(seconds=config.timeout)
    about = {"event": config.event, "taken": taken}
    return Wait(until, f"Waits for {config.event.replace('_', ' ')}.", "event", about)


def resume(context: StepContext, config: Config, waiting: Waiting, signals: Mapping[str, Any]) -> Outcome | None:
    taken = waiting.about.get("taken") or []
    if news := _news(signals, taken):
        return _happened(context, news, taken)
    if waiting.until and clock.now() < waiting.until:
        return None
    if config.on_timeout == "fail":
        raise Conflict(f"{config.event.replace('_', ' ')} did not happen in time.")
    return Done("It did not happen in time.", {"happened": False, "timed_out": True, "taken": taken})


def _news(signals: Mapping[str, Any], taken: Sequence[str]) -> dict[str, Any]:
    """Without events that are delivered once more."""
    return {id: event for id, event in signals.items() if id not in taken}


def _happened(context: StepContext, signals: Mapping[str, Any], taken: Sequence[str]) -> Done:
    id, first = min(signals.items(), key=lambda item: str(item[1].get("at")))
    first = spills.load_signal(context.execution, first)
    known = [*taken, id][-_REMEMBERED:]
    return Done("It happened.", {"happened": True, "timed_out": False, "event": first, "event_id": id, "taken": known})


def _awaits(config: Settings) -> Iterator[Awaited]:
    match = config.get("match")
    yield Awaited("event", str(config["event"]), Condition("match", match) if match else None)


def _rehearse(wait: Wait) -> Mapping[str, Any]:
    return {"happened": False, "timed_out": True}


ACTION = Action(
    name="wait_for_event",
    title="Wait for an event",
    config=Config,
    run=run,
    resume=resume,
    light=True,
    awaits=_awaits,
    rehearse=_rehearse,
    verbatim=frozenset({"match"}),
    short_form={"event": "outreach_replied"},
)
