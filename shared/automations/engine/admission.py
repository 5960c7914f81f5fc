"""Guards that ask whether a run may begin, or go on, under the limits of its automation and of its user."""

import random
from datetime import timedelta

from shared.automations.catalog.registry import action_named
from shared.automations.engine import budgets, ends, limits, rates, waiting
from shared.automations.engine.decisions import Commit, Continue, Decision, Guard, Leave, Verdict, commit_if_news
from shared.automations.engine.journal import Journal
from shared.automations.engine.running import Reservation, Run
from shared.automations.runs import waits
from shared.automations.runs.waits import unheld_wait_of
from shared.kit import clock

_SUPERSEDED = "Left out: a later event about the same subject happened before it began."
_SOON = (5.0, 30.0)  # seconds until a run asks again for what others have reserved


def needs_place(run: Run, journal: Journal) -> bool:
    """Whether concurrency is limited and the run has no place."""
    automation = run.automation
    return automation is not None and not journal.after.slots and limits.concurrent(automation)


def await_quiet(run: Run, journal: Journal) -> Decision:
    """Debounce: hold up the first step for a while, and leave out a run that a later event has superseded."""
    execution, automation = run.execution, run.automation
    if automation is None or not _begins(run, journal) or not limits.debounced(automation):
        return Continue()
    if execution.admitted_at is None:
        journal.apply(waiting.await_quiet, limits.quiet_at(execution, automation))
        if journal.suspended:
            return Commit()
    if limits.superseded(execution, automation):
        journal.apply(ends.cancel, _SUPERSEDED)
        return Commit()
    return Continue()


def await_turn(run: Run, journal: Journal) -> Decision:
    """Rate: hold up the first step until the run's turn has come.

    A run that has its turn, and no place yet, takes the place first: each time that it asks in vain would cost a turn.
    """
    execution, automation = run.execution, run.automation
    if automation is None or not _begins(run, journal) or not limits.rated(automation):
        return Continue()
    if execution.turns and needs_place(run, journal):
        return Continue()
    journal.apply(waiting.take_turns, *rates.take_turns(execution, automation))
    return Commit() if journal.suspended else Continue()


def take_place(run: Run, journal: Journal) -> Decision:
    """Concurrency: take a place, or stand in line for one.

    Light steps share the commit that takes it, as they have taken place if it was free; whatever else follows waits for
    that commit, and so does everything once a shared one was refused again and again.
    """
    execution, automation = run.execution, run.automation
    if automation is None or not _asks(run, journal) or not needs_place(run, journal):
        return Continue()
    places = limits.free_places(execution, automation)
    if places is None:
        if _is_called_in_vain(run, journal):
            return Leave(Verdict.EARLY)
        journal.apply(waiting.queue_up, limits.asks_again_at(execution))
        return commit_if_news(execution, journal)
    if not places:
        return Continue()
    journal.apply(waiting.wake_up)
    journal.apply(waiting.take_places, places)
    journal.takes_place = True
    if run.together > 1 and action_named(journal.step.action).light:
        return Continue()
    journal.reserves = budgets.limits_steps(automation)
    return Commit()


def reserve_step(run: Run, journal: Journal) -> Decision:
    """Daily budget of steps: reserve the next one, in a commit of its own or that of the step before."""
    execution, automation = run.execution, run.automation
    if (
        automation is None
        or not _asks(run, journal)
        or run.reservation is Reservation.COVERED
        or not budgets.limits_steps(automation)
    ):
        return Continue()
    if execution.intent and execution.intent.pending:
        return Continue()  # which was covered when it was claimed: what became of it is recorded in any case
    journal.apply(waiting.wake_up)
    if run.reservation is Reservation.CONTENDED:
        journal.apply(waiting.sleep, clock.now() + timedelta(seconds=random.uniform(*_SOON)))  # noqa: S311
    else:
        journal.reserves, journal.elsewhere = True, run.elsewhere
    return Commit()


def _asks(run: Run, journal: Journal) -> bool:
    """Whether the run is at a step that its limits may hold up: it does not wait within one, or for a later time."""
    match unheld_wait_of(run.execution):
        case waits.Step() | waits.Review():
            return False
        case waits.Inquiry(at) | waits.Retry(at) | waits.Turn(at) | waits.Limits(at):
            return journal.opened_at >= at
        case waits.Place() | None:
            return True


def _begins(run: Run, journal: Journal) -> bool:
    return _asks(run, journal) and not run.execution.sequence and not run.execution.attempts


def _is_called_in_vain(run: Run, journal: Journal) -> bool:
    """Whether the run was called to a free place, and another one was faster."""
    match unheld_wait_of(run.execution):
        case waits.Place(at=at) if at:
            return journal.opened_at < at
        case _:
            return False


GUARDS: tuple[Guard, ...] = (await_quiet, await_turn, take_place, reserve_step)
