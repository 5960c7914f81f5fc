"""Running an execution: claim, act, record, until it ends, waits or the time is up.

Each commit holds the step's record, the action's effects and the execution's next state. The
execution's version is its precondition, and every commit answers the next version, so a run needs
no read between its steps, and of two rival runners one loses at its first commit. Light steps in a
row share a commit, so n internal steps cost at most n; the start is one more, if it cannot share one
(`starts/inline.py`), and an outside effect one more, for its claim (infra/decisions/0009).
"""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared import context, log, settings
from shared.automations import builtins
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation, Step
from shared.automations.definitions.program import compiled
from shared.automations.engine import budget_pause, budgets, limits, refusals
from shared.automations.engine.advance import advance
from shared.automations.engine.conflicts import Reaction, Refused, after_conflict, kept
from shared.automations.engine.decisions import Leave, Verdict
from shared.automations.engine.in_flight import Performed
from shared.automations.engine.journal import Journal
from shared.automations.engine.running import EndRun, FailStep, Reservation, Run
from shared.automations.runs import holds, queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution, PausedBy
from shared.automations.runs.queue import RunMessage
from shared.context import Principal
from shared.domains import mishaps, usage
from shared.errors import AlreadyExists, AppError, NotFound, PreconditionFailed, Unavailable
from shared.gcp import firestore
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.ids import new_id

_MAX_CONFLICTS = 20  # in a row, without a commit: rivals are met in fewer
_MAX_UNANSWERED = 4  # as long as no outcome would be lost with it


def serve(message: RunMessage) -> Verdict:
    """Take an execution on for as long as one invocation may."""
    verdict = run(message, until=clock.now() + timedelta(seconds=settings.current().run_seconds))
    if verdict is not Verdict.ENDED:  # which was told at once
        _log(message.execution_id, verdict)
    return verdict


def _log(execution_id: str, what: str, **more: Any) -> None:
    log.info(f"execution {what}", execution_id=execution_id, commits=context.current().meter.cost.commits, **more)


def run(message: RunMessage, *, until: datetime) -> Verdict:
    """Take an execution on, one commit at least, and hand it over when `until` has come."""
    context.current().principal = Principal(message.uid)
    run = _load(message)
    if run is None:
        return Verdict.DONE
    if message.swept and not _count_stall(run):
        return Verdict.PARKED
    message, first = queue.message(run.execution), run.execution.version
    while run.execution.status not in TERMINAL:
        if run.execution.version != first and not run.mid_step and clock.now() >= until:
            queue.hand_over([message])
            return Verdict.DONE
        journal = run.planned or run.journal()
        if run.planned is None and isinstance(decision := advance(run, journal), Leave):
            return decision.verdict
        run.planned = None
        committed = _commit(run, journal)
        if committed is Reaction.LEAVE:
            log.info("another runner is at this execution", execution_id=run.execution.id)
            return Verdict.PARKED
        if committed is not Reaction.COMMITTED:
            continue
        queue.hand_over([*pass_on(journal), *_call_next(run, journal)])
        if journal.finished:
            return Verdict.ENDED
        if run.execution.status == "waiting":
            _rest(run)
            return Verdict.DONE
    return Verdict.DONE


def _commit(run: Run, journal: Journal) -> Reaction:
    """Commit what is planned; answers COMMITTED, LEAVE, or with the run prepared for another attempt, any other."""
    counted: Mapping[str, Sequence[Any]] = {}
    spending = (
        budgets.to_count(journal, run.automation) if isinstance(run.fallback, EndRun) else _spending(run, journal)
    )
    try:
        version, counted = firestore.client().commit_counted([*journal.to_commit(), *spending])
        execution = run_store.executions.stamped(journal.after, version)
    except (AlreadyExists, NotFound, PreconditionFailed, Unavailable) as refusal:
        stored, reaction = _look(run, journal, refusal)
        if stored is None or reaction is not Reaction.COMMITTED:
            _prepare(run, journal, reaction, stored, refusal)
            return reaction
        execution = stored
    except AppError as refusal:
        return refusals.descend(run, journal, refusal)
    run.committed(execution)
    context.current().meter.clear()
    _keep_budget(run, journal, counted)
    return Reaction.COMMITTED


def _rest(run: Run) -> None:
    """After the commit that suspends it: have it woken, and let it go on if it need not be held any more."""
    execution = run.execution
    queue.wake(execution)
    if run.hold and execution.paused_by == run.hold:
        automation = definition_store.automations.find(execution.user_id, execution.automation_id)
        if _held_by(automation) is None:  # whoever let all go on may have looked before this one was held
            holds.let_go(execution)


def _count_stall(run: Run) -> bool:
    """Taken up because it was overdue: if its runners die again and again, it is given up. One commit."""
    execution = run.execution
    count = {"stalls": Increment(1)}
    try:
        version = firestore.client().commit(
            [run_store.executions.to_update(execution.user_id, execution.id, count, version=execution.version)]
        )
    except PreconditionFailed:
        return False  # it is getting on
    execution.stalls += 1
    run.execution = run_store.executions.stamped(execution, version)
    return True


