"""Builds a document for each failed execution, so that the failure can start other automations."""

from datetime import timedelta

from shared.automations.runs.models import Execution
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import Cause

COLLECTION = "failures"
_LIFETIME = timedelta(days=30)


def to_record(execution: Execution) -> Write:
    """Builds the document's write, for the commit that ends the execution: that is the cause of whatever the document
    starts."""
    now = clock.now()
    last = max(execution.results.items(), key=lambda result: result[1].sequence, default=None)
    step = last[0] if last and last[1].status == "failed" else None
    cause = Cause(
        automation_id=execution.automation_id,
        execution_id=execution.id,
        step=step or "",
        depth=execution.event.depth,
    )
    fields = {
        "automation_id": execution.automation_id,
        "automation_name": execution.automation_name,
        "execution_id": execution.id,
        "trigger": execution.triggered_by,
        "step": step,
        "error": execution.error,
        "prospect_id": _prospect(execution),
        "created_at": now,
        "updated_at": now,
        "expire_at": now + _LIFETIME,
        "schema_version": 1,
        "cause": cause.model_dump(),
    }
    id = derived_id(execution.id, "failed", str(execution.generation))
    return writes.create(f"users/{execution.user_id}/{COLLECTION}/{id}", fields)


def _prospect(execution: Execution) -> str | None:
    event = execution.event
    id = event.document_id if event.collection == "prospects" else event.data.get("prospect_id")
    return id if isinstance(id, str) else None
