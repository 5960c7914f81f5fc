"""Performing one step: condition, configuration, action. Nothing is written here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shared import log
from shared.automations import expressions
from shared.automations.actions import ACTIONS
from shared.automations.actions.base import Done, RunMemo, StepContext, Wait
from shared.automations.models import Execution, Step
from shared.errors import AppError, Invalid
from shared.gcp.writes import Write
from shared.kit import clock


@dataclass(frozen=True)
class Skipped:
    message: str


@dataclass(frozen=True)
class Failed:
    error: AppError


@dataclass(frozen=True)
class Attempted:
    """What came of a step, and what it wants written."""

    result: Done | Wait | Skipped | Failed
    input: dict[str, Any]
    effects: list[Write]
    started_at: datetime


def attempt(execution: Execution, step: Step, memo: RunMemo) -> Attempted:
    """Perform the step once. Never raises: a bug in an action fails its step, not the runner."""
    started_at = clock.now()
    context = StepContext(execution, step.id, memo)
    config: dict[str, Any] = dict(step.config)
    try:
        if refusal := memo.take_refusal():
            raise refusal
        variables = _variables(execution)
        if step.when and not expressions.holds(step.when, variables):
            return Attempted(Skipped(f"Skipped: not ({step.when})."), config, [], started_at)
        config = expressions.render(config, variables)
        action = ACTIONS[step.action]
        result = action.run(context, action.config.model_validate(config))
    except AppError as error:
        return Attempted(Failed(error), config, [], started_at)
    except ValidationError as error:
        first = error.errors()[0]
        sentence = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        return Attempted(Failed(Invalid(f"The step's settings are invalid: {sentence}")), config, [], started_at)
    except Exception as error:
        log.error("an action failed unexpectedly", exception=error, action=step.action, execution_id=execution.id)
        return Attempted(Failed(AppError("The step failed unexpectedly.")), config, [], started_at)
    return Attempted(result, config, context.effects, started_at)


def _variables(execution: Execution) -> dict[str, Any]:
    """What conditions and placeholders see."""
    event = execution.event
    steps = {id: {"status": r.status, **r.output} for id, r in execution.results.items()}
    subject = (event.collection or "input").rstrip("s")  # prospects -> prospect
    return {
        "event": event.data,
        subject: event.data,
        "steps": steps,
        "input": event.data,
        "trigger": event.trigger,
    }
