"""The first steps of a run, done where it is started: they share the commit that makes it.

A light step has no effect but what is committed with it. A commit that is refused leaves nothing, and
the run starts in the usual way; so does one whose first step is not light, or that has to ask first
whether it may begin (infra/decisions/0012).
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from shared.automations import engine, queue, repository
from shared.automations.advance import Run, advance
from shared.automations.journal import Journal
from shared.automations.models import Execution
from shared.automations.program import Program, compiled
from shared.errors import NotFound
from shared.kit.ids import new_id

_MOST = 5  # runs in one commit, which stays far below Firestore's 500 writes


def begin(executions: Iterable[Execution], listening: Mapping[str, dict[str, Any]]) -> dict[str, Journal]:
    """By execution: what was done of it, to be committed. Runs that change the same document begin one by one.

    A read for a definition that this process has not seen.
    """
    begun: dict[str, Journal] = {}
    changed: set[str] = set()
    for execution in executions:
        if len(begun) == _MOST or not _free(execution, listening[execution.triggered_by]):
            continue
        journal = _begin(execution)
        if journal and not journal.changed & changed:
            begun[execution.id] = journal
            changed |= journal.changed
    return begun


def _free(execution: Execution, subscribed: dict[str, Any]) -> bool:
    """Whether nothing is to be asked before it begins, nor between its steps."""
    return not subscribed.get("limited") and bool(subscribed["automations"][execution.automation_id].get("free"))


def _begin(execution: Execution) -> Journal | None:
    try:
        program = _program(execution.user_id, execution.automation_id, execution.definition)
    except NotFound:
        return None  # deleted meanwhile
    run = Run(execution, program, runner=new_id(), eager=True)
    journal = Journal(execution, program, run.runner)
    advance(run, journal)
    return journal if journal.steps_done or journal.suspended else None


def follow_up(journal: Journal) -> None:
    """After the commit: what a runner would do now."""
    engine.pass_on(journal)
    if journal.suspended:
        queue.wake(journal.after)
    elif not journal.finished:
        queue.hand_over([queue.message(journal.after)])


@lru_cache(maxsize=128)
def _program(uid: str, automation_id: str, definition: int) -> Program:
    """A definition never changes, so it is read once. Raises NotFound."""
    steps = repository.load_definition(uid, automation_id, definition)
    if steps is None:
        raise NotFound("The automation is gone.")
    return compiled(steps)
