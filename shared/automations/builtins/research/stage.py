"""Loads a stage's task, records its progress, and decides on its failures: fallback, retry or end."""

from collections.abc import Callable
from typing import NoReturn

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.automations.definitions.models import Retry
from shared.domains.research import service as research
from shared.domains.research.models import ResearchTask, Stage
from shared.errors import AppError, NotYet, ProviderError
from shared.kit.fields import Fields
from shared.kit.schema import Input

# How many per cent of the work are done after the stage: reading takes longest.
PROGRESS: dict[Stage, int] = {"plan": 5, "search": 25, "read": 65, "synthesise": 85, "verify": 92, "store": 100}
PATIENCE = Retry(max_attempts=4, initial_seconds=1, multiplier=3, max_seconds=600)  # beside the attempts within a call
LONGEST_WAIT = 900.0  # seconds: if a provider asks for a longer wait, the task fails and says so
_ORDER: tuple[Stage, ...] = tuple(PROGRESS)


class NoConfig(Input):
    """A stage has no settings: it takes the outputs of earlier stages."""


def task_of(context: StepContext) -> ResearchTask:
    """Loads the execution's task: one read. Raises NotFound if it was deleted."""
    return context.read(research.repository, str(context.execution.event.document_id))


def finish(context: StepContext, task: ResearchTask, message: str, output: Fields, *notes: str) -> Done:
    """Completes a stage and updates the task's stage and progress in the same commit."""
    at = _ORDER.index(_stage(context))
    fields: Fields = {"stage": _ORDER[at + 1], "progress": PROGRESS[_ORDER[at]]}
    if notes:
        fields["notes"] = [*task.notes, *notes][:20]
    context.update(research.repository, task.id, **fields)
    return Done(message, output)


def instead(context: StepContext, task: ResearchTask, error: AppError, what: str) -> str:
    """The note that tells the insight's reader of a fallback after an error.

    Raises the error if the task allows no fallback, or a later attempt may succeed.
    """
    tried = len(context.execution.attempts) + 1
    hopeless = not error.retriable or tried >= PATIENCE.max_attempts or (error.retry_after or 0) > LONGEST_WAIT
    if isinstance(error, NotYet) or not (task.allow_fallback and hopeless):
        give_up(error)
    return f"{error.detail} {what}"


def give_up(error: AppError) -> NoReturn:
    """Raises the error; as a final ProviderError if it asks for a wait of more than 15 minutes."""
    if isinstance(error, NotYet) or (error.retry_after or 0) <= LONGEST_WAIT:
        raise error
    minutes = round((error.retry_after or 0) / 60)
    later = f"It asks to be left alone for {minutes} minutes; run the task again then, or choose another engine."
    raise ProviderError(f"{error.detail} {later}") from error


def _stage(context: StepContext) -> Stage:
    return next(stage for stage in _ORDER if stage == context.step)


def stage(name: Stage, run: Callable[[StepContext, NoConfig], Done]) -> Action[NoConfig]:
    """Builds the action of a stage."""
    return Action(name=f"research_{name}", title=f"Research: {name}", config=NoConfig, run=run)
