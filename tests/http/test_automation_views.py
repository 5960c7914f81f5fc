"""What clients see of automations, executions and steps: nothing that the engine stores for itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from infra import openapi
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.definitions.program import Frame
from shared.automations.definitions.restrictions import Limits
from shared.automations.definitions.views import AutomationView
from shared.automations.runs import store as run_store
from shared.automations.runs.models import (
    Execution,
    Intent,
    Parent,
    StepRecord,
    StepResult,
    TriggerEvent,
    Turn,
    Waiting,
)
from shared.automations.runs.views import EventView, ExecutionView, ParentView, ResultView, StepView
from shared.gcp import firestore
from tests.automations.played import notify, reach, start
from tests.fixtures.api import Api

NOW = datetime(2030, 1, 1, tzinfo=UTC)
# Fields of the engine's documents that no schema of the API may have, and the schemas that have one of the name for
# another reason.
_OF_RUNNERS = {"runner", "stalls", "due_at", "wake_at", "intent", "prior", "claims", "frames", "sequence", "generation"}
_OF_LIMITS = {"slots", "turns", "reserved", "reserved_steps", "queued_at", "admitted_at", "user_limits"}
_OF_WAITS = {"waiting", "signals", "awaited", "works_for", "paused_by", "paused_from", "halted"}
STORAGE_ONLY = _OF_RUNNERS | _OF_LIMITS | _OF_WAITS | {"expire_at", "definition", "schema_version"}
ELSEWHERE = {("Halted", "halted")}
# By stored model and its view, the fields that clients do not see.
_EXECUTION = {"position", "frames", "sequence", "generation", "waiting", "signals", "awaited", "intent", "admitted_at"}
_EXECUTION |= {
    "turns",
    "reserved",
    "reserved_steps",
    "slots",
    "queued_at",
    "wake_at",
    "due_at",
    "runner",
    "paused_by",
    "stalls",
}
_COUNTED = {"expire_at", "counted", "failed_code", "timings", "busy_ms", "usd"}  # what analytics takes of its end
KEPT_BACK: list[tuple[type[BaseModel], type[BaseModel], set[str]]] = [
    (Execution, ExecutionView, {*_EXECUTION, *_COUNTED}),
    (StepRecord, StepView, {"user_id", "created_at", "updated_at", "cause", "position", "sequence", "wake_at"}),
    (Automation, AutomationView, {"user_limits", "paused_from", "halted"}),
    (StepResult, ResultView, {"sequence", "since"}),
    (Parent, ParentView, {"works_for", "waits", "definition", "stop_when"}),
    (TriggerEvent, EventView, set()),
]


def _schemas() -> dict[str, dict[str, Any]]:
    schemas: dict[str, dict[str, Any]] = openapi.document()["components"]["schemas"]
    return schemas


def _named(schema: dict[str, Any]) -> set[str]:
    return set(schema.get("properties", {}))


def test_the_description_publishes_no_field_of_the_engines_storage() -> None:
    found = {(name, field) for name, schema in _schemas().items() for field in STORAGE_ONLY if field in _named(schema)}
    assert found == ELSEWHERE


@pytest.mark.parametrize(("stored", "view", "kept_back"), KEPT_BACK)
def test_every_stored_field_is_shown_or_kept_back(
    stored: type[BaseModel], view: type[BaseModel], kept_back: set[str]
) -> None:
    """Of a field that is added to a stored document somebody has to say which."""
    aliases = {field.validation_alias for field in view.model_fields.values()}
    assert stored.model_fields.keys() - view.model_fields.keys() - aliases == kept_back


def test_an_execution_is_answered_as_it_is_described(api: Api) -> None:
    """With every field of the stored document set."""
    id, run = start(api, notify("n"))
    reach(api, id, run, "success")
    fields: dict[str, Any] = {
        "runner": "invocation",
        "slots": ["users/ann/meters/a"],
        "signals": {"n": {"e": {"at": NOW}}},
        "stalls": 2,
        "due_at": NOW,
        "intent": Intent(key="n", channel="mail", recipient="a@x.io", at=NOW).model_dump(),
        "turns": {"a": Turn(place="p", at=NOW, shift=0, tolerance=1).model_dump()},
        "reserved": {"a": "users/ann/meters/a"},
        "reserved_steps": 2,
        "awaited": {"n": "e2"},
        "queued_at": NOW,
        "admitted_at": NOW,
        "paused_by": "kill_switch",
        "generation": 3,
        "frames": [Frame(at=0, count=2).model_dump()],
        "waiting": Waiting(kind="event", key="n", message="m").model_dump(),
        "wake_at": NOW,
        "parent": Parent(execution_id="e0", automation_id="a0", key="sub[1]", works_for=True).model_dump(),
    }
    firestore.client().commit([run_store.executions.to_update(api.uid, run, fields)])
    seen = api.get(f"/api/automations/{id}/executions/{run}")
    schemas = _schemas()
    assert seen["execution"].keys() == _named(schemas["Execution"])
    assert seen["execution"]["parent"] == {"execution_id": "e0", "automation_id": "a0", "step": "sub[1]"}
    assert [step.keys() for step in seen["steps"]] == [_named(schemas["StepRecord"])]
    assert seen["execution"]["results"]["n"].keys() == _named(schemas["StepResult"])
    assert not _names_within(seen) & STORAGE_ONLY
    [row] = api.get(f"/api/automations/{id}/executions")["executions"]
    assert row == seen["execution"] == api.get("/api/automations/executions")["executions"][0]


def test_an_automation_is_answered_as_it_is_described(api: Api) -> None:
    id = api.automation("manual", notify("n"))
    fields = {"user_limits": Limits(concurrency=3).model_dump(), "paused_from": "active", "halted": True}
    firestore.client().commit([definition_store.automations.to_update(api.uid, id, fields)])
    seen = api.get(f"/api/automations/{id}")["automation"]
    assert seen.keys() == _named(_schemas()["Automation"])
    assert not _names_within(seen) & STORAGE_ONLY
    assert api.get("/api/automations")["automations"] == [seen]
    again = api.ok(api.http.put(f"/api/automations/{id}", json={**seen, "name": "New"}))["automation"]
    assert (again["name"], again["steps"]) == ("New", seen["steps"])


def test_the_tag_of_a_view_is_the_version_of_what_is_stored(api: Api) -> None:
    id, run = start(api, notify("n"))
    reach(api, id, run, "success")
    url = f"/api/automations/{id}/executions/{run}"
    before = api.http.get(url).headers["etag"]
    assert api.http.get(url).headers["etag"] == before
    later = NOW + timedelta(days=1)
    firestore.client().commit([run_store.executions.to_update(api.uid, run, {"due_at": later})])
    assert api.http.get(url).headers["etag"] != before


def _names_within(value: Any) -> set[str]:
    """The names of all fields, at any depth."""
    if isinstance(value, dict):
        return {*value, *(name for part in value.values() for name in _names_within(part))}
    return {name for part in value for name in _names_within(part)} if isinstance(value, list) else set()
