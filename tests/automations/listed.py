"""Executions that are stored as the test says, and the rows that lists show of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from tests.fixtures.api import Api

ALL = "/api/automations/executions"
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def execution(uid: str, number: int = 0, *, name: str = "Welcome", **fields: Any) -> Execution:
    event = TriggerEvent(
        id=f"e{number}",
        trigger=fields.pop("triggered_by", "new_prospect_added"),
        collection="prospects",
        document_id=fields.pop("subject", "p1"),
        data=fields.pop("data", {"name": "Ann Lee"}),
    )
    run = build_execution(uid, fields.pop("automation_id", "a1"), name, 1, event)
    at = NOW + timedelta(minutes=number)
    return run.model_copy(update={"created_at": at, "started_at": at, "updated_at": at, **fields})


def store(*executions: Execution) -> None:
    assert run_store.executions.create_each(executions) == [None] * len(executions)


def light(api: Api, path: str = ALL, **query: Any) -> list[dict[str, Any]]:
    """The rows of a list."""
    found: list[dict[str, Any]] = api.get(path, view="row", **query)["executions"]
    return found
