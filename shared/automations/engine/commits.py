"""Commits a journal, and prepares the run for another attempt where the store has refused it or not answered."""

import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

from shared import context, log
from shared.automations.engine import budget_pause, budgets
from shared.automations.engine.conflicts import (
    Reaction,
    Refused,
    after_conflict,
    after_refusal,
    left_in_flight,
    lost,
)
from shared.automations.engine.in_flight import Performed
from shared.automations.engine.journal import Journal
from shared.automations.engine.loading import hold_of
from shared.automations.engine.running import EndRun, FailStep, Reservation, Run
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.domains import mishaps, usage
from shared.errors import AlreadyExists, AppError, NotFound, PreconditionFailed, Unavailable
from shared.gcp import firestore
from shared.gcp.writes import Write

_MAX_CONFLICTS = 20  # in a row, without a commit: rivals are met in fewer
_MAX_MOVES = 3  # from part to part of a budget, before a run asks again later
_MAX_SHARED = 2  # refused commits that take a place and do steps
_MAX_UNANSWERED = 4  # as long as no outcome would be lost with it


def commit(run: Run, journal: Journal) -> Reaction:
    """Commit the journal. Answers COMMITTED, LEAVE, or any other reaction with the run prepared for another attempt."""
    counted: Mapping[str, Sequence[Any]] = {}
    writes = _writes(run, journal)
    try:
        version, counted = firestore.client().commit_counted(writes)
        execution = run_store.executions.stamped(journal.after, version)
    except (AlreadyExists, NotFound, PreconditionFailed, Unavailable) as refusal:
        stored, reaction = _look(run, journal, refusal)
        if stored is None or reaction is not Reaction.COMMITTED:
            _prepare(run, journal, reaction, stored, refusal)
            return reaction
        execution = stored
    except AppError as refusal:
        return _store_less(run, journal, refusal)
    run.committed(execution)
    context.current().meter.clear()
    _keep_budget(run, journal, counted)
    return Reaction.COMMITTED


def _writes(run: Run, journal: Journal) -> list[Write]:
    """The journal's writes, and those that count what the run has spent and report what went badly since the last
    commit. A run that is given up reports nothing, as that may be what the store refuses."""
    uid, meter, reports = run.execution.user_id, context.current().meter, list[Write]()
    if not isinstance(run.fallback, EndRun):
        journal.spent["tokens"] = sum(used.tokens for used in meter.usage)
        journal.after.usd = journal.before.usd + sum(used.usd for used in meter.usage)
        reports = [*usage.to_record(uid, meter.usage, meter.mishaps), *mishaps.to_tell(uid, meter.mishaps)]
    budgets.count(journal, run.automation)
    return [*journal.to_commit(), *reports, *budgets.to_count(journal)]


def _keep_budget(run: Run, journal: Journal, counted: Mapping[str, Sequence[Any]]) -> None:
    """Pause the automation and hold this run where the commit has used up a daily budget."""
    run.reservation, run.elsewhere = Reservation.NONE, {}
    if run.automation is None or run.hold:
        return
    standing = budgets.standing(journal, run.automation, counted)
    if standing.used_up:
        run.automation = budget_pause.pause(
            run.automation, lambda current: budgets.standing(journal, current, counted).used_up
        )
        run.hold = hold_of(run.automation)
        return
    if standing.busy or (standing.elsewhere and run.moves >= _MAX_MOVES):
        run.reservation, run.moves = Reservation.CONTENDED, 0
    elif standing.elsewhere:
        run.reservation, run.elsewhere = Reservation.ELSEWHERE, dict(standing.elsewhere)
        run.moves += 1
    elif journal.after.reserved:
        run.covered, run.moves = run.covered if standing.covered is None else standing.covered, 0
        run.reservation = Reservation.COVERED if run.covered else Reservation.NONE


