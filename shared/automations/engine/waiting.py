"""Transitions into a wait and out of it. Each answers the changes and alters nothing."""

from datetime import datetime

from shared.automations.actions.base import Again, Wait
from shared.automations.engine import claims, leases, notices, records
from shared.automations.engine.changes import Changes, State
from shared.automations.engine.step import Attempted
from shared.automations.runs.models import Attempt, Execution, PausedBy, StepResult, Turn, Waiting
from shared.errors import AppError
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock


def suspend(state: State, tried: Attempted, wait: Wait) -> Changes:
    """The step waits: its record says for what, and until when."""
    outcome = records.Outcome("waiting", wait.message, wake_at=wait.until)
    recorded = records.effects(state, tried).then(records.write(state, tried, outcome))
    after = recorded.after.draft()
    after.waiting = Waiting(kind=wait.kind, key=state.key, message=wait.message, until=wait.until, about=wait.details)
    after.results[state.step.id] = StepResult(status="waiting", message=wait.message, output=wait.details)
    if wait.kind == "automation":
        after.awaited[state.key] = wait.details["execution_id"]
    return recorded.then(_asleep(after, wait.until))


def postpone(state: State, again: Again) -> Changes:
    """The step is tried later, for no fault of its own."""
    after, step = state.execution.draft(), state.step.id
    earlier = after.results.get(step)
    since = earlier.since if earlier and earlier.status == "waiting" else None
    after.results[step] = StepResult(status="waiting", message=again.reason, since=since or clock.now())
    return Changes(after, again.notices).then(_asleep(after, again.at))


def retry(state: State, tried: Attempted, error: AppError, at: datetime) -> Changes:
    """The step has failed and is tried again."""
    after = state.execution.draft()
    after.attempts.append(Attempt(at=tried.started_at, error=error.detail))
    earlier = after.results.get(state.step.id)
    if earlier and earlier.status == "waiting":  # it does not wait for that any more
        after.results[state.step.id] = earlier.model_copy(update={"message": error.detail})
    sentence = f"Step {state.step.id} failed and is tried again at {at:%Y-%m-%d %H:%M:%S} UTC: {error.detail}"
    return Changes(after, [notices.log_entry(after, "warning", sentence, error)]).then(_asleep(after, at))


def ask_provider(state: State, error: AppError, at: datetime) -> Changes:
    """The provider is asked later whether the claimed effect took place."""
    after = state.execution.draft()
    if after.intent:
        after.intent.checks += 1
    return postpone(State(after, state.program), Again(at, f"Asks whether it took place: {error.detail}"))


def ask_person(state: State, error: AppError) -> Changes:
    """Nobody can say whether the claimed effect took place: the run waits for a person's word."""
    settled = claims.settle(state, "ambiguous")
    after = settled.after.draft()
    message = f"Step {state.step.id} may or may not have taken effect: {error.detail}"
    after.waiting = Waiting(kind="review", key=state.key, message=message)
    after.results[state.step.id] = StepResult(status="waiting", message=message)
    messages = [*notices.parked(after, message), notices.log_entry(after, "warning", message, error)]
    return settled.then(Changes(after, messages)).then(_asleep(after, None))


def sleep(state: State, until: datetime | None) -> Changes:
    """The run sleeps, until a time if it has one."""
    return _asleep(state.execution, until)


def await_quiet(state: State, until: datetime) -> Changes:
    """Debounce lets the run begin then; it sleeps unless the time has come."""
    after = state.execution.draft()
    after.admitted_at = until
    return _asleep(after, until) if clock.now() < until else Changes(after)


def take_turns(state: State, turns: dict[str, Turn], until: datetime | None) -> Changes:
    """The run has turns under its rates; it sleeps until they have come."""
    after = state.execution.draft()
    after.turns = turns
    return _asleep(after, until) if until else Changes(after)


def queue_up(state: State, until: datetime) -> Changes:
    """The run stands in line for a place, in the order of coming, and looks for one by itself then."""
    after = state.execution.draft()
    after.queued_at = after.queued_at or clock.now()
    return _asleep(after, until)


def take_places(state: State, places: list[Write]) -> Changes:
    """The run takes a place in each scope whose concurrency is limited, before it does anything."""
    after = state.execution.draft()
    after.slots = [place.path for place in places]
    return Changes(after, places)


def leave_places(execution: Execution) -> Changes:
    """The run gives back its places."""
    after = execution.draft()
    after.slots = []
    return Changes(after, [writes.delete(path) for path in execution.slots])


def hold(state: State, by: PausedBy) -> Changes:
    """The run stays as it is until whoever holds it lets it go on; the sweeper does not ask after it."""
    held = state.execution.draft()
    held.paused, held.paused_by = True, held.paused_by or by
    asleep = _asleep(held, held.wake_at)
    after = asleep.after.draft()
    after.due_at = after.queued_at = None
    return asleep.then(Changes(after))


def wake_up(state: State) -> Changes:
    """The run does not sleep any more."""
    after = state.execution.draft()
    after.wake_at = after.queued_at = None
    return Changes(after)


def _asleep(execution: Execution, until: datetime | None) -> Changes:
    left = leave_places(execution)
    left.after.status = "waiting"
    left.after.wake_at = until
    left.after.due_at = until + leases.WAKE_GRACE if until else None
    return left
