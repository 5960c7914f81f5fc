"""What the next commit of a run holds: as many light steps as may share it, or one other."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from shared.automations import repository, stopping
from shared.automations.actions import ACTIONS
from shared.automations.actions.base import Again, Done, Effect, Jump, NotYetStored, RunMemo, Wait
from shared.automations.journal import Journal
from shared.automations.models import Execution
from shared.automations.program import Program
from shared.automations.retry import plan_retry
from shared.automations.steps import Attempted, Failed, Skipped, attempt, perform, resume
from shared.errors import Ambiguous, AppError
from shared.kit import clock

_TOGETHER = 20  # light steps in one commit, which stays far below Firestore's 500 writes
_CHECKS = 5  # how often a provider is asked what became of an effect, before a person is
_FIRST_CHECK = timedelta(seconds=30)


@dataclass
class Run:
    """An execution in a runner's hands."""

    execution: Execution
    program: Program
    runner: str
    stop_when: Sequence[str] | None = None
    memo: RunMemo = field(default_factory=RunMemo)
    together: int = _TOGETHER
    claimed: tuple[Attempted, Effect] | None = None  # said to the ledger, and to be performed now


def advance(run: Run, journal: Journal) -> bool:
    """Take the run as far as one commit goes; False where there is nothing to commit."""
    execution = run.execution
    if execution.cancel_requested:
        journal.cancel()
        return True
    if run.claimed:
        _perform(run, journal)
        return True
    if execution.paused:
        held = execution.status == "waiting"
        journal.hold()
        return not held
    if execution.stalls > stopping.MAX_STALLS:
        journal.end("failed", "The run was given up: its runner died again and again at the same place.")
        return True
    if not _wake(run, journal):
        return False
    if run.stop_when and not journal.finished and (reason := stopping.reason(execution, run.stop_when)):
        journal.cancel(reason)
        return True
    if journal.after.intent and journal.after.intent.pending and not journal.finished:
        _reconcile(run, journal)
        return True
    _do_steps(run, journal)
    return True


def _do_steps(run: Run, journal: Journal) -> None:
    while not journal.finished and not journal.suspended:
        light = ACTIONS[journal.step.action].light
        if journal.steps_done and (not light or journal.steps_done >= run.together):
            return
        run.memo.changed = journal.paths
        try:
            tried = attempt(journal.after, run.program, run.memo)
        except NotYetStored:
            return
        _enter(run, journal, tried)
        if not light:
            return


def _enter(run: Run, journal: Journal, tried: Attempted) -> None:
    """Put what came of a step into the journal."""
    match tried.result:
        case Done() as done:
            journal.complete(tried, done)
        case Jump() as jump:
            journal.jump(tried, jump)
        case Wait() as wait:
            journal.suspend(tried, wait)
        case Again() as again:
            journal.again(again)
        case Skipped() as skipped:
            journal.skip(tried, skipped)
        case Effect() as effect:
            journal.claim(effect)
            run.claimed = (tried, effect)
        case Failed(error):
            _fail(journal, tried, error)


def _fail(journal: Journal, tried: Attempted, error: AppError) -> None:
    failures = len(journal.after.attempts) + 1
    luck = random.random()  # noqa: S311
    again = plan_retry(journal.step.retry, error, failures, clock.now(), luck=luck)
    if again:
        journal.retry(tried, error, again)
    else:
        journal.fail(tried, error)


def _wake(run: Run, journal: Journal) -> bool:
    """Whether the run may go on: a waiting step is asked what became of it."""
    execution = run.execution
    if execution.waiting is None:
        if execution.wake_at and clock.now() < execution.wake_at:
            return False
        journal.wake_up()
        return True
    if execution.waiting.kind == "review":
        return _reviewed(run, journal)
    tried = resume(journal.after, run.program, run.memo)
    if tried is None:
        return False
    if isinstance(tried.result, Failed):
        journal.fail(tried, tried.result.error)
    else:
        _enter(run, journal, tried)
    return True


def _reviewed(run: Run, journal: Journal) -> bool:
    """A person has said whether an ambiguous effect took place."""
    execution = run.execution
    assert execution.waiting is not None  # noqa: S101
    said = execution.signals.get(execution.waiting.key)
    if not said:
        return False
    outcome, by = said["outcome"], said.get("by", "a person")
    if outcome == "sent":
        tried = Attempted(Done(f"Confirmed by {by}."), {}, clock.now())
        journal.settle("sent", confirmed_by=by)
        journal.complete(tried, Done(f"Confirmed by {by}.", {"confirmed_by": by}))
        return True
    journal.settle("unsent", confirmed_by=by)
    journal.after.waiting = None
    journal.after.signals.pop(execution.waiting.key)
    return True


def _perform(run: Run, journal: Journal) -> None:
    """Do what was claimed, and record what came of it."""
    assert run.claimed is not None  # noqa: S101
    assert run.execution.intent is not None  # noqa: S101
    (earlier, effect), run.claimed = run.claimed, None
    key = repository.effect_id(run.execution, run.execution.intent)
    tried = perform(journal.after, journal.step, earlier, lambda: effect.perform(key))
    if isinstance(tried.result, Failed):
        _not_performed(journal, tried, effect, tried.result.error)
    elif isinstance(tried.result, Done):
        journal.settle("sent", output=tried.result.output)
        journal.complete(tried, tried.result)


def _not_performed(journal: Journal, tried: Attempted, effect: Effect, error: AppError) -> None:
    if isinstance(error, Ambiguous):
        _unknown(journal, effect, error)
    else:
        journal.settle("unsent" if error.retriable else "refused", reason=error.detail)
        _fail(journal, tried, error)


def _unknown(journal: Journal, effect: Effect | None, error: AppError) -> None:
    """Ask the provider in a while, if it can be asked; else a person."""
    intent = journal.after.intent
    if effect is None or effect.find is None or intent is None or intent.checks >= _CHECKS:
        journal.park(error)
        return
    at = clock.now() + _FIRST_CHECK * 2**intent.checks
    intent.checks += 1
    journal.again(Again(at, f"Asks whether it took place: {error.detail}"))


def _reconcile(run: Run, journal: Journal) -> None:
    """A runner died between claim and record: what the provider knows decides, else a person."""
    assert run.execution.intent is not None  # noqa: S101
    tried = attempt(journal.after, run.program, run.memo)
    interrupted = Ambiguous("the run was interrupted while this was on its way.")
    effect = tried.result if isinstance(tried.result, Effect) else None
    if effect is None or effect.find is None:
        _unknown(journal, None, interrupted)
        return
    key, ask = repository.effect_id(run.execution, run.execution.intent), effect.find
    asked = perform(journal.after, journal.step, tried, lambda: ask(key) or Again(clock.now(), "never left"))
    match asked.result:
        case Done() as done:
            journal.settle("sent", output=done.output)
            journal.complete(asked, done)
        case Failed(error):
            _unknown(journal, effect, error)
        case _:
            journal.claim(replace(effect, claim=()))
            run.claimed = (tried, effect)
