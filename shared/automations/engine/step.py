"""Performing one step: condition, configuration, action. Nothing is written here."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError

from shared import findings, log
from shared.automations.actions.base import Again, Done, Jump, NotYetStored, Outcome, RunMemo, StepContext
from shared.automations.catalog.registry import action_named
from shared.automations.definitions import expressions, program
from shared.automations.definitions.masking import SECRETS, masked
from shared.automations.definitions.models import Step
from shared.automations.definitions.program import Program
from shared.automations.engine.leases import LONGEST_EFFECT
from shared.automations.engine.variables import prospect, variables
from shared.automations.runs.models import Execution
from shared.errors import Ambiguous, AnswerLost, AppError, Invalid, NotYet, ResultTooLarge, Unavailable
from shared.gcp.writes import Write
from shared.kit import clock, deadline
from shared.store import large_values

T = TypeVar("T")
_LATE = 0.2  # seconds in which a call that is broken off ends


@dataclass(frozen=True)
class Skipped:
    message: str


@dataclass(frozen=True)
class Failed:
    error: AppError


class StepTimeout(Unavailable):
    """The step did not end within its `timeout`."""

    code = "step-timeout"


@dataclass(frozen=True)
class Attempted:
    """What came of a step, and what it wants written. `input` are its settings as people may see them."""

    result: Outcome | Skipped | Failed
    input: dict[str, Any]
    started_at: datetime
    effects: list[Write] = field(default_factory=list)
    started: list[Execution] = field(default_factory=list)


def attempt(execution: Execution, steps: Program, memo: RunMemo) -> Attempted:
    """Perform the step once; a bug in an action fails its step, not the runner.

    Raises NotYetStored alone: where the step has to wait for the commit under way.
    """
    step = steps[execution.position].step

    def perform(context: StepContext, config: dict[str, Any]) -> Outcome | Skipped:
        action = action_named(step.action)
        return action.run(context, action.config.model_validate(config))

    tried = _tried(execution, steps, memo, perform, anew=True)
    assert tried is not None  # noqa: S101 -- only a wait may go on
    return tried


def resume(execution: Execution, steps: Program, memo: RunMemo) -> Attempted | None:
    """Ask a waiting step what became of it; None if it waits on. Never raises."""
    waiting = execution.waiting
    action = action_named(steps[execution.position].step.action)
    if waiting is None:
        return None
    signals = execution.signals.get(waiting.key) or execution.signals.get(waiting.key.partition("[")[0]) or {}
    return _tried(
        execution,
        steps,
        memo,
        lambda context, config: action.resume(context, action.config.model_validate(config), waiting, signals),
    )


def perform(execution: Execution, step: Step, earlier: Attempted, act: Callable[[], Outcome]) -> Attempted:
    """Do what was claimed. What it made of its context goes with the earlier attempt's effects."""
    try:
        result: Outcome | Failed = within(min(step.timeout or LONGEST_EFFECT, LONGEST_EFFECT), act)
        if isinstance(result, Done):
            large_values.check(result.output)
    except ResultTooLarge as error:
        result = Failed(AnswerLost(f"It took place. {error.detail}"))
    except StepTimeout as error:
        result = Failed(Ambiguous(error.detail))
    except AppError as error:
        result = Failed(error)
    except Exception as error:
        log.error("an outside effect failed unexpectedly", exception=error, execution_id=execution.id)
        result = Failed(Ambiguous("The step failed unexpectedly after it was claimed."))
    return Attempted(result, earlier.input, earlier.started_at, earlier.effects, earlier.started)


def _tried(
    execution: Execution,
    steps: Program,
    memo: RunMemo,
    act: Callable[[StepContext, dict[str, Any]], Outcome | Skipped | None],
    *,
    anew: bool = False,
) -> Attempted | None:
    started_at = clock.now()
    step = steps[execution.position].step
    key = program.key(steps, execution.position, execution.frames)
    context = StepContext(execution, key, memo, now=started_at, authored=step.config, dry=memo.dry)
    config: dict[str, Any] = dict(step.config)
    result: Outcome | Skipped | Failed | None
    try:
        context.execution = execution = memo.whole(execution)
        context.variables = {**variables(execution, steps, memo), **prospect(context, step)}
        if refusal := memo.take_refusal():
            raise refusal
        if anew and step.when and not expressions.holds(step.when, context.variables):
            result = Skipped(f"Skipped: not ({step.when}).")
        else:
            # What was done already, or only would be, is not stopped by a hole in its text.
            strict = anew and execution.intent is None and not memo.dry
            config = _filled(step, context.variables, strict=strict)
            result = within(step.timeout, lambda: act(context, config))
        if isinstance(result, Done | Jump):
            large_values.check(result.output)  # while it is still the step that can fail
            memo.outputs[step.id] = result.output
    except NotYetStored:
        raise
    except NotYet as wait:
        result = Again(clock.now() + timedelta(seconds=wait.retry_after or 1), wait.detail)
    except AppError as error:
        result = Failed(error)
    except ValidationError as error:
        result = Failed(Invalid(f"The step's settings are invalid: {findings.invalid(error).detail}."))
    except Exception as error:
        log.error("an action failed unexpectedly", exception=error, action=step.action, execution_id=execution.id)
        result = Failed(AppError("The step failed unexpectedly."))
    if result is None:
        return None
    failed = isinstance(result, Failed)
    effects, started = ([], []) if failed else (context.effects, context.started)
    return Attempted(result, masked(step.action, config), started_at, effects, started)


def _filled(step: Step, known: dict[str, Any], *, strict: bool) -> dict[str, Any]:
    action = action_named(step.action)
    filled = {}
    for name, value in step.config.items():
        try:
            if name in action.verbatim:
                filled[name] = value
                continue
            found = expressions.render(value, known, strict=strict, typed=name in action.typed)
            filled[name] = "" if found is None and value is not None else found  # null is no setting left out
        except Invalid as error:
            if name in SECRETS.get(step.action, ()):  # the error quotes the text
                raise Invalid(f"A placeholder in {name} cannot be filled.") from error
            raise
    return filled


def within(seconds: float | None, call: Callable[[], T]) -> T:
    """Raises StepTimeout when the time is up. Calls over HTTP are broken off then; what else the call still does has
    no effect."""
    if seconds is None:
        return call()
    answer: list[T] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            with deadline.within(seconds + _LATE / 2):
                answer.append(call())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=copy_context().run, args=(work,), daemon=True)
    thread.start()
    thread.join(seconds)
    in_time = not thread.is_alive()
    thread.join(_LATE)  # so that no call of it is under way when others take its place
    if failure and in_time:
        raise failure[0]
    if not answer:
        raise StepTimeout(f"The step did not end within {seconds:g} seconds.")
    return answer[0]
