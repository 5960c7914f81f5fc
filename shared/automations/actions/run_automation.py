"""Run another automation, and wait for what becomes of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from shared.automations import repository
from shared.automations.actions.base import Action, Done, Outcome, StepContext, Wait
from shared.automations.models import MAX_DEPTH, Parent, TriggerEvent, Waiting
from shared.automations.start import build_execution
from shared.errors import Conflict, Invalid
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import Id, Input, Metadata


class Config(Input):
    """`input` is there for the other's steps; without `wait` it runs on its own."""

    automation_id: Id
    input: Metadata = {}
    wait: bool = True
    timeout: Annotated[float, Field(gt=0, le=366 * 86_400)] = 86_400


def run(context: StepContext, config: Config) -> Outcome:
    mine = context.execution
    if mine.event.depth >= MAX_DEPTH:
        raise Conflict(f"Automations that run each other stop at depth {MAX_DEPTH}.")
    if config.automation_id == mine.automation_id:
        raise Invalid("automation_id: an automation does not run itself.")
    other = repository.automations.get(context.uid, config.automation_id)
    event = TriggerEvent(
        id=derived_id(mine.id, context.step, str(mine.generation)),
        trigger="manual",
        collection=mine.event.collection,
        document_id=mine.event.document_id,
        data={**mine.event.data, **config.input},
        was=mine.event.was,
        depth=mine.event.depth + 1,
        cause=context.cause,
    )
    child = build_execution(context.uid, other.id, other.name, other.definition, event)
    if config.wait:
        child.parent = Parent(execution_id=mine.id, automation_id=mine.automation_id, key=context.step)
    context.create(repository.executions, child)
    context.effects.append(repository.to_count_execution(child))
    context.started.append(child)
    if not config.wait:
        return Done(f"{other.name} was started.", {"execution_id": child.id})
    until = clock.now() + timedelta(seconds=config.timeout)
    about = {"execution_id": child.id, "automation_id": other.id}
    return Wait(until, f"Waits for {other.name}.", "automation", about)


def resume(context: StepContext, config: Config, waiting: Waiting, signals: Mapping[str, Any]) -> Outcome | None:
    id = waiting.about["execution_id"]
    if end := signals.get(id):  # not that of an earlier attempt, which was no longer waited for
        if end["status"] != "success":
            raise Conflict(f"The automation that was run ended as {end['status']}: {end.get('error')}")
        return Done("The automation that was run is complete.", {"execution_id": id, "results": end["results"]})
    if waiting.until and clock.now() < waiting.until:
        return None
    raise Conflict("The automation that was run did not end in time.")


ACTION = Action(
    name="run_automation",
    title="Run another automation",
    config=Config,
    run=run,
    resume=resume,
    typed=frozenset({"input"}),
)
