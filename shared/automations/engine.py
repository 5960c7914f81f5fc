"""Running an execution: claim, act, record, until it ends, waits or the time is up.

Each commit holds the step's record, the action's effects and the execution's next state. The
execution's version is its precondition, and every commit answers the next version, so a run needs
no read between its steps, and of two rival runners one loses at its first commit. Light steps in a
row share a commit, so n internal steps cost at most n; the start is one more, if it cannot share one
(`eager.py`), and an outside effect one more, for its claim (infra/decisions/0009).
"""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from shared import context, log, settings
from shared.automations import builtins, control, limits, queue, repository
from shared.automations.advance import Run, advance
from shared.automations.journal import Journal
from shared.automations.models import TERMINAL, Automation, Execution, PausedBy, Step
from shared.automations.program import compiled
from shared.automations.queue import RunMessage
from shared.context import Principal
from shared.domains import mishaps, usage
from shared.errors import AlreadyExists, AppError, NotFound, PreconditionFailed, Unavailable
from shared.gcp import firestore
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.ids import new_id

_MAX_CONFLICTS = 20  # in a row, without a commit: rivals are met in fewer
_STATE = ("runner", "status", "generation", "position", "sequence", "cancel_requested", "paused")


class Verdict(StrEnum):
    """What a runner has to say to its caller."""

    ENDED = "ended"
    DONE = "done"  # suspended, handed over or ended before: the message is served
    PARKED = "parked"  # another runner is at it
    EARLY = "early"  # the wait is not over


def serve(message: RunMessage) -> Verdict:
    """Take an execution on for as long as one invocation may."""
    verdict = run(message, until=clock.now() + timedelta(seconds=settings.current().run_seconds))
    if verdict is not Verdict.ENDED:  # which was told at once
        _log(message.execution_id, verdict)
    return verdict


def _log(execution_id: str, what: str, **more: Any) -> None:
    log.info(f"execution {what}", execution_id=execution_id, commits=context.current().cost.commits, **more)


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
        journal = run.ready or Journal(run.execution, run.program, run.runner, quiet=run.quiet)
        if run.ready is None and not advance(run, journal):
            return _idle(run.execution)
        run.ready = None
        try:
            version, counted = firestore.client().commit_counted([*journal.changes, *_spending(run, journal)])
        except (AlreadyExists, NotFound, PreconditionFailed) as conflict:
            run.conflicts += 1
            run.memo.about = None  # what was made of it is not stored
            if run.conflicts > _MAX_CONFLICTS:
                raise Unavailable("The execution cannot be recorded; it is tried again later.") from conflict
            if not _still_ours(run, journal, conflict):
                return Verdict.PARKED
            continue
        run.conflicts, run.performed = 0, None
        context.current().settled()
        run.execution = repository.executions.stamped(journal.after, version)
        queue.hand_over([*pass_on(journal), *_call_next(run, journal)])
        _keep_budget(run, journal, counted)
        if journal.finished:
            return Verdict.ENDED
        if run.execution.status == "waiting":
            _rest(run)
            return Verdict.DONE
    return Verdict.DONE


def _rest(run: Run) -> None:
    """After the commit that suspends it: have it woken, and let it go on if it need not be held any more."""
    execution = run.execution
    queue.wake(execution)
    if run.hold and execution.paused_by == run.hold:
        automation = repository.automations.find(execution.user_id, execution.automation_id)
        if _held_by(automation) is None:  # whoever let all go on may have looked before this one was held
            control.let_go(execution)


def _count_stall(run: Run) -> bool:
    """Taken up because it was overdue: if its runners die again and again, it is given up. One commit."""
    execution = run.execution
    count = {"stalls": Increment(1)}
    try:
        version = firestore.client().commit(
            [repository.executions.to_update(execution.user_id, execution.id, count, version=execution.version)]
        )
    except PreconditionFailed:
        return False  # it is getting on
    execution.stalls += 1
    run.execution = repository.executions.stamped(execution, version)
    return True


