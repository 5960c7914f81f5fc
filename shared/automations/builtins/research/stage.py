"""What the stages share: their task, how far it has come, and what becomes of a failure."""

from typing import Any, NoReturn

from shared.automations.actions.base import Action, Done, StepContext
from shared.automations.definitions.models import Retry
from shared.domains.research import service as research
from shared.domains.research.models import ResearchTask, Stage
from shared.errors import AppError, NotYet, ProviderError
from shared.kit.fields import Fields
from shared.kit.schema import Input

# How much of the work is done once the stage is: reading takes longest.
PROGRESS: dict[Stage, int] = {"plan": 5, "search": 25, "read": 65, "synthesise": 85, "verify": 92, "store": 100}
PATIENCE = Retry(max_attempts=4, initial_seconds=1, multiplier=3, max_seconds=600)  # beside the attempts within a call
LONGEST_WAIT = 900.0  # seconds: who is to come back later than that is told so, and the task ends
_ORDER: tuple[Stage, ...] = tuple(PROGRESS)


class NoConfig(Input):
    """A stage takes what the stages before it have left."""


def task_of(context: StepContext) -> ResearchTask:
    """One read. Raises NotFound where the task was deleted meanwhile."""
    return context.read(research.repository, str(context.execution.event.document_id))


def finish(context: StepContext, task: ResearchTask, message: str, output: Fields, *notes: str) -> Done:
    """The stage is done: the task shows it in the same commit."""
    at = _ORDER.index(_stage(context))
    fields: dict[str, Any] = {"stage": _ORDER[at + 1], "progress": PROGRESS[_ORDER[at]]}
    if notes:
        fields["notes"] = [*task.notes, *notes][:20]
    context.update(research.repository, task.id, **fields)
    return Done(message, output)


def instead(context: StepContext, task: ResearchTask, error: AppError, what: str) -> str:
    """The note that says what stands in for what has failed.

    Raises the error where the task allows nothing to stand in, or a later attempt may still bring what was asked for.
    """
    tried = len(context.execution.attempts) + 1
    hopeless = not error.retriable or tried >= PATIENCE.max_attempts or (error.retry_after or 0) > LONGEST_WAIT
    if isinstance(error, NotYet) or not (task.allow_fallback and hopeless):
        give_up(error)
    return f"{error.detail} {what}"


def give_up(error: AppError) -> NoReturn:
    """Raise the error; as a final one, if nobody would wait for the time that it names."""
    if isinstance(error, NotYet) or (error.retry_after or 0) <= LONGEST_WAIT:
        raise error
    minutes = round((error.retry_after or 0) / 60)
    later = f"It asks to be left alone for {minutes} minutes; run the task again then, or choose another engine."
    raise ProviderError(f"{error.detail} {later}") from error


def _stage(context: StepContext) -> Stage:
    return next(stage for stage in _ORDER if stage == context.step)


def stage(name: Stage, run: Any) -> Action[Any]:
    """The action of a stage."""
    return Action(name=f"research_{name}", title=f"Research: {name}", config=NoConfig, run=run)