def _spending(run: Run, journal: Journal) -> list[Write]:
    """What providers took since the last commit is counted in this one, and what went badly is told."""
    uid, call = run.execution.user_id, context.current()
    journal.spent["tokens"] = sum(one.tokens for one in call.meter.usage)
    told = [*usage.to_record(uid, call.meter.usage), *mishaps.to_tell(uid, call.meter.mishaps)]
    return [*told, *budgets.to_count(journal, run.automation)]


def _keep_budget(run: Run, journal: Journal, counted: Mapping[str, Sequence[Any]]) -> None:
    """What the commit has counted may be too much: the automation is paused, and this run held."""
    run.reservation = Reservation.NONE
    if run.automation is None or run.hold:
        return
    standing = budgets.standing(journal, run.automation, counted)
    if standing.used_up:
        run.automation = budget_pause.pause(
            run.automation, lambda current: budgets.standing(journal, current, counted).used_up
        )
        run.hold = _held_by(run.automation)
        return
    if standing.busy:
        run.reservation = Reservation.CONTENDED
    elif journal.after.reserved:
        run.reservation = Reservation.COVERED


def pass_on(journal: Journal) -> list[RunMessage]:
    """After the commit: tell the log of an end; answers what runners can take on by it."""
    execution = journal.after
    waiting = [queue.message(child) for child in journal.started]
    if journal.finished:
        ended = execution.completed_at.timestamp() if execution.completed_at else None
        why = {"error": execution.error} if execution.error else {}
        _log(execution.id, f"ended: {execution.status}", subject=execution.event.document_id, ended=ended, **why)
        if execution.parent and execution.parent.waits:
            parent = execution.parent
            waiting.append(
                RunMessage(uid=execution.user_id, execution_id=parent.execution_id, automation_id=parent.automation_id)
            )
    if journal.stopped:
        child = journal.stopped.about
        waiting.append(
            RunMessage(
                uid=execution.user_id,
                execution_id=child["execution_id"],
                automation_id=child.get("automation_id", execution.automation_id),
            )
        )
    return waiting


def _call_next(run: Run, journal: Journal) -> list[RunMessage]:
    """Where concurrency is limited: who may have the place that the commit has left."""
    if run.automation is None or not journal.before.slots or journal.after.slots:
        return []
    return [queue.message(execution) for execution in limits.next_in_line(run.automation)]


def _load(message: RunMessage) -> Run | None:
    """The execution, with the steps it started with: two reads, one round trip."""
    own = builtins.BUILTINS.get(message.automation_id)
    execution, automation = run_store.load_run(
        message.uid, message.execution_id, None if own else message.automation_id
    )
    if execution is None:
        return None
    if own:
        return Run(execution, compiled(own.steps), runner=new_id())
    steps = _pinned(execution, automation)
    run = Run(execution, compiled(steps or []), runner=new_id(), automation=automation, hold=_held_by(automation))
    run.switched_off = steps is None or _switched_off(execution, automation)
    if automation and budgets.limits_steps(automation):
        run.together = 1  # so that each is reserved
    return run


def _held_by(automation: Automation | None) -> PausedBy | None:
    if automation is None:
        return None
    return "kill_switch" if automation.halted else "automation" if automation.status == "paused" else None


def _switched_off(execution: Execution, automation: Automation | None) -> bool:
    if automation is None:
        return True
    return automation.status == "inactive" and execution.triggered_by != "manual"


def _pinned(execution: Execution, automation: Automation | None) -> list[Step] | None:
    if automation and automation.definition == execution.definition:
        return automation.steps
    return definition_store.load_definition(execution.user_id, execution.automation_id, execution.definition)


def _look(run: Run, journal: Journal, refusal: AppError) -> tuple[Execution | None, Reaction]:
    """What is stored after a commit that was refused or not answered, and what follows: one read, or two.

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
        answered=not isinstance(refusal, Unavailable),
        parent_gone=parent_gone,
    )
    return stored, after_conflict(refused, stored)


def _refuse_too_many(run: Run, refusal: AppError) -> None:
    """An outcome that is not recorded yet is worth more patience than a plan."""
    patient = isinstance(run.in_flight, Performed) or not isinstance(refusal, Unavailable)
    if run.conflicts > (_MAX_CONFLICTS if patient else _MAX_UNANSWERED):
        raise Unavailable("The execution cannot be recorded; it is tried again later.") from refusal


def _parent_gone(journal: Journal) -> bool:
    parent = journal.after.parent
    if parent is None or not journal.finished:
        return False
    return run_store.executions.find(journal.after.user_id, parent.execution_id) is None


def _prepare(run: Run, journal: Journal, reaction: Reaction, stored: Execution | None, refusal: AppError) -> None:
    """What the reaction asks for before the run is planned or committed again."""
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
        case Reaction.ASK_AGAIN:
            time.sleep(random.uniform(0, 0.01 * run.conflicts))  # noqa: S311
        case Reaction.SPLIT:
            run.together = 1
        case Reaction.UNTIE:
            run.orphan = True
        case Reaction.QUIETLY:
            run.quiet = True
        case Reaction.FAIL_STEP:
            run.fallback = FailStep(refusal, for_good=isinstance(run.fallback, FailStep) and run.fallback.for_good)
    run.in_flight = kept(run.in_flight, reaction)
