"""Transitions that complete a step, and move the run to the next one. Each answers the changes and alters nothing."""

from shared.automations.actions.base import Done, Jump
from shared.automations.definitions import program
from shared.automations.definitions.program import Frame
from shared.automations.engine import ends, notices, records
from shared.automations.engine.changes import Changes, State
from shared.automations.engine.records import Outcome
from shared.automations.engine.step import Attempted, Skipped
from shared.automations.runs import spills
from shared.automations.runs.models import Attempt, Execution, StepResult
from shared.errors import AppError
from shared.kit import clock, latencies
from shared.store import large_values


def complete(state: State, tried: Attempted, done: Done) -> Changes:
    """The step is done, and the run goes on to the next."""
    closed = _close(state, tried, Outcome("success", done.message, done.output))
    slow = notices.slow_entry(closed.after, state.step.id, clock.now() - tried.started_at)
    changes = records.effects(state, tried).then(closed).then(Changes(closed.after, slow))
    return changes.then(_go(state.after(changes), state.program[state.execution.position].next))


def jump(state: State, tried: Attempted, jump: Jump) -> Changes:
    """The step is done, and the run goes into one of the step's blocks: a loop's, from its first item."""
    closed = _close(state, tried, Outcome("success", jump.message, jump.output))
    after = closed.after.draft()
    if jump.count is not None:
        after.frames.append(Frame(at=after.position, count=jump.count))
    changes = records.effects(state, tried).then(closed).then(Changes(after))
    return changes.then(_go(state.after(changes), state.program[after.position].entries[jump.entry]))


def skip(state: State, tried: Attempted, skipped: Skipped) -> Changes:
    """The step's condition does not hold: the run passes over it."""
    closed = _close(state, tried, Outcome("skipped", skipped.message))
    return closed.then(_go(state.after(closed), state.program[state.execution.position].next))


def fail(state: State, tried: Attempted, error: AppError) -> Changes:
    """The step has failed for good; the run fails with it unless the definition says how to go on."""
    changes = ends.stop_awaited(state)
    wait = state.execution.waiting
    awaited = wait.about if wait and wait.kind == "automation" else {}
    failed = changes.after.draft()
    failed.attempts.append(Attempt(at=tried.started_at, error=error.detail))
    outcome = Outcome("failed", error.detail, awaited, error=error.code)
    changes = changes.then(_close(State(failed, state.program), tried, outcome))
    return changes.then(_recover(state.after(changes), error, f"Step {state.step.id} failed: {error.detail}"))


def _recover(state: State, error: AppError, sentence: str) -> Changes:
    """Go where a failed step leads: to its handler, the next step, the next item of a loop, or the run's end."""
    onward = state.execution.draft()
    target = program.recover(state.program, onward.frames, onward.position)
    if target is None:
        changes = ends.fail_loops(state)
        changes.after.failed_step, changes.after.failed_code = state.step.id, error.code
        entry = notices.log_entry(changes.after, "error", sentence, error)
        changes = changes.then(Changes(changes.after, [entry]))
        return changes.then(ends.end(state.after(changes), "failed", sentence))
    entry = notices.log_entry(onward, "warning", f"{sentence} The run goes on.", error)
    return Changes(onward, [entry]).then(_go(State(onward, state.program), target))


def _close(state: State, tried: Attempted, outcome: Outcome) -> Changes:
    """Write the step's record and keep its result for later steps; a large output in documents of its own."""
    step = state.step.id
    shown, spilled = large_values.bounded(outcome.output)
    spill = Changes(state.execution)
    if spilled:
        whole = spills.to_keep(state.execution, step, outcome.output)
        spill = Changes(state.execution, whole, documents=frozenset([spills.path(state.execution, step)]))
    recorded = spill.then(records.write(state, tried, outcome))
    after = recorded.after.draft()
    after.results[step] = StepResult(
        status=outcome.status, message=outcome.message, output=shown, spilled=spilled, sequence=after.sequence
    )
    if outcome.status == "success":
        after.awaited.pop(state.key, None)
    if outcome.status != "skipped":
        _time(after, state.step.action, tried.seconds)
    after.drop_signals(step, outcome.output.get("taken"))
    after.waiting = after.wake_at = after.intent = None
    return recorded.then(Changes(after))


def _time(after: Execution, action: str, seconds: float) -> None:
    """Change the draft: a step of the action took that long."""
    within = dict(after.timings.get(action, {}))
    bound = str(latencies.bound_of(1_000 * seconds))
    within[bound] = within.get(bound, 0) + 1
    after.timings = {**after.timings, action: within}
    after.busy_ms += round(1_000 * seconds)


def _go(state: State, target: int) -> Changes:
    """Move the run to a step, or end it behind the last one; the loops that it leaves are done."""
    after = state.execution.draft()
    after.attempts = []
    after.position, ended = program.arrive(state.program, after.frames, target)
    for frame in ended:
        message = f"{frame.count - frame.failed} of {frame.count} items are done."
        loop = state.program[frame.at].step.id
        after.results[loop] = StepResult(status="success", message=message, output=frame.summary())
    moved = Changes(after, steps_done=1)
    over = after.position >= len(state.program)
    return moved.then(ends.end(state.after(moved), "success", None)) if over else moved
