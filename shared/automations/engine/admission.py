"""Whether a run may begin, or go on, under the limits of its automation and of its user."""

import random
from datetime import timedelta

from shared.automations.engine import budgets, limits, rates
from shared.automations.engine.journal import Journal
from shared.automations.engine.running import Run
from shared.kit import clock

_SUPERSEDED = "Left out: a later event about the same subject happened before it began."
_SOON = (5.0, 30.0)  # seconds until a run asks again for what others have reserved


def admit(run: Run, journal: Journal) -> bool | None:
    """Whether there is something to commit before the run may go on, or to wait for; None where it may."""
    execution, automation = run.execution, run.automation
    due = execution.wake_at is None or execution.queued_at is not None or clock.now() >= execution.wake_at
    if automation is None or execution.waiting or not due:
        return None
    if (waits := _await_turn(run, journal)) is not None:
        return waits
    if needs_place(run, journal):
        places = limits.free_places(execution, automation)
        if places is None and execution.queued_at and execution.wake_at and clock.now() < execution.wake_at:
            return False  # called, and somebody else was faster
        if places is None:
            return journal.queue_up(limits.asks_again_at(execution))
        if places:
            journal.wake_up()
            journal.take_places(places)
            journal.reserves = budgets.limits_steps(automation)
            return True
    return _reserve_step(run, journal)


def needs_place(run: Run, journal: Journal) -> bool:
    automation = run.automation
    return automation is not None and not journal.after.slots and limits.concurrent(automation)


def _await_turn(run: Run, journal: Journal) -> bool | None:
    """Debounce and rate, which hold up the first step alone.

    A run that has its turn, and no place yet, takes the place first: each time that it asks in vain would cost a turn.
    """
    execution, automation = run.execution, run.automation
    assert automation is not None  # noqa: S101
    if execution.sequence or execution.attempts:
        return None
    if limits.debounced(automation):
        if execution.admitted_at is None:
            journal.after.admitted_at = limits.quiet_at(execution, automation)
            if clock.now() < journal.after.admitted_at:
                journal.sleep(journal.after.admitted_at)
                return True
        if limits.superseded(execution, automation):
            journal.cancel(_SUPERSEDED)
            return True
    if limits.rated(automation) and not (execution.turns and needs_place(run, journal)):
        journal.after.turns, begins = rates.take_turns(execution, automation)
        if begins:
            journal.sleep(begins)
            return True
    return None


def _reserve_step(run: Run, journal: Journal) -> bool | None:
    """Where steps have a daily budget, the next one is reserved: in a commit of its own, or that of the step before."""
    execution, automation = run.execution, run.automation
    if automation is None or run.reserved or not budgets.limits_steps(automation):
        return None
    if execution.intent and execution.intent.pending:
        return None  # which was covered when it was claimed: what became of it is recorded in any case
    journal.wake_up()
    if run.budget_is_busy:
        run.budget_is_busy = False
        journal.sleep(clock.now() + timedelta(seconds=random.uniform(*_SOON)))  # noqa: S311
        return True
    journal.reserves = True
    return True
