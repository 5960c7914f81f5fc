"""A new action is one file and its place in the registry: whatever it declares, everybody asks it for.

thrown_away.py is added to a copy of the tree, in which no other module knows its name.
"""

from typing import Any

from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

MASK = "•••"
NOTHING = {"action": "delay", "config": {"seconds": 0}}
TELL = {"action": "send_notification", "config": {"title": "{{ vars.greeting }} {{ item }}", "message": "m"}}
CALL = {
    "action": "call_webhook",
    "config": {"url": "https://acme.example", "secret": "whsec_" + "QUJD" * 11},
    "when": "index > 9",
}


def _step(**settings: Any) -> dict[str, Any]:
    config = {
        "happening": "prospect_status_changed",
        "meant": "after.status == 'replied'",
        "only_if": "event.number == 7",
        "token": "t0ken",
        "follower": "nobody",
        "letter": "missing",
        "steps": [TELL, CALL],
    }
    return {"action": "away", "config": {**config, **settings}}


def _refused(api: Api, **settings: Any) -> list[tuple[str, str]]:
    answer = api.http.post("/api/automations", json={"name": "n", "trigger": "manual", "steps": [_step(**settings)]})
    assert answer.status_code == 422, answer.text
    return [(error["field"], error["message"]) for error in answer.json()["errors"]]


def test_its_steps_conditions_and_events_are_checked_when_it_is_written(extended_api: Api) -> None:
    api, at = extended_api, "steps.0.config"
    for setting, value in {"only_if": "nothing == 1", "meant": "item == 1"}.items():
        (field, message), *_ = _refused(api, **{setting: value})
        assert (field, message.partition(";")[0]) == (f"{at}.{setting}", f"unknown name {value.split()[0]}")
    (field, message), *_ = _refused(api, steps=[{**NOTHING, "when": "steps.later.output.x == 1"}])
    assert field == f"{at}.steps.0.when"
    (field, message), *_ = _refused(api, steps=[{"action": "delay", "config": {"seconds": -1}}])
    assert field == f"{at}.steps.0.config.seconds"
    (field, message), *_ = _refused(api, happening="sunrise")
    assert (field, message.partition(";")[0]) == (f"{at}.happening", "unknown event")


def test_its_secret_is_masked_at_any_depth_and_so_are_those_within_it(extended_api: Api) -> None:
    api = extended_api
    nested = {"action": "branch", "config": {"when": "true", "then": [_step()]}}
    made = api.post("/api/automations", {"name": "n", "trigger": "manual", "steps": [nested]})["automation"]
    step = made["steps"][0]["config"]["cases"][0]["steps"][0]
    assert step["action"] == "throw_away"
    assert step["config"]["token"] == MASK
    assert step["config"]["steps"][1]["config"]["secret"] == MASK
    exported = api.get(f"/api/automations/{made['id']}/export")["automation"]["steps"][0]
    assert "token" not in exported["config"]["cases"][0]["steps"][0]["config"]


def test_it_is_woken_by_its_event_and_its_steps_are_run(extended_api: Api) -> None:
    api = extended_api
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    automation = api.automation("manual", _step())
    body = {"document_id": prospect, "input": {"number": 7}}
    run = api.post(f"/api/automations/{automation}/run", body)["execution"]["id"]
    path = f"/api/automations/{automation}/executions/{run}"
    eventually(lambda: api.get(path)["execution"]["status"] == "waiting")
    api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": "replied"}))
    eventually(lambda: api.get(path)["execution"]["completed_at"])
    execution = api.get(path)
    assert execution["execution"]["status"] == "success", execution
    assert "t0ken" not in str(execution)
    titles = [one["title"] for one in api.get("/api/notifications")["notifications"]]
    assert sorted(title for title in titles if title.startswith("Hello")) == ["Hello a", "Hello b"]


def test_the_circle_that_it_closes_and_the_document_that_it_misses_are_told(extended_api: Api) -> None:
    api = extended_api
    follower = api.automation("manual", NOTHING, name="B")
    made = api.post("/api/automations", {"name": "A", "trigger": "manual", "steps": [_step(follower=follower)]})
    id = made["automation"]["id"]
    back = {"steps": [{"action": "run_automation", "config": {"automation_id": id}}]}
    api.ok(api.http.patch(f"/api/automations/{follower}", json=back))
    warnings = api.post(f"/api/automations/{id}/activate")["warnings"]
    assert [warning.partition(":")[0] for warning in warnings] == ["A → B → A", "Step throw_away will fail"]
    assert warnings[1].endswith("there is no template missing (letter).")
    what_follows = {"name": "C", "trigger": "vault_item_added", "steps": [_step()]}
    itself = api.post("/api/automations", what_follows)["automation"]["id"]
    warnings = api.post(f"/api/automations/{itself}/activate")["warnings"]
    assert warnings[0].startswith("C → C: this automation does what starts it.")


def test_a_dry_run_takes_its_wait_to_be_over_as_the_action_says(extended_api: Api) -> None:
    api = extended_api
    told = {"title": "It is {{ steps.throw_away.output.rehearsed }}", "message": "m"}
    automation = api.automation("manual", _step(), {"action": "send_notification", "config": told}, active=False)
    played = api.post(f"/api/automations/{automation}/dry-run", {"input": {"number": 7}})
    assert played["status"] == "success"
    first, second = played["steps"]
    assert (first["action"], first["message"], first["input"]["token"]) == ("throw_away", "Waits for it.", MASK)
    assert second["input"]["title"] == "It is True"
    assert "t0ken" not in str(played)
