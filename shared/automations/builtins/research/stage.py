"""What the stages share: their task, and how far it has come."""

from typing import Any

from shared.automations.actions.base import Action, Done, StepContext
from shared.domains.research import service as research
from shared.domains.research.models import ResearchTask, Stage
from shared.kit.schema import Input

# How much of the work is done once the stage is: reading takes longest.
PROGRESS: dict[Stage, int] = {"plan": 5, "search": 25, "read": 65, "synthesise": 85, "verify": 92, "store": 100}
_ORDER: tuple[Stage, ...] = tuple(PROGRESS)


class NoConfig(Input):
    """A stage takes what the stages before it have left."""


def task_of(context: StepContext) -> ResearchTask:
    """One read. Raises NotFound where the task was deleted meanwhile."""
    return context.read(research.repository, str(context.execution.event.document_id))


def finish(context: StepContext, task: ResearchTask, message: str, output: dict[str, Any], *notes: str) -> Done:
    """The stage is done: the task shows it in the same commit."""
    at = _ORDER.index(_stage(context))
    fields: dict[str, Any] = {"stage": _ORDER[at + 1], "progress": PROGRESS[_ORDER[at]]}
    if notes:
        fields["notes"] = [*task.notes, *notes][:20]
    context.update(research.repository, task.id, **fields)
    return Done(message, output)


def _stage(context: StepContext) -> Stage:
    return next(stage for stage in _ORDER if stage == context.step)


def stage(name: Stage, run: Any) -> Action[Any]:
    """The action of a stage."""
    return Action(name=f"research_{name}", title=f"Research: {name}", config=NoConfig, run=run)