def _idle(execution: Execution) -> Verdict:
    if execution.status == "running":
        return Verdict.PARKED
    early = execution.wake_at is not None and clock.now() < execution.wake_at
    return Verdict.EARLY if early else Verdict.DONE


def _spending(run: Run, journal: Journal) -> list[Write]:
    """What providers took since the last commit is counted in this one, and what went badly is told."""
    uid, call = run.execution.user_id, context.current()
    journal.spent["tokens"] += sum(one.tokens for one in call.usage)
    told = [*usage.to_record(uid, call.usage), *mishaps.to_tell(uid, call.mishaps)]
    return told + _budgeted(run, journal)


def _budgeted(run: Run, journal: Journal) -> list[Write]:
    return limits.to_spend(journal.after, run.automation, journal.spent) if run.automation else []


def _keep_budget(run: Run, journal: Journal, counted: Mapping[str, Sequence[Any]]) -> None:
    """What the commit itself has counted may be too much: the automation is paused, and this run held."""
    if run.automation is None or run.hold:
        return
    if reason := limits.overspent(run.execution, run.automation, journal.spent, counted):
        limits.pause(run.automation, reason)
        run.hold = "automation"


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
        child = journal.stopped
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
    execution, automation = repository.load_run(
        message.uid, message.execution_id, None if own else message.automation_id
    )
    if execution is None:
        return None
    if own:
        return Run(execution, compiled(own.steps), runner=new_id())
    steps = _pinned(execution, automation)
    if steps is None or _switched_off(execution, automation):
        execution.cancel_requested = True
    run = Run(execution, compiled(steps or []), runner=new_id(), automation=automation, hold=_held_by(automation))
    if automation and limits.counts_steps(automation):
        run.together = 1  # so that the budget is asked between them
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
    return repository.load_definition(execution.user_id, execution.automation_id, execution.definition)


def _still_ours(run: Run, journal: Journal, conflict: AppError) -> bool:
    """After a conflict: whether to go on, from what is stored now.

    Unchanged, the conflict is in an effect: of several steps, each is then committed on its own; of
    one, it has failed. Changed by ourselves, only the answer was lost. Touched by the sweeper or an
    event, what was done stays done; by a person, it is looked at anew. Else a rival is at work, and we
    leave it to him.
    """
    before = run.execution
    stored = repository.executions.find(before.user_id, before.id)
    if stored is None:
        return False
    if stored.version == before.version:
        _blame(run, journal, conflict)
        return True
    if _only_told(before, stored) and before.waiting is None and not journal.suspended:
        journal.rebase(stored)
        run.execution, run.ready = stored, journal
        return True
    run.claimed = None
    if stored.runner == run.runner or (stored.runner == before.runner and stored.position == before.position):
        if stored.intent != before.intent:
            run.performed = None  # recorded already
        run.execution = stored
        return True
    log.info("another runner is at this execution", execution_id=before.id)
    return False


def _only_told(before: Execution, stored: Execution) -> bool:
    """Whether only the sweeper's time, or an event that it may wait for, was written."""
    return all(getattr(before, name) == getattr(stored, name) for name in _STATE)


def _blame(run: Run, journal: Journal, conflict: AppError) -> None:
    if run.claimed:  # what the claim rests on has changed: the question is asked again
        run.claimed = None
        time.sleep(random.uniform(0, 0.01 * run.conflicts))  # noqa: S311
        return
    if run.performed:  # it took place: at least that is recorded
        tried, effect = run.performed
        run.performed = (replace(tried, effects=[], started=[]), effect)
        return
    parent = run.execution.parent
    if journal.after.slots != journal.before.slots:
        return  # a rival took the place: there may be another
    if journal.finished and parent and repository.executions.find(run.execution.user_id, parent.execution_id) is None:
        run.execution.parent = None  # nobody waits any more
    elif journal.steps_done > 1:
        run.together = 1
    elif journal.finished and journal.after.status != "success":
        run.quiet = True  # what was to be told of the end is about something that is gone
    else:
        run.memo.refused = conflict
