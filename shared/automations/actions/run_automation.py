"""Run another automation, and wait for what becomes of it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from shared.automations.actions.action import Action, Settings
from shared.automations.actions.base import Done, Outcome, StepContext, Wait
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import MAX_DEPTH
from shared.automations.runs import create, entries, spills
from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import TERMINAL, Execution, Parent, TriggerEvent, Waiting
from shared.automations.runs.requeue import StepGone, to_requeue
from shared.errors import Conflict, Invalid, NotYet, PreconditionFailed
from shared.gcp import firestore
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import Id, Input, Metadata


class Config(Input):
    """`input` is there for the other's steps; without `wait` it runs on its own. A contact that may not enter the other
    automation again (`reentry`) does not: the step is then done with `started: false`."""

    automation_id: Id
    input: Metadata = {}
    wait: bool = True
    timeout: Annotated[float, Field(gt=0, le=366 * 86_400)] = 86_400


def run(context: StepContext, config: Config) -> Outcome:
    mine = context.execution
    if mine.event.depth >= MAX_DEPTH:
        raise Conflict(f"Automations that run each other stop at depth {MAX_DEPTH}.")
    if config.automation_id == mine.automation_id:
        raise Invalid.at("automation_id", "an automation does not run itself")
    other = definition_store.automations.get(context.uid, config.automation_id)
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
    if config.wait and (left := _left_by_an_earlier_attempt(context, other.id, event.data)):
        return _take_up(context, config, left)
    child = build_execution(context.uid, other.id, other.name, other.definition, event)
    if config.wait:
        child.parent = Parent(
            execution_id=mine.id,
            automation_id=mine.automation_id,
            key=context.step,
            definition=mine.definition,
            stop_when=list(context.stop_when) if child.subject == mine.subject else [],
        )
    if entries.restricts(other.reentry, child) and not context.dry:
        if earlier := entries.start(child, other.reentry):
            why = entries.sentence(earlier, other.reentry)
            return Done(f"{other.name} was not started. {why}", {"started": False})
    else:
        context.effects += create.to_start(child)
    context.started.append(child)
    if not config.wait:
        return Done(f"{other.name} was started.", {"execution_id": child.id})
    return _wait(config, child)


def _wait(config: Config, child: Execution) -> Wait:
    until = clock.now() + timedelta(seconds=config.timeout)
    about: dict[str, Any] = {"execution_id": child.id, "automation_id": child.automation_id}
    about |= {"generation": child.generation} if child.generation else {}
    return Wait(until, f"Waits for {child.automation_name}.", "automation", about)


def _left_by_an_earlier_attempt(context: StepContext, automation_id: str, data: dict[str, Any]) -> Execution | None:
    """The run that this very step has started before: one read, once its own run was taken up again.

    Not where the step is another by now, which says another automation or gives another input. (By the same
    definition the input may differ all the same, as what it names has changed since; that makes it no other.)
    """
    mine = context.execution
    id = mine.awaited.get(context.step)
    left = run_store.executions.find(context.uid, id) if id else None
    if left is None or left.expired or left.parent is None or left.automation_id != automation_id:
        return None
    same = left.parent.definition == mine.definition or spills.load_event(left).data == data
    return left if same else None


def _take_up(context: StepContext, config: Config, left: Execution) -> Outcome:
    """Have it go on where it failed, as its automation is now: what it has done is not done twice.

    A commit of its own, which a repeated attempt finds done. Raises NotYet while it is being stopped.
    """
    if left.status == "success":
        return _done(left.id, spills.load_results(context.uid, left.id))
    if left.status in TERMINAL:
        _requeue(left)
        left.generation += 1
        context.started.append(left)
    elif left.cancel_requested:
        raise NotYet("The run that was given up is about to stop.", retry_after=1)
    elif left.status == "pending":  # an attempt whose own commit was refused has taken it up, and handed nothing over
        context.started.append(left)
    return _wait(config, left)


def _requeue(left: Execution) -> None:
    try:
        requeued = to_requeue(left, current=True)
    except StepGone:
        requeued = to_requeue(left)
    try:
        firestore.client().commit([requeued])
    except PreconditionFailed as error:
        raise NotYet("The run that failed is being changed.", retry_after=1) from error


def _done(id: str, results: dict[str, Any]) -> Done:
    return Done("The automation that was run is complete.", {"execution_id": id, "results": results})


def resume(context: StepContext, config: Config, waiting: Waiting, signals: Mapping[str, Any]) -> Outcome | None:
    id = waiting.about["execution_id"]
    if end := signals.get(run_store.end_key(waiting.about)):  # not that of an earlier attempt
        if end["status"] != "success":
            raise Conflict(f"The automation that was run ended as {end['status']}: {end.get('error')}")
        return _done(id, spills.load_results(context.uid, id) if end.get("spilled") else end["results"])
    if waiting.until and clock.now() < waiting.until:
        return None
    raise Conflict("The automation that was run did not end in time.")


def _starts(config: Settings) -> Iterator[str]:
    if id := config.get("automation_id"):
        yield id


ACTION = Action(
    name="run_automation",
    title="Run another automation",
    config=Config,
    run=run,
    resume=resume,
    starts=_starts,
    typed=frozenset({"input"}),
)
