"""/api/automations: definitions."""

import pytest

from shared.gcp import firestore
from shared.gcp.queries import Query
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def test_the_short_form_and_the_pages_spellings(api: Api) -> None:
    body = {"name": "A", "trigger": "new_prospect", "actions": ["analyze_prospect", "add_calendar"]}
    made = api.post("/api/automations", body)["automation"]
    assert (made["trigger"], made["actions"]) == ("new_prospect_added", ["analyze_prospect", "add_calendar_event"])
    assert (made["status"], made["version"], made["execution_count"]) == ("inactive", 1, 0)
    assert [step["id"] for step in made["steps"]] == made["actions"]
    assert api.get(f"/api/automations/{made['id']}")["automation"] == made


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"trigger": "odd"}, "trigger"),
        ({"actions": []}, "actions"),
        ({"actions": ["odd"]}, "actions.0"),
        ({"actions": ["call_webhook"]}, "actions.0.config"),
        ({"trigger_config": {"odd": 1}}, "trigger_config.odd"),
        ({"trigger_config": {"filter": "after.("}}, ""),
        ({"steps": [{"action": "delay", "config": {"seconds": -1}}], "actions": []}, "steps.0.config.seconds"),
        ({"steps": [{"action": "delay", "config": {"seconds": 1}}]}, "steps"),
        ({"steps": [{"id": "a", "action": "analyze_prospect"}] * 2, "actions": []}, "steps.1.id"),
    ],
)
def test_a_bad_definition_names_its_field(api: Api, body: dict[str, object], field: str) -> None:
    good = {"name": "A", "trigger": "manual", "actions": ["send_notification"]}
    answer = api.http.post("/api/automations", json=good | body)
    assert answer.status_code == 422
    if field:
        assert any(error["field"].startswith(field) for error in answer.json()["errors"]), answer.text


def test_update_changes_only_what_is_given(api: Api) -> None:
    id = api.automation("manual", "send_notification", active=False)
    renamed = api.put(f"/api/automations/{id}", {"name": "New"})["automation"]
    assert (renamed["name"], renamed["version"], renamed["actions"]) == ("New", 1, ["send_notification"])
    changed = api.put(f"/api/automations/{id}", {"actions": ["analyze_prospect"]})["automation"]
    assert (changed["name"], changed["version"], changed["actions"]) == ("New", 2, ["analyze_prospect"])
    answer = api.http.put(f"/api/automations/{id}", json={})
    assert (answer.status_code, answer.json()["detail"]) == (400, "No fields to update")


def test_activate_deactivate_delete(api: Api) -> None:
    id = api.automation("manual", "send_notification", active=False)
    assert api.post(f"/api/automations/{id}/activate")["automation"]["status"] == "active"
    assert api.get("/api/automations", status="active")["total"] == 1
    assert api.post(f"/api/automations/{id}/deactivate")["automation"]["status"] == "inactive"
    assert api.ok(api.http.delete(f"/api/automations/{id}"))["message"]
    assert api.http.get(f"/api/automations/{id}").status_code == 404
    assert api.http.delete(f"/api/automations/{id}").status_code == 404


def test_a_lost_update_is_refused(api: Api) -> None:
    id = api.automation("manual", "send_notification", active=False)
    read = api.http.get(f"/api/automations/{id}").headers["etag"]
    assert api.http.put(f"/api/automations/{id}", json={"name": "A"}, headers={"If-Match": read}).status_code == 200
    assert api.http.put(f"/api/automations/{id}", json={"name": "B"}, headers={"If-Match": read}).status_code == 412
    assert api.http.delete(f"/api/automations/{id}", headers={"If-Match": read}).status_code == 412
    assert api.get(f"/api/automations/{id}")["automation"]["name"] == "A"


def test_its_life_is_told_in_the_feed(api: Api) -> None:
    id = api.automation("manual", "send_notification")
    api.put(f"/api/automations/{id}", {"name": "Renamed"})
    api.post(f"/api/automations/{id}/deactivate")
    api.ok(api.http.delete(f"/api/automations/{id}"))
    expected = {f"Automation {what}" for what in ("created", "activated", "updated", "deactivated", "deleted")}
    eventually(lambda: {e["title"] for e in api.get("/api/activity", type="automation")["activities"]} == expected)


def test_recipes_are_ready_to_use(api: Api) -> None:
    for recipe in api.get("/api/automations/recipes")["recipes"]:
        made = api.post(f"/api/automations/recipes/{recipe['id']}")["automation"]
        assert made["name"] == recipe["title"]
    assert api.http.post("/api/automations/recipes/odd").status_code == 404


def test_executions_of_an_unknown_automation_are_not_found(api: Api) -> None:
    assert api.http.get("/api/automations/missing/executions").status_code == 404
    assert api.http.get("/api/automations/missing/executions/x").status_code == 404


def test_steps_are_bounded_as_a_whole(api: Api) -> None:
    """Each may be large, but all of them are one document."""
    large = {"action": "call_webhook", "config": {"url": "https://example.com", "body": "x" * 30_000}}
    body = {"name": "A", "trigger": "manual", "steps": [{"id": f"s{n}", **large} for n in range(6)]}
    assert api.http.post("/api/automations", json=body).status_code == 201
    body["steps"] = [{"id": f"s{n}", **large} for n in range(50)]
    refused = api.http.post("/api/automations", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "steps")
    assert "200,000" in refused.json()["detail"]
    assert api.get("/api/automations")["total"] == 1


def test_a_deleted_automation_leaves_its_history_alone(api: Api) -> None:
    """Neither definitions nor counters, address or subscription; a run that waits is stopped.

    What was counted of its runs stays in the days' figures.
    """
    steps = [{"action": "delay", "config": {"seconds": 3_600}}]
    id = api.automation("webhook", *steps)
    api.put(f"/api/automations/{id}", {"steps": [*steps, {"action": "delay", "config": {"seconds": 1}}]})
    api.post(f"/api/automations/{id}/run")
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["waiting"])
    api.ok(api.http.delete(f"/api/automations/{id}"))
    eventually(lambda: api.get("/api/automations/executions")["executions"][0]["status"] == "cancelled")

    def left() -> set[str]:
        rows = firestore.client().query(Query("", parent=f"users/{api.uid}", group=True))
        return {row.path.split("/")[2] for row in rows if id in row.path or id in str(row.data)}

    eventually(lambda: left() <= {"executions", "activity", "stream", "rollups"})
    assert firestore.client().query(Query("hook_tokens")) == []
