"""Executions as rows of a list: a few fields of each, read and answered alone."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Self

from pydantic import Field, ValidationError
from pydantic_core import to_json

from shared.automations.runs import store as run_store
from shared.automations.runs import waits
from shared.automations.runs.models import Execution, ExecutionStatus, StepResult
from shared.automations.runs.wait_views import WaitView
from shared.gcp import firestore
from shared.kit.fields import ReadFields
from shared.kit.fitting import fitted
from shared.kit.schema import Model
from shared.kit.whitespace import one_line

MOST_BYTES = 400  # of a row as JSON
_MOST_OF_SUBJECT = 64  # ids are shorter
_WAITS = (
    *("paused", "paused_by", "wake_at", "queued_at", "admitted_at", "turns", "sequence", "attempts"),
    *("waiting.kind", "waiting.key", "waiting.message", "waiting.until"),
    *("intent.key", "intent.channel", "intent.recipient", "intent.at", "intent.pending"),
)
# What a row is made of, and what an execution cannot do without.
FIELDS = (
    *("created_at", "updated_at", "automation_id", "automation_name", "definition", "status", "triggered_by"),
    *("subject", "started_at", "completed_at", "error", "failed_step", "event.id", "event.trigger"),
    *("event.data.prospect_name", "event.data.name", "event.data.title"),
    *_WAITS,
)


def _absent(value: Any) -> bool:
    return value is None


class RowWait(Model):
    kind: str
    until: datetime | None = Field(None, exclude_if=_absent)
    what: str


class ExecutionRow(Model):
    """At most 400 bytes of JSON: what there is none of is left out, and long texts are cut with “…”."""

    id: str
    automation_id: str
    automation_name: str
    subject: str | None = Field(None, exclude_if=_absent)
    subject_name: str | None = Field(None, exclude_if=_absent)
    triggered_by: str
    status: ExecutionStatus
    started_at: datetime
    duration_seconds: float | None = Field(None, exclude_if=_absent)
    failed_step: str | None = Field(None, exclude_if=_absent)
    error: str | None = Field(None, exclude_if=_absent)
    waiting_for: RowWait | None = Field(None, exclude_if=_absent)

    @classmethod
    def of(cls, execution: Execution) -> Self:
        wait = WaitView.of(execution)
        row = cls(
            id=execution.id,
            automation_id=execution.automation_id,
            automation_name="",
            subject=fitted({"": execution.subject}, _MOST_OF_SUBJECT)[""] if execution.subject else None,
            triggered_by=execution.triggered_by,
            status=execution.status,
            started_at=execution.started_at.replace(microsecond=0),
            duration_seconds=execution.duration_seconds,
            waiting_for=RowWait(kind=wait.kind, until=wait.until and wait.until.replace(microsecond=0), what="")
            if wait
            else None,
        )
        texts = {
            "automation_name": execution.automation_name,
            "subject_name": execution.subject_name,
            "failed_step": execution.failed_step,
            "error": execution.error,
            "what": wait.what if wait else None,
        }
        return row._with({name: one_line(text) for name, text in texts.items() if text})

    def _with(self, texts: dict[str, str]) -> Self:
        """The row with these texts, cut to the room that the other fields leave."""
        fields: dict[str, Any] = dict.fromkeys(texts.keys() - {"what"}, "")
        row = self.model_copy(update=fields)
        short = fitted(texts, MOST_BYTES - len(to_json(row)))
        if row.waiting_for:
            row.waiting_for = row.waiting_for.model_copy(update={"what": short.pop("what", "")})
        return row.model_copy(update=short)


def rows_of(executions: Sequence[Execution]) -> list[ExecutionRow]:
    """Makes rows of executions that were read by `FIELDS`.

    Why a step asks again later stands in its result alone, also where it has failed before, and results are large:
    `results` are read, in one round trip, for those executions only that such a step may keep waiting.
    """
    unclear = [run for run in executions if isinstance(waits.wait_of(run), waits.Retry | waits.Turn | waits.Limits)]
    paths = [run_store.executions.path(run.user_id, run.id) for run in unclear]
    documents = firestore.client().get_all(paths, fields=["results"]) if paths else []
    for run, document in zip(unclear, documents, strict=True):
        run.results = _results(document.data.get("results") if document else None)
    return [ExecutionRow.of(run) for run in executions]


def _results(stored: ReadFields | None) -> dict[str, StepResult]:
    """Loads the results that can be read; a row does without the others."""
    results = {}
    for id, result in (stored or {}).items():
        with suppress(ValidationError):
            results[id] = StepResult.model_validate(result)
    return results
