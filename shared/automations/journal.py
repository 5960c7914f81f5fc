"""The commit of one step: its record, its effects, and the execution's next state."""

from datetime import datetime, timedelta
from typing import Any, Self

from shared.automations import repository
from shared.automations.actions.base import Done, Wait
from shared.automations.models import Attempt, Execution, Step, StepRecord, StepResult, StepStatus
from shared.automations.steps import Attempted, Skipped
from shared.domains import system_logs
from shared.domains.activity import models as activity
from shared.domains.system_logs import LogLevel
from shared.errors import AppError
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id

RUN_LEASE = timedelta(seconds=120)  # a run that records nothing for so long is taken to be dead
WAKE_GRACE = timedelta(seconds=30)  # after a missed wake-up the sweeper steps in


class Journal:
    """Collects what one commit changes. `before` is untouched, so a lost race loses nothing."""

    def __init__(self, before: Execution, steps: list[Step], runner: str) -> None:
        self.before = before
        self.after = before.model_copy(deep=True, update={"runner": runner, "status": "running"})
        self.finished = False
        self._steps = steps
        self._others: list[Write] = []

    @property
    def changes(self) -> list[Write]:
        """The execution's new state, guarded by its version, and everything that goes with it."""
        self.after.updated_at = clock.now()
        if not self.finished and self.after.wake_at is None:
            self.after.due_at = clock.now() + RUN_LEASE
        old, new = self.before.stored(), self.after.stored()
        fields: dict[str, Any] = {name: value for name, value in new.items() if old.get(name) != value}
        execution = repository.executions.to_update(
            self.after.user_id, self.after.id, fields, version=self.before.version
        )
        return [execution, *self._others]

    def complete(self, step: Step, attempted: Attempted, done: Done) -> None:
        self._others += attempted.effects
        self._record(step, attempted, "success", done.message, output=done.output)
        self._step_over(step, StepResult(status="success", message=done.message, output=done.output))

    def skip(self, step: Step, attempted: Attempted, skipped: Skipped) -> None:
        self._record(step, attempted, "skipped", skipped.message)
        self._step_over(step, StepResult(status="skipped", message=skipped.message))

    def suspend(self, step: Step, attempted: Attempted, wait: Wait) -> None:
        """Wait for a time: the record says until when before anything is suspended."""
        self._others += attempted.effects
        self._record(step, attempted, "waiting", wait.message, wake_at=wait.until)
        self.after.results[step.id] = StepResult(status="waiting", message=wait.message)
        self._sleep(wait.until)

    def wake_up(self) -> None:
        """The time has come: the waiting step is complete, or the failed one is tried again."""
        self.after.wake_at = None
        step = self._steps[self.after.position]
        waiting = self.after.results.get(step.id)
        if waiting is None or waiting.status != "waiting":
            return
        path = repository.step_path(self.after, self.after.position, step.id)
        self._others.append(writes.update(path, {"status": "success", "completed_at": clock.now()}))
        self._step_over(step, StepResult(status="success", message=waiting.message))

    def retry(self, attempted: Attempted, error: AppError, at: datetime) -> None:
        self.after.attempts.append(Attempt(at=attempted.started_at, error=error.detail))
        step = self._steps[self.after.position]
        self._log("warning", f"Step {step.id} failed and is tried again at {at:%H:%M:%S} UTC: {error.detail}", error)
        self._sleep(at)

    def fail(self, step: Step, attempted: Attempted, error: AppError) -> None:
        """Record the failure; the execution ends with it unless the step says to go on."""
        self.after.attempts.append(Attempt(at=attempted.started_at, error=error.detail))
        self._record(step, attempted, "failed", error.detail, error=error.code)
        result = StepResult(status="failed", message=error.detail)
        if step.on_error == "continue":
            self._log("warning", f"Step {step.id} failed and was passed over: {error.detail}", error)
            self._step_over(step, result)
            return
        self.after.results[step.id] = result
        sentence = f"Step {step.id} failed: {error.detail}"
        self._log("error", sentence, error)
        self._end("failed", sentence)

    def cancel(self) -> Self:
        self.after.cancel_requested = True
        self._end("cancelled", "Stopped: the automation was switched off or the execution was cancelled.")
        return self

    def _record(
        self,
        step: Step,
        attempted: Attempted,
        status: StepStatus,
        message: str,
        *,
        output: dict[str, Any] | None = None,
        error: str | None = None,
        wake_at: datetime | None = None,
    ) -> None:
        """The step's record, written with create: a rival cannot write it again."""
        now = clock.now()
        record = StepRecord(
            id=step.id,
            user_id=self.after.user_id,
            created_at=now,
            updated_at=now,
            execution_id=self.after.id,
            position=self.after.position,
            step=step.id,
            action=step.action,
            status=status,
            input=attempted.input,
            output=output or {},
            message=message,
            error=error,
            attempts=self.after.attempts,
            started_at=attempted.started_at,
            completed_at=None if status == "waiting" else now,
            wake_at=wake_at,
        )
        path = repository.step_path(self.after, self.after.position, step.id)
        self._others.append(writes.create(path, record.stored()))

    def _sleep(self, until: datetime) -> None:
        self.after.status = "waiting"
        self.after.wake_at = until
        self.after.due_at = until + WAKE_GRACE

    def _step_over(self, step: Step, result: StepResult) -> None:
        self.after.results[step.id] = result
        self.after.attempts = []
        self.after.position += 1
        if self.after.position >= len(self._steps):
            self._end("success", None)

    def _end(self, status: Any, error: str | None) -> None:
        """The terminal state, folded into the last step's commit, and what the user reads of it."""
        now = clock.now()
        after = self.after
        after.status, after.error, after.completed_at = status, error, now
        after.wake_at = after.due_at = None
        self.finished = True
        failed = status == "failed"
        event = activity.build(
            after.user_id,
            "error" if failed else "automation",
            f"Automation {'failed' if failed else 'completed' if status == 'success' else 'stopped'}",
            f"{after.automation_name}: {error or f'all {len(self._steps)} steps are done.'}",
            id=derived_id(after.id, "ended"),
            status="failed" if failed else "success",
            metadata=self._about(),
            link=self._link(),
        )
        self._others.append(activity.repository.to_create(event))

    def _log(self, level: LogLevel, message: str, cause: AppError) -> None:
        """What a person reads of a failure; from an error's entry the execution can be run again."""
        after = self.after
        failures = len(after.attempts)
        entry = system_logs.to_record(
            after.user_id,
            level,
            "automation",
            f"{after.automation_name}: {message}",
            id=derived_id(after.id, str(after.position), str(failures), level),
            error_class=system_logs.classify(cause),
            details=cause.detail,
            metadata={**self._about(), "error_code": cause.code},
            related_id=after.id,
            link=self._link(),
            can_rerun=level == "error",
        )
        self._others.append(entry)

    def _about(self) -> dict[str, Any]:
        after = self.after
        return {"automation_id": after.automation_id, "execution_id": after.id, "trigger": after.triggered_by}

    def _link(self) -> str:
        return f"/automations/{self.after.automation_id}/executions/{self.after.id}"
