"""What the next commit of a run holds: as many light steps as may share it, or one other.

Steps that changed no document, such as a branch or a delay that is over, may share it with either.
"""

import random
from datetime import timedelta

from shared.automations.actions.base import Again, Done, Effect, Jump, NotYetStored, Wait
from shared.automations.catalog.registry import action_named
from shared.automations.engine import admission, leases, stop_when
from shared.automations.engine.conflicts import took_place
from shared.automations.engine.in_flight import Claimed, Claiming, Performed
from shared.automations.engine.journal import Journal
from shared.automations.engine.retry import plan_retry
from shared.automations.engine.running import Run
from shared.automations.engine.step import Attempted, Failed, Skipped, attempt, perform, resume
from shared.automations.runs import ledger
from shared.automations.runs.models import Execution
from shared.errors import Ambiguous, AnswerLost, AppError, Untraceable
from shared.kit import clock

_FULL = 500_000  # bytes: with the largest step added, a commit is below what the store takes
_CHECKS = 5  # how often a provider is asked what became of an effect, before a person is
_FIRST_CHECK = timedelta(seconds=30)


def advance(run: Run, journal: Journal) -> bool:
    """Take the run as far as one commit goes; False where there is nothing to commit."""
    execution, run.memo.changed = run.execution, set()
    if _settled(run, journal):
        return True
    if _in_others_hands(execution):
        return False
    if execution.cancel_requested or run.switched_off:
        journal.cancel()
        return True
    if execution.paused or run.hold:
        return journal.hold(execution.paused_by or run.hold or "person")
    if _ended(run, journal):
        return True
    if (waits := admission.admit(run, journal)) is not None:
        return waits
    if not _wake(run, journal):
        return journal.sleep(execution.wake_at)
    if (journal.steps_done or execution.waiting) and admission.needs_place(run, journal):
        return True  # the wait is over: what comes after it needs a place first
    if not journal.finished and (reason := _stopped(run)):
        journal.cancel(reason)
        return True
    if journal.after.intent and journal.after.intent.pending and not journal.finished:
        _reconcile(run, journal)
        return True
    _do_steps(run, journal)
    return True


def _ended(run: Run, journal: Journal) -> bool:
    """Whether no runner gets it on, nothing is left to do, or it stops together with the run that it waits for."""
    execution = run.execution
    if execution.stalls > stop_when.MAX_STALLS:
        journal.give_up()
        return True
    if execution.position >= len(run.program):  # taken up again behind its last step
        journal.end("success", None)
        return True
    waits = execution.waiting is not None and execution.waiting.kind == "automation"
    if waits and (reason := _stopped(run)):  # before that run, which stops for the same reason, has failed for it
        journal.cancel(reason)
        return True
    return False


def _settled(run: Run, journal: Journal) -> bool:
    """Whether an outside effect was in flight: it is performed and recorded, or its claim is given back. Or the run has
    to end, as the store refuses what it has to keep."""
    if run.given_up:
        if took_place(run.in_flight):
            journal.settle("sent")
        journal.give_up(run.refusal)
        return True
    if isinstance(run.in_flight, Claimed) and not run.unwanted and leases.may_be_performed(run.execution.intent):
        run.in_flight = _perform(run, run.in_flight)
    match run.in_flight:
        case Performed() as performed:
            _record(run, journal, performed)
            return True
        case Claimed():
            journal.unclaim(action_named(journal.step.action).release(journal.after, failed=False))
            return True
        case _:
            return False


def _in_others_hands(execution: Execution) -> bool:
    """Whether the runner that claimed the step's outside effect may be at it: only it knows what comes of it."""
    return execution.status == "running" and leases.under_way(execution.intent)


def _stopped(run: Run) -> str | None:
    return stop_when.reason(run.execution, run.memo.stop_when) if run.memo.stop_when else None


def _subject(run: Run) -> str | None:
    about = run.execution.subject
    return f"users/{run.execution.user_id}/prospects/{about}" if about else None