def _look(run: Run, journal: Journal, refusal: AppError) -> tuple[Execution | None, Reaction]:
    """Find out what is stored after a commit that was refused or not answered, and what follows: one read, or two.

    Raises Unavailable after too many in a row.
    """
    run.conflicts += 1
    run.caches.forget()  # what its steps have left is perhaps not stored
    _refuse_too_many(run, refusal)
    if isinstance(refusal, Unavailable):
        time.sleep(min(2, 0.1 * 2**run.conflicts))
    try:
        stored = run_store.executions.find(run.execution.user_id, run.execution.id)
        parent_gone = stored is not None and stored.version == run.execution.version and _parent_gone(journal)
    except Unavailable:
        return None, Reaction.REPEAT
    refused = Refused(
        before=journal.before,
        after=journal.after,
        in_flight=run.in_flight,
        steps_done=journal.steps_done,
        takes_place=journal.takes_place,
        answered=not isinstance(refusal, Unavailable),
        parent_gone=parent_gone,
    )
    return stored, after_conflict(refused, stored)


def _refuse_too_many(run: Run, refusal: AppError) -> None:
    """Raise Unavailable after too many refusals; later where an outcome would be lost than where a plan would."""
    patient = isinstance(run.in_flight, Performed) or not isinstance(refusal, Unavailable)
    if run.conflicts > (_MAX_CONFLICTS if patient else _MAX_UNANSWERED):
        raise Unavailable("The execution cannot be recorded; it is tried again later.") from refusal


def _parent_gone(journal: Journal) -> bool:
    parent = journal.after.parent
    if parent is None or not journal.finished:
        return False
    return run_store.executions.find(journal.after.user_id, parent.execution_id) is None


def _prepare(run: Run, journal: Journal, reaction: Reaction, stored: Execution | None, refusal: AppError) -> None:
    """Prepare the run for another attempt, as the reaction says."""
    match reaction:
        case Reaction.REPEAT:
            run.planned = journal
            return
        case Reaction.REBASE if stored:
            journal.rebase(stored)
            run.execution, run.planned = stored, journal
            return
        case Reaction.REPLAN | Reaction.SETTLE if stored:
            run.execution = stored
            if reaction is Reaction.SETTLE:  # another runner may have given back what was reserved
                run.reservation, run.covered = Reservation.NONE, 0
        case Reaction.ASK_AGAIN:
            time.sleep(random.uniform(0, 0.01 * run.conflicts))  # noqa: S311
            if journal.takes_place and run.conflicts > _MAX_SHARED:
                run.together = 1  # it may be a step's own write that is refused: its place alone, then the step
        case Reaction.SPLIT:
            run.together = 1
        case Reaction.UNTIE:
            run.orphan = True
        case Reaction.QUIETLY:
            run.quiet = True
        case Reaction.FAIL_STEP:
            run.fallback = FailStep(refusal, for_good=isinstance(run.fallback, FailStep) and run.fallback.for_good)
    run.in_flight = left_in_flight(run.in_flight, reaction)


def _store_less(run: Run, journal: Journal, refusal: AppError) -> Reaction:
    """Prepare the run for a commit that holds less. Raises the refusal where not even the run's end can be stored."""
    log.warning("a commit was refused", execution_id=run.execution.id, reason=str(refusal.__cause__ or refusal))
    fallback = run.fallback
    if isinstance(fallback, EndRun) and run.quiet:
        raise refusal
    run.caches.forget()
    refused = Refused(journal.before, journal.after, in_flight=run.in_flight, steps_done=journal.steps_done)
    failing = isinstance(fallback, EndRun) or (fallback is not None and fallback.for_good)
    reaction = after_refusal(refused, failing=failing)
    match reaction:
        case Reaction.SPLIT:
            run.together = 1
        case Reaction.FAIL_STEP:
            run.fallback = FailStep(refusal, for_good=True)
        case Reaction.ANSWER_LOST if isinstance(run.in_flight, Performed):
            run.in_flight, error = lost(run.in_flight, refusal)
            run.fallback = FailStep(error, for_good=True)
        case Reaction.GIVE_UP if fallback:
            run.fallback, run.quiet = EndRun(fallback.error), isinstance(fallback, EndRun)
    run.in_flight = left_in_flight(run.in_flight, reaction)
    return reaction
