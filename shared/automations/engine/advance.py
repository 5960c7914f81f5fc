"""What the next commit of a run holds: guards, tried in order until one decides.

Light steps share a commit, as many as may; any other step has its own. Steps that changed no document, such as a branch
or a delay that is over, may share it with either.
"""

from shared.automations.actions.caches import NotYetStored
from shared.automations.catalog.registry import action_named
from shared.automations.engine import admission, effects, ends, leases, outcomes, stop_when, waiting
from shared.automations.engine.decisions import (
    Commit,
    Continue,
    Decision,
    Guard,
    Leave,
    Share,
    commit_if_news,
    sleep_on,
)
from shared.automations.engine.journal import Journal
from shared.automations.engine.running import Run
from shared.automations.engine.step import attempt, resume
from shared.automations.runs import waits
from shared.automations.runs.waits import unheld_wait_of, wait_of

_FULL = 500_000  # bytes: with the largest step added, a commit is below what the store takes


def advance(run: Run, journal: Journal) -> Commit | Leave:
    """Fill the journal with what the next commit stores. Answers Commit, or Leave where there is nothing to store."""
    for guard in GUARDS:
        match guard(run, journal):
            case Share():
                return _do_steps(run, journal, light_only=True)
            case Commit() | Leave() as decision:
                return decision
    return _do_steps(run, journal, light_only=run.eager or journal.takes_place)


def _cancel(run: Run, journal: Journal) -> Decision:
    """End a run that was told to stop, or whose automation was switched off."""
    if not run.execution.cancel_requested and not run.switched_off:
        return Continue()
    journal.apply(ends.cancel)
    return Commit()


def _hold(run: Run, journal: Journal) -> Decision:
    """Hold a run that a person holds, or whose automation is paused or halted. One that is held already, and is woken,
    may be woken by what ends it: held or not, it stops; one in doubt waits for its answer first."""
    execution = run.execution
    wait = wait_of(execution)
    if not isinstance(wait, waits.Held) and run.hold is None:
        return Continue()
    journal.apply(waiting.hold, execution.paused_by or run.hold or "person")
    in_doubt = isinstance(unheld_wait_of(execution), waits.Review)
    decision: Decision = Continue() if journal.is_news or in_doubt else _stop(run, journal)
    return commit_if_news(execution, journal) if isinstance(decision, Continue) else decision


def _give_up_stalled(run: Run, journal: Journal) -> Decision:
    """End a run whose runners die again and again at the same place."""
    if run.execution.stalls <= leases.MAX_STALLS:
        return Continue()
    journal.apply(ends.give_up)
    return Commit()


def _end_behind_last_step(run: Run, journal: Journal) -> Decision:
    """End a run that was taken up again after its last step."""
    if run.execution.position < len(run.program):
        return Continue()
    journal.apply(ends.end, "success", None)
    return Commit()


def _stop_with_awaited(run: Run, journal: Journal) -> Decision:
    """Stop a run together with the run that it waits for, before that one, stopped for the same reason, fails it."""
    match unheld_wait_of(run.execution):
        case waits.Step("automation"):
            return _stop(run, journal)
        case _:
            return Continue()


def _wake(run: Run, journal: Journal) -> Decision:
    """Ask a waiting step what became of it, and let a run that has slept go on; both sleep on if it is too early."""
    if journal.takes_place:
        return Continue()
    match unheld_wait_of(run.execution):
        case waits.Review():
            return effects.take_answer(run, journal)
        case waits.Step():
            return _resume(run, journal)
        case None:
            return Continue()
        case timed if timed.at is None or journal.opened_at >= timed.at:
            journal.apply(waiting.wake_up)
            return Continue()
        case _:
            return _stop_or_sleep_on(run, journal)


def _resume(run: Run, journal: Journal) -> Decision:
    tried = resume(journal.state, run.circumstances(journal))
    if tried is None:
        return _stop_or_sleep_on(run, journal)
    outcomes.enter(run, journal, tried)
    journal.reserves = run.counts_steps  # for the step behind the wait, which no reservation covers yet
    return Continue()


def _stop_or_sleep_on(run: Run, journal: Journal) -> Decision:
    """Ask whether a run that was woken before its time is to stop: what ends it may be why it was woken."""
    decision = _stop(run, journal)
    return sleep_on(run.execution, journal) if isinstance(decision, Continue) else decision


def _commit_without_place(run: Run, journal: Journal) -> Decision:
    """Store the end of a wait by itself where what comes after it needs a place first."""
    over = journal.steps_done or run.execution.waiting
    return Commit() if over and admission.needs_place(run, journal) else Continue()


def _stop(run: Run, journal: Journal) -> Decision:
    """Stop a run whose prospect is in a state that ends it."""
    if journal.finished or not run.stop_when:
        return Continue()
    reason = stop_when.reason(run.execution, run.stop_when)
    if reason is None:
        return Continue()
    journal.apply(ends.cancel, reason)
    return Commit()


def _do_steps(run: Run, journal: Journal, *, light_only: bool) -> Commit:
    """Perform steps until the commit is full, the run waits or ends, or a step has to have a commit of its own."""
    while not journal.finished and not journal.suspended:
        light = action_named(journal.step.action).light
        if run.is_full(journal) or journal.size > _FULL or ((journal.changed or light_only) and not light):
            break
        if run.stop_when and _subject(run) in journal.changed:
            break  # what was changed may be a reason to stop before the next step
        try:
            tried = attempt(journal.state, run.circumstances(journal))
        except NotYetStored:
            break
        outcomes.enter(run, journal, tried)
        if not light:
            break
    return Commit()


def _subject(run: Run) -> str | None:
    subject = run.execution.subject
    return f"users/{run.execution.user_id}/prospects/{subject}" if subject else None


GUARDS: tuple[Guard, ...] = (
    effects.give_up_refused,
    effects.settle_in_flight,
    effects.leave_to_claimer,
    _cancel,
    _hold,
    _give_up_stalled,
    _end_behind_last_step,
    _stop_with_awaited,
    *admission.GUARDS,
    _wake,
    _commit_without_place,
    _stop,
    effects.reconcile,
)