def _do_steps(run: Run, journal: Journal) -> None:
    while not journal.finished and not journal.suspended:
        light = action_named(journal.step.action).light
        if journal.steps_done >= run.together or journal.size > _FULL or ((journal.changed or run.eager) and not light):
            return
        if run.memo.stop_when and _subject(run) in journal.changed:
            return  # what was changed may be a reason to stop before the next step
        run.memo.changed = journal.changed
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
            _complete(run, journal, tried, done)
        case Jump() as jump:
            journal.jump(tried, jump)
        case Wait() as wait:
            journal.suspend(tried, wait)
        case Again() as again:
            journal.again(again)
        case Skipped() as skipped:
            journal.skip(tried, skipped)
        case Effect() as effect:
            journal.claim(effect, tried.started_at)
            run.in_flight = Claiming(tried, effect)
        case Failed(error):
            _fail(journal, tried, error)


def _complete(run: Run, journal: Journal, tried: Attempted, done: Done) -> None:
    run.memo.follow(tried.effects)
    run.memo.outputs[journal.step.id] = done.output
    journal.complete(tried, done)


def _fail(journal: Journal, tried: Attempted, error: AppError) -> None:
    failures = len(journal.after.attempts) + 1
    luck = random.random()  # noqa: S311
    again = plan_retry(journal.step.retry, error, failures, clock.now(), luck=luck)
    if again:
        journal.retry(tried, error, again)
    else:
        if journal.after.intent:
            journal.release(action_named(journal.step.action).release(journal.after, failed=True))
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
    _enter(run, journal, tried)
    return True


def _reviewed(run: Run, journal: Journal) -> bool:
    """A person has said whether an ambiguous effect took place."""
    execution = run.execution
    assert execution.waiting is not None  # noqa: S101
    said = execution.signals.get(execution.waiting.key)
    if not said or (execution.intent and said.get("claim", execution.intent.until) != execution.intent.until):
        return False  # or it was said, late, of an earlier attempt
    outcome, by = said["outcome"], said.get("by", "a person")
    if outcome == "sent":
        tried = attempt(journal.after, run.program, run.memo)  # for its effects: what is true once it was sent
        journal.settle("sent", confirmed_by=by)
        _complete(run, journal, tried, Done(f"Confirmed by {by}.", {"confirmed_by": by}))
        return True
    journal.settle("unsent", confirmed_by=by)
    journal.after.waiting = None
    journal.after.signals.pop(execution.waiting.key)
    return True


def _perform(run: Run, claimed: Claimed) -> Performed:
    """Do what was claimed."""
    assert run.execution.intent is not None  # noqa: S101
    key = ledger.effect_id(run.execution, run.execution.intent)
    step, effect = run.program[run.execution.position].step, claimed.effect
    return Performed(perform(run.execution, step, claimed.tried, lambda: effect.perform(key)), effect)


def _record(run: Run, journal: Journal, performed: Performed) -> None:
    """What came of an outside effect."""
    tried, effect = performed.tried, performed.effect
    match tried.result:
        case Done() as done:
            journal.settle("sent", output=done.output)
            _complete(run, journal, tried, done)
        case Failed(Ambiguous() as error):
            _unknown(journal, effect, error)
        case Failed(AnswerLost() as error):
            journal.settle("sent", reason=error.detail)
            journal.fail(tried, error)
        case Failed(error):
            journal.settle("unsent" if error.retriable else "refused", reason=error.detail)
            _fail(journal, tried, error)


def _unknown(journal: Journal, effect: Effect | None, error: AppError) -> None:
    """Ask the provider in a while, if it can be asked and may be able to tell; else a person, at once."""
    intent = journal.after.intent
    traceable = effect is not None and effect.find is not None and not isinstance(error, Untraceable)
    if not traceable or intent is None or intent.checks >= _CHECKS:
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
    key, ask = ledger.effect_id(run.execution, run.execution.intent), effect.find
    asked = perform(journal.after, journal.step, tried, lambda: ask(key) or Again(clock.now(), "never left"))
    match asked.result:
        case Done() as done:
            journal.settle("sent", output=done.output)
            _complete(run, journal, asked, done)
        case Failed(error):
            _unknown(journal, effect, error)
        case _:
            journal.claim(effect, tried.started_at)
            run.in_flight = Claiming(tried, effect)
