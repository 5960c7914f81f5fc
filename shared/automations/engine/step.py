"""Performing one step: condition, configuration, action. Nothing is written here."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError

from shared import findings, log
from shared.automations.actions.base import Again, Done, Jump, Outcome, StepContext
from shared.automations.actions.caches import Caches, NotYetStored
from shared.automations.catalog.registry import action_named
from shared.automations.definitions import expressions
from shared.automations.definitions.masking import masked
from shared.automations.definitions.models import Step
from shared.automations.engine import spans
from shared.automations.engine.changes import State
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
    seconds: float = 0.0  # that the action took


@dataclass(frozen=True)
class Circumstances:
    """What an attempt depends on beside the run's state."""

    caches: Caches = field(default_factory=Caches)
    unstored: Collection[str] = frozenset()  # the documents that the commit under way changes
    stop_when: Sequence[str] = ()
    refusal: AppError | None = None  # the store has refused what the step writes: it fails with this
    imagined: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # in a dry run, what would be stored
    dry: bool = False


def attempt(state: State, around: Circumstances) -> Attempted:
    """Perform the step once; a bug in an action fails its step, not the runner.

    Raises NotYetStored alone: where the step has to wait for the commit under way.
    """
    step = state.step

    def act(context: StepContext) -> Outcome | Skipped:
        if step.when and not expressions.holds(step.when, context.variables):
            return Skipped(f"Skipped: not ({step.when}).")
        # What was done already, or only would be, is not stopped by a hole in its text.
        _fill(context, step, strict=state.execution.intent is None and not around.dry)
        action = action_named(step.action)
        return within(step.timeout, lambda: action.run(context, action.config.model_validate(context.settings)))

    tried = _try(state, around, act)
    assert tried is not None  # noqa: S101 -- only a wait may go on
    return tried


def resume(state: State, around: Circumstances) -> Attempted | None:
    """Ask a waiting step what became of it; None if it waits on. Never raises."""
    step, waiting, signals = state.step, state.execution.waiting, state.execution.signals
    action = action_named(step.action)
    if waiting is None:
        return None
    received = signals.get(waiting.key) or signals.get(waiting.key.partition("[")[0]) or {}

    def act(context: StepContext) -> Outcome | None:
        _fill(context, step, strict=False)
        config = action.config.model_validate(context.settings)
        return within(step.timeout, lambda: action.resume(context, config, waiting, received))

    return _try(state, around, act)


def perform(execution: Execution, step: Step, earlier: Attempted, act: Callable[[], Outcome]) -> Attempted:
    """Do what was claimed. What it made of its context goes with the earlier attempt's effects."""
    with spans.of_step(execution, step) as span:
        result = _performed(execution, step, act)
        span.came_to(result)
    return Attempted(result, earlier.input, earlier.started_at, earlier.effects, earlier.started, span.seconds)


def _performed(execution: Execution, step: Step, act: Callable[[], Outcome]) -> Outcome | Failed:
    try:
        result = within(min(step.timeout or LONGEST_EFFECT, LONGEST_EFFECT), act)
        if isinstance(result, Done):
            large_values.check(result.output)
    except ResultTooLarge as error:
        return Failed(AnswerLost(f"It took place. {error.detail}"))
    except StepTimeout as error:
        return Failed(Ambiguous(error.detail))
    except AppError as error:
        return Failed(error)
    except Exception as error:
        log.error("an outside effect failed unexpectedly", exception=error, execution_id=execution.id)
        return Failed(Ambiguous("The step failed unexpectedly after it was claimed."))
    return result


def _try(
    state: State, around: Circumstances, act: Callable[[StepContext], Outcome | Skipped | None]
) -> Attempted | None:
    step, execution = state.step, state.execution
    context = StepContext(
        execution,
        state.key,
        now=clock.now(),
        caches=around.caches,
        unstored=around.unstored,
        imagined=around.imagined,
        stop_when=around.stop_when,
        authored=step.config,
        settings=step.config,
        dry=around.dry,
    )
    with spans.of_step(execution, step) as span:
        result = _result(context, state, around.refusal, act)
        span.came_to(result)
    if result is None:
        return None
    effects, started = ([], []) if isinstance(result, Failed) else (context.effects, context.started)
    return Attempted(result, masked(step.action, dict(context.settings)), context.now, effects, started, span.seconds)


def _result(
    context: StepContext,
    state: State,
    refusal: AppError | None,
    act: Callable[[StepContext], Outcome | Skipped | None],
) -> Outcome | Skipped | Failed | None:
    """What the step comes to, errors included. Raises NotYetStored alone."""
    try:
        return _come_to(context, state, refusal, act)
    except NotYetStored:
        raise
    except NotYet as wait:
        return Again(clock.now() + timedelta(seconds=wait.retry_after or 1), wait.detail)
    except AppError as error:
        return Failed(error)
    except ValidationError as error:
        return Failed(_invalid_settings(error))
    except Exception as error:
        failing = {"action": state.step.action, "execution_id": context.execution.id}
        log.error("an action failed unexpectedly", exception=error, **failing)
        return Failed(AppError("The step failed unexpectedly."))


def _invalid_settings(error: ValidationError) -> Invalid:
    wrong = findings.invalid(error)
    return Invalid(f"The step's settings are invalid: {wrong.detail}.", errors=wrong.errors)


def _come_to(
    context: StepContext,
    state: State,
    refusal: AppError | None,
    act: Callable[[StepContext], Outcome | Skipped | None],
) -> Outcome | Skipped | None:
    """What the step comes to, with the variables that it sees. Raises the refusal, if there is one."""
    context.execution = context.caches.with_event(state.execution)
    seen = variables(context.execution, state.program, context.caches, context.unstored)
    context.variables = {**seen, **prospect(context, state.step)}
    if refusal:
        raise refusal
    result = act(context)
    if isinstance(result, Done | Jump):
        large_values.check(result.output)  # while it is still the step that can fail
        context.caches.keep_output(state.step.id, result.output)
    return result


def _fill(context: StepContext, step: Step, *, strict: bool) -> None:
    """Fill the placeholders in the step's settings. Raises Invalid for one that cannot be filled."""
    action = action_named(step.action)
    filled: dict[str, Any] = {}
    for name, setting in step.config.items():
        if name in action.verbatim:
            filled[name] = setting
            continue
        try:
            value = expressions.render(setting, context.variables, strict=strict, typed=name in action.typed)
        except Invalid as error:
            if name in action.secrets:  # the error quotes the text
                raise Invalid.of(name, f"A placeholder in {name} cannot be filled.") from error
            raise
        filled[name] = "" if value is None and setting is not None else value  # null is no setting left out
    context.settings = filled


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
