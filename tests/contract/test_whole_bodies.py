"""What GET answered, PUT and PATCH take: unchanged fields change nothing, and the server's own are refused by name."""

from typing import Any

import pytest

from tests.contract.operations import Operation, operations
from tests.contract.prepared import ready
from tests.fixtures.api import Api

pytestmark = pytest.mark.timeout(240)

_TIMES = {"updated_at", "version", "last_action"}


def _editing() -> list[Operation]:
    readable = {operation.path for operation in operations() if operation.method == "GET"}
    return [o for o in operations() if o.method in ("PUT", "PATCH") and o.path.endswith("{id}") and o.path in readable]


def _problem(api: Api, operation: Operation) -> str | None:
    with ready(api, operation) as (user, ids):
        path = operation.path.replace("{id}", ids[operation.path])
        answer = user.get(path)
        noun = next(name for name, value in answer.items() if isinstance(value, dict) and "id" in value)
        entity: dict[str, Any] = answer[noun]
        sent = user.http.request(operation.method, path, json=entity)
        if not sent.is_success:
            return f"{operation.name}: {sent.status_code} {sent.text[:300]}"
        if sent.json()[noun] != entity:
            return f"{operation.name}: sent back unchanged, it became another"
        for name, value in (("created_at", "2001-01-01T00:00:00Z"), ("id", "another")):
            refused = user.http.request(operation.method, path, json=entity | {name: value})
            named = [error["field"] for error in refused.json().get("errors", [])]
            if refused.status_code != 422 or named != [name]:
                return f"{operation.name}: a changed {name} is {refused.status_code} {named}"
        if user.get(path)[noun] != entity:
            return f"{operation.name}: a refused change left a trace"
    return None


def test_every_entity_can_be_sent_back_as_it_was_read(api: Api) -> None:
    problems = [_problem(api, operation) for operation in _editing()]
    assert [problem for problem in problems if problem] == []
    assert len(problems) >= 14


def test_one_changed_field_among_the_unchanged_is_what_changes(api: Api) -> None:
    made = api.post("/api/prospects", {"name": "Ann", "email": "ann@x.io", "company": "X"})["prospect"]
    api.ok(api.http.patch(f"/api/prospects/{made['id']}", json={"company": "Y"}))
    stale = api.http.patch(f"/api/prospects/{made['id']}", json=made | {"job_title": "CEO", "company": "Y"})
    assert stale.status_code == 200, stale.text
    now = api.get(f"/api/prospects/{made['id']}")["prospect"]
    assert (now["job_title"], now["company"], now["email"]) == ("CEO", "Y", "ann@x.io")


def test_a_whole_body_is_held_against_if_match(api: Api) -> None:
    made = api.http.post("/api/templates", json={"name": "T", "category": "email", "content": "Hi"})
    template, tag = made.json()["template"], made.headers["etag"]
    path = f"/api/templates/{template['id']}"
    api.ok(api.http.put(path, json={"name": "Other"}))
    assert api.http.put(path, json=template, headers={"If-Match": tag}).status_code == 412


def test_null_and_an_empty_text_clear_what_can_be_without(api: Api) -> None:
    full = {
        "name": "Ann",
        "email": "ann@x.io",
        "phone": "1",
        "company": "X",
        "website": "https://x.io",
        "time_zone": "Europe/Berlin",
        "summary": "s",
        "tags": ["a"],
    }
    for empty in (None, ""):
        id = api.post("/api/prospects", full)["prospect"]["id"]
        fields = {name: empty for name in full if name not in ("name", "tags")}
        cleared = api.ok(api.http.patch(f"/api/prospects/{id}", json=fields))["prospect"]
        assert {name: cleared[name] for name in fields if cleared[name]} == {}
        assert (cleared["name"], cleared["tags"]) == ("Ann", ["a"])
        api.ok(api.http.delete(f"/api/prospects/{id}"))
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    event = {"prospect_id": prospect, "scheduled_date": "2030-01-01"}
    made = api.post("/api/calendar", event | {"type": "initial", "notes": "n"})["event"]
    freed = api.ok(api.http.patch(f"/api/calendar/{made['id']}", json={"prospect_id": None, "notes": None}))["event"]
    assert (freed["prospect_id"], freed["prospect_name"], freed["notes"], freed["type"]) == (None, None, "", "initial")


def test_the_status_of_an_automation_is_its_switch(api: Api) -> None:
    id = api.automation("new_prospect_added", "send_notification", active=False)
    path = f"/api/automations/{id}"

    def put(**fields: Any) -> dict[str, Any]:
        automation: dict[str, Any] = api.put(path, fields)["automation"]
        return automation

    assert put(status="active", name="Named")["status"] == "active"
    assert api.get(path)["automation"]["name"] == "Named"
    api.post("/api/prospects", {"name": "Ann"})
    paused = put(status="paused")
    assert (paused["status"], paused["paused_reason"]) == ("paused", "you paused it")
    assert put(status="active")["paused_reason"] is None
    assert put(status="inactive")["status"] == "inactive"
    assert api.http.put(path, json={"status": "odd"}).status_code == 422
