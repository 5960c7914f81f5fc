"""The commit of one step, or of several light ones: records, effects, and the execution's next state."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from shared.automations.actions.base import Again, Done, Effect, Jump, Wait
from shared.automations.definitions import program
from shared.automations.definitions.models import Step
from shared.automations.definitions.program import Frame, Program
from shared.automations.engine import conflicts, ends, leases, notices, records
from shared.automations.engine.step import Attempted, Skipped
from shared.automations.runs import ledger, spills
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Attempt, Execution, PausedBy, StepResult, StepStatus, Waiting
from shared.errors import AppError
from shared.gcp import sizes, writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.store import large_values


class Journal:
    """Collects what one commit changes. `before` is untouched, so a lost race loses nothing."""

    def __init__(self, before: Execution, steps: Program, runner: str, *, quiet: bool = False) -> None:
        self.before = before
        self._quiet = quiet
        self.after = before.draft()
        self.after.runner, self.after.status, self.after.stalls = runner, "running", 0
        self.finished = False
        self.started: list[Execution] = []
        self.stopped: dict[str, Any] = {}  # the run that was waited for, and is not any more
        self.steps_done = 0
        self.spent = {"steps": 0, "mails": 0, "tokens": 0}
        self.changed: set[str] = set()  # the documents that the steps' effects change
        self._program = steps
        self._others: list[Write] = []
        self._size = self._sized = 0
        self._at: datetime | None = None  # when it was first to be committed
        self.reserves = False  # a step of the daily budget, for the first step that follows
        self.settled: str | None = None  # what became of the claimed effect
        self.counts: dict[str, dict[str, int]] | None = None  # what it adds to the meters of budgets

    @property
    def step(self) -> Step:
        return self._program[self.after.position].step

    @property
    def key(self) -> str:
        return program.key(self._program, self.after.position, self.after.frames)

    @property
    def suspended(self) -> bool:
        return self.after.status == "waiting"

    @property
    def size(self) -> int:
        """Bytes of the writes so far, as stored; those of the execution itself are fewer than its steps' records."""
        self._size += sizes.of_writes(self._others[self._sized :])
        self._sized = len(self._others)
        return self._size

    @property
    def at(self) -> datetime:
        """When it is committed; repeated, it is the same commit."""
        self._at = self._at or clock.now()
        return self._at

    @property
    def changes(self) -> list[Write]:
        """The execution's new state, guarded by its version or made, and everything that goes with it."""
        self.after.updated_at = self.at
        if not self.finished and not self.suspended:
            claimed = self.after.intent and self.after.intent.pending
            self.after.due_at = clock.now() + (leases.CLAIM_LEASE if claimed else leases.RUN_LEASE)
        return [*self._execution(), *self._others]

    def _execution(self) -> list[Write]:
        if self.before.version is None:
            return spills.to_create(self.after)
        fields = run_store.changed_fields(self.before.stored(), self.after.stored())
        return [run_store.executions.to_update(self.after.user_id, self.after.id, fields, version=self.before.version)]

    def complete(self, tried: Attempted, done: Done) -> None:
        self._take(tried)
        self._close(tried, "success", done.message, done.output)
        self._others += notices.slow_entry(self.after, self.step.id, clock.now() - tried.started_at)
        self._go(self._program[self.after.position].next)

    def jump(self, tried: Attempted, jump: Jump) -> None:
        self._take(tried)
        self._close(tried, "success", jump.message, jump.output)
        instruction = self._program[self.after.position]
        if jump.count is not None:
            self.after.frames.append(Frame(at=self.after.position, count=jump.count))
        self._go(instruction.entries[jump.entry])

    def skip(self, tried: Attempted, skipped: Skipped) -> None:
        self._close(tried, "skipped", skipped.message, {})
        self._go(self._program[self.after.position].next)

    def suspend(self, tried: Attempted, wait: Wait) -> None:
        """Wait: the record says for what, and until when, before anything is suspended."""
        self._take(tried)
        self.after.waiting = Waiting(
            kind=wait.kind, key=self.key, message=wait.message, until=wait.until, about=wait.about
        )
        self.after.results[self.step.id] = StepResult(status="waiting", message=wait.message, output=wait.about)
        if wait.kind == "automation":
            self.after.awaited[self.key] = wait.about["execution_id"]
        self._record(tried, "waiting", wait.message, wake_at=wait.until)
        self._sleep(wait.until)

    def again(self, again: Again) -> None:
        """The step has to be tried later, for no fault of its own."""
        self.after.results[self.step.id] = StepResult(status="waiting", message=again.reason)
        self._others += again.told
        self._sleep(again.at)

    def rebase(self, stored: Execution) -> None:
        """Commit the same work on a later state, which differs by nothing that it rests on (conflicts.py)."""
        self.after.signals = conflicts.with_news(self.after.signals, self.before, stored)
        self.before = stored

    def take_places(self, places: list[Write]) -> None:
        """Where concurrency is limited: nothing is done before the place is taken."""
        self._others += places
        self.after.slots = [place.path for place in places]

    def sleep(self, until: datetime | None) -> bool:
        """Not yet: it is not the run's turn, or what it waits for has not come.

        Answers whether that is news.
        """
        self._sleep(until)
        return (self.before.status, self.before.due_at) != (self.after.status, self.after.due_at)

    def unclaim(self, taken: Sequence[Write]) -> None:
        """Give back a claim whose effect never left; a person who was asked about it need not answer."""
        self.settle("unsent")
        self.release(taken)
        self.after.intent = self.after.waiting = None

    def queue_up(self, until: datetime) -> bool:
        """There is no place for it: it waits for one, in the order of coming. Answers whether that is news."""
        self.after.queued_at = self.after.queued_at or clock.now()
        return self.sleep(until)

    def wake_up(self) -> None:
        """The time has come to try the step again."""
        self.after.wake_at = self.after.queued_at = None

    def claim(self, effect: Effect, at: datetime) -> None:
        """Something is about to leave: said first, in the ledger and here."""
        self.spent["mails"] = effect.channel == "mail"
        self.after.intent = leases.claimed(self.after.intent, self.key, effect, at)
        self._others += [*effect.claim, ledger.to_claim_effect(self.after)]

    def release(self, taken: Sequence[Write]) -> None:
        """What was claimed will never leave."""
        self._others += [] if self._quiet else taken

    def settle(self, status: str, **more: Any) -> None:
        """What became of the claimed effect."""
        if self.after.intent is None:
            return
        self._others.append(ledger.to_settle_effect(self.after, status, **more))
        self.settled, self.after.intent.pending = status, status == "ambiguous"

    def park(self, error: AppError) -> None:
        """Nobody can say whether the effect took place: a person has to."""
        self.settle("ambiguous")
        message = f"Step {self.step.id} may or may not have taken effect: {error.detail}"
        self.after.waiting = Waiting(kind="review", key=self.key, message=message)
        self.after.results[self.step.id] = StepResult(status="waiting", message=message)
        self._others += notices.parked(self.after, message)
        self._log("warning", message, error)
        self._sleep(None)

    def retry(self, tried: Attempted, error: AppError, at: datetime) -> None:
        self.after.attempts.append(Attempt(at=tried.started_at, error=error.detail))
        sentence = f"Step {self.step.id} failed and is tried again at {at:%Y-%m-%d %H:%M:%S} UTC: {error.detail}"
        self._log("warning", sentence, error)
        self._sleep(at)

    def fail(self, tried: Attempted, error: AppError) -> None:
        """Record the failure; the execution ends with it unless the definition says how to go on."""
        after, step = self.after, self.step
        self._stop_awaited()
        awaited = after.waiting.about if after.waiting and after.waiting.kind == "automation" else {}
        after.attempts.append(Attempt(at=tried.started_at, error=error.detail))
        self._close(tried, "failed", error.detail, awaited, error=error.code)
        sentence = f"Step {step.id} failed: {error.detail}"
        frames = [frame.model_copy() for frame in after.frames]
        onward = program.recover(self._program, frames, after.position)
        if onward is None:
            ends.leave_loops(after, self._program)
            self._log("error", sentence, error)
            self.end("failed", sentence)
            return
        self._log("warning", f"{sentence} The run goes on.", error)
        after.frames = frames
        self._go(onward)

    def cancel(self, reason: str | None = None) -> Self:
        self.after.cancel_requested = True
        self._leave_in_doubt()
        self._stop_awaited()
        reason = reason or "Stopped: the automation was switched off or the execution was cancelled."
        left = ends.leave_waiting(self.after, reason)
        self._others += [] if self._quiet else left
        self.end("cancelled", reason)
        return self

    def _stop_awaited(self) -> None:
        """The run that this one has waited for, and that has not ended, is not wanted any more."""
        waiting = self.after.waiting
        if waiting is None or waiting.kind != "automation" or self._quiet:
            return
        if run_store.end_key(waiting.about) not in self.after.signals.get(waiting.key, {}):
            self.stopped = waiting.about
            self._others.append(run_store.to_stop(self.after.user_id, waiting.about["execution_id"]))

    def give_up(self, refusal: AppError | None = None) -> None:
        """End a run that no runner gets on, or whose failure the store refuses: then with as little as possible."""
        self._leave_in_doubt()
        reason = ends.give_up(self.after, refusal)
        self._others += ends.leave_waiting(self.after, reason)
        self._log("error", reason, AppError(reason))
        self.end("failed", reason)

    def _leave_in_doubt(self) -> None:
        if self.after.intent and self.after.intent.pending:
            self.settle("ambiguous")

    def hold(self, by: PausedBy) -> bool:
        """Paused: as it is, until whoever had it held lets it go on. Answers whether that is news."""
        self.after.paused, self.after.paused_by = True, self.after.paused_by or by
        self._sleep(self.after.wake_at)
        self.after.due_at = self.after.queued_at = None
        before = self.before
        return not (before.paused and before.status == "waiting" and before.due_at is None)

    def end(self, status: Any, error: str | None) -> None:
        """The terminal state, folded into the last step's commit, and what the user reads of it."""
        self.finished = True
        self._leave_places()
        told = ends.end(self.after, status, error)
        self._others += [] if self._quiet else told

    def _take(self, tried: Attempted) -> None:
        self._others += tried.effects
        self.changed |= {effect.path for effect in tried.effects}
        self.started += tried.started

    def _close(
        self, tried: Attempted, status: StepStatus, message: str, output: dict[str, Any], error: str | None = None
    ) -> None:
        """The step's record and result; a large output is kept whole in documents of its own."""
        shown, spilled = large_values.bounded(output)
        if spilled:
            self._others += spills.to_keep(self.after, self.step.id, output)
            self.changed.add(spills.path(self.after, self.step.id))
        self._record(tried, status, message, output=output, error=error)
        result = StepResult(status=status, message=message, output=shown, spilled=spilled, sequence=self.after.sequence)
        self.after.results[self.step.id] = result
        if status == "success":
            self.after.awaited.pop(self.key, None)
        self.after.hear(self.step.id, output.get("taken"))
        self.after.waiting = self.after.wake_at = self.after.intent = None

    def _record(
        self,
        tried: Attempted,
        status: StepStatus,
        message: str,
        *,
        output: dict[str, Any] | None = None,
        error: str | None = None,
        wake_at: datetime | None = None,
    ) -> None:
        """The step's record. One that waited is closed."""
        path = run_store.step_path(self.after, self.after.position, self.key)
        said: dict[str, Any] = {"status": status, "message": message, "error": error}
        if self.before.waiting and self.before.waiting.key == self.key and self.before.waiting.kind != "review":
            self._others.append(records.to_close(path, output or {}, **said))
            return
        record = records.build(self.after, self.step, self.key, tried, output=output or {}, wake_at=wake_at, **said)
        self.after.sequence += 1
        self.spent["steps"] += 1
        self._others.append(writes.create(path, record.stored()))  # a rival cannot write it again

    def _sleep(self, until: datetime | None) -> None:
        self.after.status = "waiting"
        self.after.wake_at = until
        self.after.due_at = until + leases.WAKE_GRACE if until else None
        self._leave_places()

    def _leave_places(self) -> None:
        self._others += [writes.delete(path) for path in self.after.slots]
        self.after.slots = []

    def _go(self, target: int) -> None:
        """On to a step, or to the end; loops that end by it say how they went."""
        self.after.attempts = []
        self.steps_done += 1
        self.after.position, ended = program.arrive(self._program, self.after.frames, target)
        for frame in ended:
            self._close_loop(frame)
        if self.after.position >= len(self._program):
            self.end("success", None)

    def _close_loop(self, frame: Frame) -> None:
        id = self._program[frame.at].step.id
        message, output = f"{frame.count - frame.failed} of {frame.count} items are done.", frame.summary()
        self.after.results[id] = StepResult(status="success", message=message, output=output)

    def _log(self, level: Any, message: str, cause: AppError) -> None:
        self._others.append(notices.log_entry(self.after, level, message, cause))
