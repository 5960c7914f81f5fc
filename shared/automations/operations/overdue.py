"""Hands overdue executions (`due_at` has passed: a lost message, a dead runner) to runners again; never runs them
itself."""

from collections.abc import Sequence
from datetime import timedelta

from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution
from shared.gcp.writes import Write
from shared.kit import clock
from shared.store.sweeps import Sweep

_AGAIN = timedelta(minutes=2)


def sweep() -> dict[str, int]:
    """Hands over the executions of all users that are overdue: a query, a batch and a publish for each 500.

    Each is first postponed under its version: two sweeps at once, or a runner that has just committed, send nothing
    twice.
    """
    this = Sweep("overdue", "sent")
    this.each(run_store.overdue(), lambda runs: _hand_over(this, runs))
    return this.done()


def _hand_over(sweep: Sweep, overdue: Sequence[Execution]) -> None:
    postponed = sweep.write(overdue, _to_postpone)
    stalled = [execution for execution in postponed if execution.status not in TERMINAL]
    queue.hand_over(queue.message(execution, swept=True) for execution in stalled)
    sweep.count(overdue=len(overdue), sent=len(stalled))


def _to_postpone(execution: Execution) -> Write:
    """Builds the write that makes an execution due again in two minutes; never again if it has ended."""
    again = None if execution.status in TERMINAL else clock.now() + _AGAIN
    return run_store.executions.to_update(execution.user_id, execution.id, {"due_at": again}, version=execution.version)
