"""Transitions that end a run. Each answers the changes and alters nothing."""

from shared import context
from shared.automations import builtins
from shared.automations.engine import claims, notices, waiting
from shared.automations.engine.changes import Changes, State
from shared.automations.runs import failures
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Counted, Ending, Execution
from shared.domains.activity import service as activity
from shared.domains.analytics import counting
from shared.errors import AppError
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id

_CANCELLED = "Stopped: the automation was switched off or the execution was cancelled."
_DIED = "The run was given up: its runner died again and again at the same place."


def end(state: State, status: Ending, error: str | None) -> Changes:
    """The run's state is terminal, and the user, the run that waits for it and automations for failed runs are told."""
    left = waiting.leave_places(state.execution)
    after = left.after
    after.close(status, error)
    signal = [run_store.to_signal_parent(after)] if after.parent and after.parent.waits else []
    if builtin := builtins.find(after):
        counts = _count(after, status, builtin=True) if builtin.stages else []  # what takes one step costs nothing
        return Changes(after, left.writes, [*builtin.ended(after), *counts, *signal])
    failed = [failures.to_record(after)] if status == "failed" else []
    return Changes(after, left.writes, [_activity(after, status, error), *failed, *_count(after, status), *signal])


def _count(after: Execution, status: Ending, *, builtin: bool = False) -> list[Write]:
    """Changes the draft: it says what of it is counted. Answers the writes that count it in place of an earlier end."""
    before, now = after.counted, after.completed_at or clock.now()
    seconds = round((now - after.started_at).total_seconds())
    after.counted = Counted(
        at=now,
        status=status,
        seconds=seconds,
        steps=after.sequence,
        step=after.failed_step,
        cause=after.failed_code,
        waited=max(0, seconds - round(after.busy_ms / 1_000)),
        timings=after.timings,
        usd=after.usd + sum(used.usd for used in context.current().meter.usage),
        builtin=builtin,
    )
    fields = {"automation_id": after.automation_id}
    earlier = fields | {"counted": before.model_dump() if before else None}
    return counting.of_end(after.user_id, after.event.id, earlier, fields | {"counted": after.counted.model_dump()})


def cancel(state: State, reason: str | None = None) -> Changes:
    """The run stops, and with it the run that it waits for."""
    doubted = claims.leave_in_doubt(state)
    stopped = doubted.then(stop_awaited(state.after(doubted)))
    after, reason = stopped.after.draft(), reason or _CANCELLED
    after.cancel_requested = True
    records = _cancel_waiting_step(after, reason)
    return stopped.then(Changes(after, notices=records)).then(end(State(after, state.program), "cancelled", reason))


def give_up(state: State, refusal: AppError | None = None) -> Changes:
    """The run fails, as no runner gets it on, or as the store refuses its failure: then it keeps little else."""
    doubted = claims.leave_in_doubt(state)
    after, reason = doubted.after.draft(), _DIED
    if refusal:
        after.signals = {}
        after.results = {id: result.model_copy(update={"output": {}}) for id, result in after.results.items()}
        reason = f"The run was given up, as the store refuses what it has to keep: {refusal.detail.rstrip('.')}."
    records = _cancel_waiting_step(after, reason)
    entry = notices.log_entry(after, "error", reason, AppError(reason))
    ended = end(State(after, state.program), "failed", reason)
    return doubted.then(Changes(after, [*records, entry])).then(ended)


def stop_awaited(state: State) -> Changes:
    """The run that this one has waited for is told to stop, unless it has ended."""
    execution, wait = state.execution, state.execution.waiting
    if wait is None or wait.kind != "automation":
        return Changes(execution)
    if run_store.end_key(wait.about) in execution.signals.get(wait.key, {}):
        return Changes(execution)
    stop = run_store.to_stop(execution.user_id, wait.about["execution_id"])
    return Changes(execution, notices=[stop], stopped=wait)


def fail_loops(state: State) -> Changes:
    """The loops within which a run has failed have failed; they keep their items, for when it is taken up again."""
    after = state.execution.draft()
    for frame in after.frames:
        id = state.program[frame.at].step.id
        message = f"{frame.index - frame.failed} of {frame.count} items are done."
        after.results[id] = after.results[id].model_copy(update={"status": "failed", "message": message})
    return Changes(after)


def _cancel_waiting_step(after: Execution, reason: str) -> list[Write]:
    """Change the draft: the step that it waited in is cancelled. Answers the change of that step's record."""
    for id, result in after.results.items():
        if result.status == "waiting":
            after.results[id] = result.model_copy(update={"status": "cancelled", "message": reason})
    wait = after.waiting
    if wait is None or wait.kind == "review":  # whose step has no record yet
        return []
    path = run_store.step_path(after, after.position, wait.key)
    return [writes.update(path, {"status": "cancelled", "message": reason, "completed_at": clock.now()})]


def _activity(execution: Execution, status: Ending, error: str | None) -> Write:
    failed = status == "failed"
    event = activity.build(
        execution.user_id,
        "error" if failed else "automation",
        f"Automation {'failed' if failed else 'completed' if status == 'success' else 'stopped'}",
        f"{execution.automation_name}: {error or _steps_done(execution)}",
        id=derived_id(execution.id, "ended", *notices.generation_suffix(execution)),
        status="failed" if failed else "success",
        metadata=notices.origin(execution),
        link=notices.link(execution),
    )
    return activity.repository.to_create(event)


def _steps_done(execution: Execution) -> str:
    number = execution.sequence
    return f"{'all ' if number > 1 else ''}{number} step{'s are' if number != 1 else ' is'} done."
