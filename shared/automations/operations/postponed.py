"""Has what the rules of contacts hold up ask again, once a rule has changed: it would wait for a time that was the old
rule's, such as the end of a pause that was lifted."""

from shared.automations.runs import queue, waits
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.gcp import firestore, refusals
from shared.kit import clock


def ask_again(uid: str) -> None:
    """Wakes the user's executions that have put a message off: a query for every 300 executions under way, a batch and
    a publish for those that wait. Each asks its rules anew, and sleeps again where they say so."""
    under_way = run_store.executions.each(uid, where=[("completed_at", "==", None)])
    waiting = [run for run in under_way if _is_put_off(run)]
    if not waiting:
        return
    fields = {"wake_at": clock.now(), **run_store.sweep_soon()}
    outcomes = firestore.client().batch_write(
        [run_store.executions.to_update(uid, run.id, fields, version=run.version) for run in waiting]
    )
    queue.hand_over(queue.message(run) for run in waiting)
    refusals.raise_failures(outcomes)  # none of an execution that a runner has just taken on


def _is_put_off(run: Execution) -> bool:
    """Whether a step has put itself off, for no fault of its own; one that is held asks when it is released."""
    if not isinstance(waits.wait_of(run), waits.Retry) or run.status != "waiting" or run.attempts:
        return False
    return any(result.status == "waiting" for result in run.results.values())
