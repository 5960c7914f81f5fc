"""Hands overdue executions (`due_at` has passed: a lost message, a dead runner) to runners again; never runs them
itself."""

from datetime import timedelta

from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock

BATCH = 500
_AGAIN = timedelta(minutes=2)


def sweep() -> dict[str, int]:
    """Hands over the executions of all users that are overdue, at most 500: one query, one batch, one publish.

    Each is first postponed under its version: two sweeps at once, or a runner that has just committed, send nothing
    twice.
    """
    overdue = run_store.overdue(BATCH)
    postponed = firestore.client().batch_write([_to_postpone(execution) for execution in overdue])
    written = [e for e, refused in zip(overdue, postponed, strict=True) if refused is None]
    stalled = [execution for execution in written if execution.status not in TERMINAL]
    queue.hand_over(queue.message(e, swept=True) for e in stalled)
    return {"overdue": len(overdue), "sent": len(stalled)}


def _to_postpone(execution: Execution) -> Write:
    """Builds the write that makes an execution due again in two minutes; never again if it has ended."""
    again = None if execution.status in TERMINAL else clock.now() + _AGAIN
    return run_store.executions.to_update(execution.user_id, execution.id, {"due_at": again}, version=execution.version)
