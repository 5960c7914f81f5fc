"""Runs an execution: claim, act, record, until it ends, waits or the time is up.

Each commit holds the step's record, the action's effects and the execution's next state. The
execution's version is its precondition, and every commit answers the next version, so a run needs
no read between its steps, and of two rival runners one loses at its first commit. Light steps in a
row share a commit, so n internal steps cost at most n; the start is one more, if it cannot share one
(`starts/inline.py`), and an outside effect one more, for its claim (infra/decisions/0009).
"""

from datetime import datetime, timedelta

from shared import context, log, settings
from shared.automations.definitions import store as definition_store
from shared.automations.engine import limits
from shared.automations.engine.advance import advance
from shared.automations.engine.commits import commit
from shared.automations.engine.conflicts import Reaction
from shared.automations.engine.decisions import Leave, Verdict
from shared.automations.engine.journal import Journal
from shared.automations.engine.loading import hold_of, load
from shared.automations.engine.running import Run
from shared.automations.runs import holds, queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL
from shared.automations.runs.queue import RunMessage
from shared.context import Principal
from shared.errors import PreconditionFailed
from shared.gcp import firestore
from shared.gcp.writes import Increment
from shared.kit import clock


def serve(message: RunMessage) -> Verdict:
    """Take an execution on for as long as one invocation may."""
    verdict = run(message, until=clock.now() + timedelta(seconds=settings.current().run_seconds))
    context.current().facts["verdict"] = str(verdict)
    return verdict


def run(message: RunMessage, *, until: datetime) -> Verdict:
    """Take an execution on, one commit at least, and hand it over when `until` has come."""
    call = context.current()
    call.principal, call.execution_id = Principal(message.uid), message.execution_id
    run = load(message)
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
        committed = commit(run, journal)
        if committed is Reaction.LEAVE:
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


def _rest(run: Run) -> None:
    """Have a run that was just suspended woken in time; let it go on where nobody holds its automation any more."""
    execution = run.execution
    queue.wake(execution)
    if run.hold and execution.paused_by == run.hold:
        automation = definition_store.automations.find(execution.user_id, execution.automation_id)
        if hold_of(automation) is None:  # whoever released all executions may have queried before this one was held
            holds.release(execution)


def _count_stall(run: Run) -> bool:
    """Count a restart by the sweeper, as a run whose runners die again and again is given up: one commit.

    False where another runner is at the run.
    """
    execution = run.execution
    count = {"stalls": Increment(1)}
    try:
        version = firestore.client().commit(
            [run_store.executions.to_update(execution.user_id, execution.id, count, version=execution.version)]
        )
    except PreconditionFailed:
        return False
    execution.stalls += 1
    run.execution = run_store.executions.stamped(execution, version)
    return True


def pass_on(journal: Journal) -> list[RunMessage]:
    """Log the steps and the end that were just committed. Answers messages for runs that the commit has started,
    stopped or freed."""
    execution = journal.after
    for line in journal.lines:
        log.info(f"{line['action']}: {line['outcome']}", kind="step", execution_id=execution.id, **line)
    messages = [queue.message(child) for child in journal.started]
    if journal.finished:
        ended = execution.completed_at.timestamp() if execution.completed_at else None
        why = {"error": execution.error} if execution.error else {}
        fields = {"execution_id": execution.id, "subject": execution.event.document_id, "ended": ended, **why}
        log.info(f"execution ended: {execution.status}", kind="execution", outcome=execution.status, **fields)
        if (parent := execution.parent) and parent.waits:
            messages.append(_message(execution.user_id, parent.execution_id, parent.automation_id))
    if journal.stopped:
        child = journal.stopped.about
        automation = child.get("automation_id", execution.automation_id)
        messages.append(_message(execution.user_id, child["execution_id"], automation))
    return messages


def _message(uid: str, execution_id: str, automation_id: str) -> RunMessage:
    return RunMessage(uid=uid, execution_id=execution_id, automation_id=automation_id)


def _call_next(run: Run, journal: Journal) -> list[RunMessage]:
    """Messages for the runs that may take the place which the commit has left, where concurrency is limited."""
    before = journal.before
    left = before.slots or (journal.takes_place and before.queued_at)  # else it has kept nobody waiting
    if run.automation is None or not left or journal.after.slots:
        return []
    return [queue.message(execution) for execution in limits.next_in_line(run.automation)]
