"""Performs claimed outside effects, and finds out what became of those that another runner has claimed."""

from datetime import timedelta

from shared.automations.actions.base import Again, Done, Effect
from shared.automations.catalog.registry import action_named
from shared.automations.engine import claims, ends, leases, outcomes, transitions, waiting
from shared.automations.engine.conflicts import took_place
from shared.automations.engine.decisions import Commit, Continue, Decision, Leave, Share, Verdict, sleep_on
from shared.automations.engine.in_flight import Claimed, Performed
from shared.automations.engine.journal import Journal
from shared.automations.engine.running import EndRun, Run
from shared.automations.engine.step import Failed, attempt, perform
from shared.automations.runs import ledger
from shared.errors import Ambiguous, AnswerLost, AppError, Untraceable
from shared.kit import clock

_CHECKS = 5  # how often a provider is asked what became of an effect, before a person is
_FIRST_CHECK = timedelta(seconds=30)


def give_up_refused(run: Run, journal: Journal) -> Decision:
    """End a run whose failure the store has refused."""
    if not isinstance(run.fallback, EndRun):
        return Continue()
    if took_place(run.in_flight):
        journal.apply(claims.settle, "sent")
    journal.apply(ends.give_up, run.fallback.error)
    return Commit()


def settle_in_flight(run: Run, journal: Journal) -> Decision:
    """Perform the effect that this runner has claimed and record its outcome; give the claim back if the run is not
    wanted any more, or the claim's lease is too short for the effect."""
    if isinstance(run.in_flight, Claimed) and not run.unwanted and leases.may_be_performed(run.execution.intent):
        run.in_flight = _perform(run, run.in_flight)
    match run.in_flight:
        case Performed() as performed:
            _record(run, journal, performed)
            return Share() if _may_share(run) else Commit()
        case Claimed():
            journal.apply(claims.unclaim, action_named(journal.step.action).release(journal.after, failed=False))
            return Commit()
        case _:
            return Continue()


def leave_to_claimer(run: Run, journal: Journal) -> Decision:
    """Leave a run to the runner that may be performing its step's outside effect: only it learns what comes of it."""
    execution = run.execution
    claimed = execution.status == "running" and leases.under_way(execution.intent)
    return Leave(Verdict.PARKED) if claimed else Continue()


def reconcile(run: Run, journal: Journal) -> Decision:
    """Settle an effect whose runner has died between claim and record: ask the provider, else a person."""
    intent = journal.after.intent
    if intent is None or not intent.pending or journal.finished:
        return Continue()
    tried = attempt(journal.state, run.circumstances(journal))
    effect = tried.result if isinstance(tried.result, Effect) else None
    if effect is None or effect.find is None:
        _ask_later(journal, None, Ambiguous("the run was interrupted while this was on its way."))
        return Commit()
    key, find = ledger.effect_id(run.execution, intent), effect.find
    answer = perform(journal.after, journal.step, tried, lambda: find(key) or Again(clock.now(), "never left"))
    match answer.result:
        case Done() as done:
            journal.apply(claims.settle, "sent", output=done.output)
            outcomes.complete(run, journal, answer, done)
        case Failed(error):
            _ask_later(journal, effect, error)
        case _:
            outcomes.claim(run, journal, tried, effect)
    return Commit()


def take_answer(run: Run, journal: Journal) -> Decision:
    """Settle an ambiguous effect by what a person has answered; the run sleeps on while nobody has."""
    execution = run.execution
    answer = execution.signals.get(execution.waiting.key) if execution.waiting else None
    if not answer or (execution.intent and answer.get("claim", execution.intent.until) != execution.intent.until):
        return sleep_on(execution, journal)  # or the answer came late, and is about an earlier attempt
    by = answer.get("by", "a person")
    if answer["outcome"] != "sent":
        journal.apply(claims.deny, by)
        return Continue()
    tried = attempt(journal.state, run.circumstances(journal))  # for its effects: what is true once it was sent
    journal.apply(claims.settle, "sent", confirmed_by=by)
    outcomes.complete(run, journal, tried, Done(f"Confirmed by {by}.", {"confirmed_by": by}))
    return Continue()


def _may_share(run: Run) -> bool:
    """Whether light steps may follow in the commit of an outcome that only this runner knows: nobody may want the run
    to stop or stay, the store has refused nothing, and the claim's lease outlasts them."""
    asked = run.unwanted or run.execution.paused or run.stop_when
    return not (asked or run.fallback) and leases.outlasts_light_steps(run.execution.intent)


def _perform(run: Run, claimed: Claimed) -> Performed:
    assert run.execution.intent is not None  # noqa: S101
    key = ledger.effect_id(run.execution, run.execution.intent)
    step, effect = run.program[run.execution.position].step, claimed.effect
    return Performed(perform(run.execution, step, claimed.tried, lambda: effect.perform(key)), effect)


def _record(run: Run, journal: Journal, performed: Performed) -> None:
    """Record what came of an outside effect that this runner has performed."""
    tried, effect = performed.tried, performed.effect
    match tried.result:
        case Done() as done:
            journal.apply(claims.settle, "sent", output=done.output)
            outcomes.complete(run, journal, tried, done)
        case Failed(Ambiguous() as error):
            outcomes.note(journal, tried, "in doubt", error=error.code)
            _ask_later(journal, effect, error)
        case Failed(AnswerLost() as error):
            outcomes.note(journal, tried, "failed", error=error.code)
            journal.apply(claims.settle, "sent", reason=error.detail)
            journal.apply(transitions.fail, tried, error)
        case Failed(error):
            journal.apply(claims.settle, "unsent" if error.retriable else "refused", reason=error.detail)
            outcomes.fail(journal, tried, error)


def _ask_later(journal: Journal, effect: Effect | None, error: AppError) -> None:
    """Have the provider asked in a while, if it may be able to tell; else a person, at once."""
    intent = journal.after.intent
    traceable = effect is not None and effect.find is not None and not isinstance(error, Untraceable)
    if not traceable or intent is None or intent.checks >= _CHECKS:
        journal.apply(waiting.ask_person, error)
        return
    journal.apply(waiting.ask_provider, error, clock.now() + _FIRST_CHECK * 2**intent.checks)
