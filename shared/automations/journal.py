"""The commit of one step, or of several light ones: records, effects, and the execution's next state."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from shared.automations import endings, payloads, program, repository
from shared.automations.actions.base import Again, Done, Effect, Jump, Wait
from shared.automations.models import (
    Attempt,
    Execution,
    Frame,
    Intent,
    Step,
    StepRecord,
    StepResult,
    StepStatus,
    Waiting,
)
from shared.automations.program import Program
from shared.automations.steps import Attempted, Skipped
from shared.errors import AppError
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock

RUN_LEASE = timedelta(seconds=120)  # a run that records nothing for so long is taken to be dead
WAKE_GRACE = timedelta(seconds=30)  # after a missed wake-up the sweeper steps in
KEPT_RECORD = timedelta(days=460)  # longer than any wait, so a run's records outlive it


class Journal:
    """Collects what one commit changes. `before` is untouched, so a lost race loses nothing."""

    def __init__(self, before: Execution, steps: Program, runner: str, *, quiet: bool = False) -> None:
        self.before = before
        self._quiet = quiet
        self.after = before.draft()
        self.after.runner, self.after.status, self.after.stalls = runner, "running", 0
        self.finished = False
        self.started: list[Execution] = []
        self.steps_done = 0
        self.spent = {"steps": 0, "mails": 0, "tokens": 0}
        self.changed: set[str] = set()  # the documents that the steps' effects change
        self._program = steps
        self._others: list[Write] = []

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
    def changes(self) -> list[Write]:
        """The execution's new state, guarded by its version, and everything that goes with it."""
        self.after.updated_at = clock.now()
        if not self.finished and not self.suspended:
            self.after.due_at = clock.now() + RUN_LEASE
        fields = repository.changed_fields(self.before.stored(), self.after.stored())
        execution = repository.executions.to_update(
            self.after.user_id, self.after.id, fields, version=self.before.version
        )
        return [execution, *self._others]

    def complete(self, tried: Attempted, done: Done) -> None:
        self._take(tried)
        self._close(tried, "success", done.message, done.output)
        self._go(self._program[self.after.position].next)

    def jump(self, tried: Attempted, jump: Jump) -> None:
        self._take(tried)
        self._close(tried, "success", jump.message, jump.output, whole=jump.count is not None)
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
        self._record(tried, "waiting", wait.message, wake_at=wait.until)
        self._sleep(wait.until)

    def again(self, again: Again) -> None:
        """The step has to be tried later, for no fault of its own."""
        self.after.results[self.step.id] = StepResult(status="waiting", message=again.reason)
        self._sleep(again.at)

    def wait_on(self) -> None:
        """What was said does not decide it yet."""
        waiting = self.after.waiting
        self._sleep(waiting.until if waiting else None)

    def take_places(self, places: list[Write]) -> None:
        """Where concurrency is limited: nothing is done before the place is taken."""
        self._others += places
        self.after.slots = [place.path for place in places]

    def sleep(self, until: datetime) -> None:
        """Not yet: there is no place, or it is not the run's turn."""
        self._sleep(until)

    def unclaim(self, taken: Sequence[Write]) -> None:
        """What was claimed is not done: its place is free again."""
        self.settle("unsent")
        self.release(taken)
        self.after.intent = None

    def wake_up(self) -> None:
        """The time has come to try the step again."""
        self.after.wake_at = None

    def claim(self, effect: Effect, at: datetime) -> None:
        """Something is about to leave: said first, in the ledger and here."""
        earlier = self.after.intent
        first = earlier is None or earlier.key != self.key
        self.spent["mails"] += first and effect.channel == "mail"
        self.after.intent = Intent(
            key=self.key,
            channel=effect.channel,
            recipient=effect.recipient,
            at=at if earlier is None or first else earlier.at,
            about=effect.about,
        )
        self._others += [*effect.claim, repository.to_claim_effect(self.after)]

    def release(self, taken: Sequence[Write]) -> None:
        """What was claimed will never leave."""
        self._others += [] if self._quiet else taken

    def settle(self, status: str, **more: Any) -> None:
        """What became of the claimed effect."""
        if self.after.intent is None:
            return
        self._others.append(repository.to_settle_effect(self.after, status, **more))
        self.after.intent.pending = status == "ambiguous"

    def park(self, error: AppError) -> None:
        """Nobody can say whether the effect took place: a person has to."""
        self.settle("ambiguous")
        message = f"Step {self.step.id} may or may not have taken effect: {error.detail}"
        self.after.waiting = Waiting(kind="review", key=self.key, message=message)
        self.after.results[self.step.id] = StepResult(status="waiting", message=message)
        self._others += endings.parked(self.after, message)
        self._log("warning", message, error)
        self._sleep(None)

    def retry(self, tried: Attempted, error: AppError, at: datetime) -> None:
        self.after.attempts.append(Attempt(at=tried.started_at, error=error.detail))
        sentence = f"Step {self.step.id} failed and is tried again at {at:%H:%M:%S} UTC: {error.detail}"
        self._log("warning", sentence, error)
        self._sleep(at)

    def fail(self, tried: Attempted, error: AppError) -> None:
        """Record the failure; the execution ends with it unless the definition says how to go on."""
        after, step = self.after, self.step
        after.attempts.append(Attempt(at=tried.started_at, error=error.detail))
        self._close(tried, "failed", error.detail, {}, error=error.code)
        sentence = f"Step {step.id} failed: {error.detail}"
        frames = [frame.model_copy() for frame in after.frames]
        onward = program.recover(self._program, frames, after.position)
        if onward is None:
            self._log("error", sentence, error)
            self.end("failed", sentence)
            return
        self._log("warning", f"{sentence} The run goes on.", error)
        after.frames = frames
        self._go(onward)

    def cancel(self, reason: str | None = None) -> Self:
        self.after.cancel_requested = True
        if self.after.intent and self.after.intent.pending:
            self.settle("ambiguous")
        self.end("cancelled", reason or "Stopped: the automation was switched off or the execution was cancelled.")
        return self

    def hold(self) -> None:
        """Paused: as it is, until a person resumes it."""
        self.after.paused = True
        self._sleep(self.after.wake_at)
        self.after.due_at = None

    def end(self, status: Any, error: str | None) -> None:
        """The terminal state, folded into the last step's commit, and what the user reads of it."""
        self.finished = True
        self._leave_places()
        told = endings.end(self.after, status, error)
        self._others += [] if self._quiet else told

    def _take(self, tried: Attempted) -> None:
        self._others += tried.effects
        self.changed |= {effect.path for effect in tried.effects}
        self.started += tried.started

    def _close(
        self,
        tried: Attempted,
        status: StepStatus,
        message: str,
        output: dict[str, Any],
        *,
        error: str | None = None,
        whole: bool = False,
    ) -> None:
        """The step's record and result. `whole` keeps the output as it is: a loop's items are needed."""
        kept, spilled = (output, False) if whole else payloads.bounded(output)
        if spilled:
            whole_output = repository.to_keep_payload(self.after, self.step.id, output)
            self._others.append(whole_output)
            self.changed.add(whole_output.path)
        result = StepResult(status=status, message=message, output=kept, spilled=spilled)
        self.after.results[self.step.id] = result
        self._record(tried, status, message, output=payloads.bounded(output)[0], error=error)
        waiting = self.after.waiting
        if waiting:
            for name in (waiting.key, waiting.key.partition("[")[0]):
                self.after.signals.pop(name, None)
        self.after.signals.pop(self.step.id, None)
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
        """The step's record, written with create: a rival cannot write it again. One that waited is closed."""
        now = clock.now()
        path = repository.step_path(self.after, self.after.position, self.key)
        if self.before.waiting and self.before.waiting.key == self.key and self.before.waiting.kind != "review":
            closing = {"status": status, "message": message, "output": output or {}, "error": error}
            self._others.append(writes.update(path, {**closing, "completed_at": now}))
            return
        record = StepRecord(
            id=self.key,
            user_id=self.after.user_id,
            created_at=now,
            updated_at=now,
            execution_id=self.after.id,
            position=self.after.position,
            sequence=self.after.sequence,
            step=self.step.id,
            key=self.key,
            action=self.step.action,
            status=status,
            input=payloads.bounded(tried.input)[0],
            output=output or {},
            message=message,
            error=error,
            attempts=self.after.attempts,
            started_at=tried.started_at,
            completed_at=None if status == "waiting" else now,
            wake_at=wake_at,
            expire_at=now + KEPT_RECORD,
        )
        self.after.sequence += 1
        self._others.append(writes.create(path, record.stored()))

    def _sleep(self, until: datetime | None) -> None:
        self.after.status = "waiting"
        self.after.wake_at = until
        self.after.due_at = until + WAKE_GRACE if until else None
        self._leave_places()

    def _leave_places(self) -> None:
        self._others += [writes.delete(path) for path in self.after.slots]
        self.after.slots = []

    def _go(self, target: int) -> None:
        """On to a step, or to the end; loops that end by it say how they went."""
        self.after.attempts = []
        self.steps_done += 1
        self.spent["steps"] += 1
        self.after.position, ended = program.arrive(self._program, self.after.frames, target)
        for frame in ended:
            self._close_loop(frame)
        if self.after.position >= len(self._program):
            self.end("success", None)

    def _close_loop(self, frame: Frame) -> None:
        id = self._program[frame.at].step.id
        message = f"{frame.count - frame.failed} of {frame.count} items are done."
        output = {"count": frame.count, "failed": frame.failed}
        self.after.results[id] = StepResult(status="success", message=message, output=output)

    def _log(self, level: Any, message: str, cause: AppError) -> None:
        self._others.append(endings.log_entry(self.after, level, message, cause))
