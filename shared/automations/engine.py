"""Running an execution: claim, act, record, until it ends, waits or the time is up.

Each step is one commit: its record, the action's effects and the execution's next state. The
execution's version is the precondition, and every commit answers the next version, so a run needs
no read between its steps, and of two rival runners one loses at its first commit. n steps cost
n commits; the start is one more.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from shared import context, log, settings
from shared.automations import queue, repository
from shared.automations.actions.base import Done, RunMemo, Wait
from shared.automations.journal import Journal
from shared.automations.models import TERMINAL, Automation, Execution, Step
from shared.automations.queue import RunMessage
from shared.automations.retry import plan_retry
from shared.automations.steps import Failed, Skipped, attempt
from shared.errors import AlreadyExists, AppError, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.kit import clock
from shared.kit.ids import new_id


class Verdict(StrEnum):
    """What a runner has to say to its caller."""

    DONE = "done"  # ended, suspended or handed over: the message is served
    PARKED = "parked"  # another runner is at it
    EARLY = "early"  # the wait is not over


@dataclass
class _Run:
    execution: Execution
    steps: list[Step]
    runner: str
    memo: RunMemo = field(default_factory=RunMemo)


def serve(message: RunMessage) -> Verdict:
    """Take an execution on for as long as one invocation may."""
    verdict = run(message, until=clock.now() + timedelta(seconds=settings.current().run_seconds))
    commits = context.current().cost.commits
    log.info(f"execution {verdict}", execution_id=message.execution_id, commits=commits)
    return verdict


def run(message: RunMessage, *, until: datetime) -> Verdict:
    """Take an execution on, one step at least, and hand it over when `until` has come."""
    run = _load(message)
    if run is None:
        return Verdict.DONE
    first = run.execution.version
    while run.execution.status not in TERMINAL:
        if run.execution.wake_at and clock.now() < run.execution.wake_at and not run.execution.cancel_requested:
            return Verdict.EARLY
        if clock.now() >= until and run.execution.version != first:
            queue.hand_over([message])
            return Verdict.DONE
        journal = _advance(run)
        try:
            version = firestore.client().commit(journal.changes)
        except (AlreadyExists, NotFound, PreconditionFailed) as conflict:
            if not _still_ours(run, conflict):
                return Verdict.PARKED
            continue
        run.execution = repository.executions.stamped(journal.after, version)
        if journal.finished:
            _tell(run.execution)
        if run.execution.wake_at:
            queue.wake(message, run.execution.wake_at, reason=_wake_reason(run.execution))
            return Verdict.DONE
    return Verdict.DONE


def _tell(execution: Execution) -> None:
    ended = execution.completed_at.timestamp() if execution.completed_at else None
    log.info(f"execution ended: {execution.status}", subject=execution.event.document_id, ended=ended)


def _load(message: RunMessage) -> _Run | None:
    """The execution, with the steps it started with: two reads, one round trip."""
    execution, automation = repository.load_run(message.uid, message.execution_id, message.automation_id)
    if execution is None:
        return None
    stopped = automation is None or (automation.status != "active" and execution.triggered_by != "manual")
    steps = _pinned(execution, automation)
    if steps is None or stopped:
        execution.cancel_requested = True
    return _Run(execution, steps or [], runner=new_id())


def _pinned(execution: Execution, automation: Automation | None) -> list[Step] | None:
    if automation and automation.definition == execution.definition:
        return automation.steps
    return repository.load_definition(execution.user_id, execution.automation_id, execution.definition)


def _advance(run: _Run) -> Journal:
    """The commit that takes the execution one step further."""
    journal = Journal(run.execution, run.steps, run.runner)
    if run.execution.cancel_requested:
        return journal.cancel()
    if run.execution.wake_at:
        journal.wake_up()
        if journal.finished:
            return journal
    step = run.steps[journal.after.position]
    outcome = attempt(journal.after, step, run.memo)
    match outcome.result:
        case Done() as done:
            journal.complete(step, outcome, done)
        case Wait() as wait:
            journal.suspend(step, outcome, wait)
        case Skipped() as skipped:
            journal.skip(step, outcome, skipped)
        case Failed(error):
            failures = len(journal.after.attempts) + 1
            again = plan_retry(step.retry, error, failures, clock.now(), luck=random.random())  # noqa: S311
            if again:
                journal.retry(outcome, error, again)
            else:
                journal.fail(step, outcome, error)
    return journal


def _still_ours(run: _Run, conflict: AppError) -> bool:
    """After a conflict: whether to go on, from what is stored now.

    Unchanged, the conflict is in the action's effects, and the step has failed. Changed by
    ourselves, only the answer was lost. Touched by a person or the sweeper, we go on. Else a rival
    is at work, and we leave it to him.
    """
    before = run.execution
    stored = repository.executions.find(before.user_id, before.id)
    if stored is None:
        return False
    if stored.version == before.version:
        run.memo.refused = conflict
        return True
    if stored.runner == run.runner or (stored.runner == before.runner and stored.position == before.position):
        run.execution = stored
        return True
    log.info("another runner is at this execution", execution_id=before.id)
    return False


def _wake_reason(execution: Execution) -> str:
    """Names one wait: the step, and how often it has failed."""
    return f"{execution.position}:{len(execution.attempts)}"
