"""Does the first light steps of an execution in the commit that creates it.

A light step has no effect but the writes of its commit. If the store refuses that commit, nothing is written, and a
runner starts the execution as usual; so it does if the first step is not light, or if limits have to let the
execution begin (infra/decisions/0012).

What kills the process must not do so again and again: the first attempt at an event of more than a minute ago leaves a
mark before it begins, and later ones leave the executions to runners, whose deaths are counted.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache

from shared import log
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.program import Program, compiled
from shared.automations.definitions.subscriptions import Subscription
from shared.automations.engine import runner
from shared.automations.engine.advance import advance
from shared.automations.engine.journal import Journal
from shared.automations.engine.running import Run
from shared.automations.runs import queue
from shared.automations.runs.models import Execution
from shared.automations.runs.queue import RunMessage
from shared.errors import AlreadyExists, NotFound
from shared.gcp import firestore, writes
from shared.kit import clock
from shared.kit.ids import new_id
from shared.store.changes import Change

_REMEMBERED = timedelta(days=3)  # longer than any event is delivered again
_MOST = 5  # executions of one event that begin inline, so that a commit stays far below Firestore's 500 writes


def begin(change: Change, executions: Sequence[Execution], listening: Mapping[str, Subscription]) -> dict[str, Journal]:
    """Does the first light steps of executions; answers the uncommitted journal of each that has begun.

    Executions that change the same document do not begin together. A read for a definition that is new to this process;
    a commit for an event of more than a minute ago.
    """
    journals: dict[str, Journal] = {}
    changed: set[str] = set()
    ready = [execution for execution in executions if _may_begin(execution, listening[execution.triggered_by])]
    if not ready or not (change.fresh or _is_first_attempt(change)):
        return {}
    for execution in ready[:_MOST]:
        journal = _begin(execution)
        if journal and not journal.changed & changed:
            journals[execution.id] = journal
            changed |= journal.changed
    return journals


def _is_first_attempt(change: Change) -> bool:
    """Leaves an event's mark, in a commit of its own: what follows may be the last thing that this process does. False
    where there is one."""
    mark = {"begun_at": clock.now(), "expire_at": clock.now() + _REMEMBERED}
    try:
        firestore.client().commit([writes.create(f"users/{change.uid}/meters/begun~{change.event_id}", mark)])
    except AlreadyExists:
        return False
    return True


def follow_up(journal: Journal) -> list[RunMessage]:
    """After the commit, schedules the execution's wake-up and answers the messages that runners are to get."""
    queue.wake(journal.after)
    goes_on = not (journal.finished or journal.suspended)
    return [*runner.pass_on(journal), *([queue.message(journal.after)] if goes_on else [])]


def _may_begin(execution: Execution, subscription: Subscription) -> bool:
    listed = subscription.automations[execution.automation_id]
    return listed.eager and not subscription.limited and not execution.paused


def _begin(execution: Execution) -> Journal | None:
    """Does an execution's first steps; None where a runner has to. Never raises, so that others still start."""
    try:
        program = _program(execution.user_id, execution.automation_id, execution.definition)
        run = Run(execution, program, runner=new_id(), eager=True)
        journal = Journal(execution, program, run.runner)
        advance(run, journal)
    except Exception as error:
        log.error("a run is left to a runner", exception=error, execution_id=execution.id)
        return None
    return journal if journal.steps_done or journal.suspended or journal.finished else None


@lru_cache(maxsize=128)
def _program(uid: str, automation_id: str, definition: int) -> Program:
    """A definition's compiled program: one read, once a process, as it never changes. Raises NotFound if it was
    deleted."""
    steps = definition_store.load_definition(uid, automation_id, definition)
    if steps is None:
        raise NotFound("The automation is gone.")
    return compiled(steps)
