"""A run that fails starts the automations that listen for it, never its own, and no chain without an end."""

from typing import Any

from shared.automations.definitions.models import MAX_DEPTH
from tests.automations.played import notify, start, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

FAILS: dict[str, Any] = {"id": "look", "action": "analyze_prospect", "config": {"prospect_id": "nobody"}}
TELL = notify("told", config={"title": "{{ failure.automation_name }} failed", "message": "{{ failure.error }}"})


def _failing(api: Api, name: str, trigger: str = "manual", *, active: bool = True, **config: Any) -> str:
    return api.automation(trigger, FAILS, name=name, trigger_config=config, active=active)


def _ended(api: Api, id: str, *statuses: str) -> list[dict[str, Any]]:
    eventually(lambda: [run["status"] for run in api.executions(id)] == list(statuses))
    return api.executions(id)


def test_a_failed_run_starts_it_with_what_failed(api: Api) -> None:
    listener = api.automation("automation_failed", TELL)
    failing = _failing(api, "Imports")
    run = api.post(f"/api/automations/{failing}/run")["execution"]["id"]
    eventually(lambda: "Imports failed" in titles(api))
    [started] = _ended(api, listener, "success")
    about = started["event"]["data"]
    assert (about["automation_id"], about["execution_id"], about["step"]) == (failing, run, "look")
    assert about["error"].startswith("Step look failed: ")
    [told] = [n for n in api.get("/api/notifications")["notifications"] if n["title"] == "Imports failed"]
    assert told["message"] == about["error"]


def test_what_went_well_or_was_cancelled_starts_nothing(api: Api) -> None:
    listener = api.automation("automation_failed", TELL)
    start(api, notify("fine"))
    id, run = start(api, {"action": "delay", "config": {"seconds": 600}})
    eventually(lambda: api.executions(id)[0]["status"] == "waiting")
    api.post(f"/api/automations/{id}/executions/{run}/cancel")
    _ended(api, id, "cancelled")
    failing = _failing(api, "Last")
    api.post(f"/api/automations/{failing}/run")
    eventually(lambda: "Last failed" in titles(api))
    assert len(api.executions(listener)) == 1


def test_it_may_listen_to_one_automation_or_filter(api: Api) -> None:
    meant, other = _failing(api, "Meant"), _failing(api, "Other")
    one = api.automation("automation_failed", TELL, trigger_config={"automation_id": meant})
    filtered = api.automation(
        "automation_failed", notify("by_filter"), trigger_config={"filter": "after.automation_name == 'Other'"}
    )
    for id in (meant, other):
        api.post(f"/api/automations/{id}/run")
    eventually(lambda: titles(api) == ["Meant failed", "by_filter"])
    assert [len(api.executions(id)) for id in (one, filtered)] == [1, 1]


def test_its_run_is_about_the_prospect_that_the_failed_one_was_about(api: Api) -> None:
    failing = api.automation("new_prospect_added", {"action": "use_template", "config": {"template_id": "none"}})
    listener = api.automation("automation_failed", notify("n", config={"title": "{{ prospect.name }}"}))
    prospect = api.post("/api/prospects", {"name": "Ann Bell"})["prospect"]["id"]
    _ended(api, failing, "failed")
    [run] = _ended(api, listener, "success")
    assert (run["subject"], titles(api)) == (prospect, ["Ann Bell"])


def test_its_own_failure_does_not_start_it(api: Api) -> None:
    listener = _failing(api, "Listener", "automation_failed")
    api.post(f"/api/automations/{listener}/run")
    _ended(api, listener, "failed")
    eventually(lambda: any("would have started itself" in log["message"] for log in _warnings(api)))
    assert len(api.executions(listener)) == 1


def test_those_that_listen_to_all_are_not_set_off_by_each_others_failures(api: Api) -> None:
    listeners = [_failing(api, f"Listener {number}", "automation_failed") for number in range(4)]
    asked = api.automation("automation_failed", TELL, trigger_config={"automation_id": listeners[0]})
    api.post(f"/api/automations/{_failing(api, 'First')}/run")
    _ended(api, asked, "success")
    for listener in listeners:
        _ended(api, listener, "failed")
    eventually(lambda: "Listener 0 failed" in titles(api))
    assert [len(api.executions(id)) for id in (*listeners, asked)] == [1] * 5


def test_listeners_that_fail_for_each_other_stop(api: Api) -> None:
    one = _failing(api, "One", "automation_failed", active=False)
    two = _failing(api, "Two", "automation_failed", automation_id=one)
    api.put(f"/api/automations/{one}", {"trigger_config": {"automation_id": two}})
    api.post(f"/api/automations/{one}/activate")
    api.post(f"/api/automations/{one}/run")
    eventually(lambda: any(f"stop at depth {MAX_DEPTH}" in log["message"] for log in _warnings(api)))
    depths = sorted(run["event"]["depth"] for id in (one, two) for run in api.executions(id))
    assert depths == list(range(MAX_DEPTH + 1))


def test_a_run_that_fails_again_after_a_retry_starts_it_again(api: Api) -> None:
    listener = api.automation("automation_failed", TELL)
    failing = _failing(api, "Twice")
    run = api.post(f"/api/automations/{failing}/run")["execution"]["id"]
    _ended(api, listener, "success")
    api.post(f"/api/automations/{failing}/executions/{run}/retry")
    _ended(api, listener, "success", "success")


def test_a_missing_automation_is_named_when_it_is_activated(api: Api) -> None:
    id = api.automation("automation_failed", TELL, trigger_config={"automation_id": "gone"}, active=False)
    assert api.post(f"/api/automations/{id}/activate")["warnings"] == [
        "Nothing will start it: there is no automation gone (automation_id)."
    ]


def _warnings(api: Api) -> list[dict[str, Any]]:
    logs: list[dict[str, Any]] = api.get("/api/system/logs", level="warning", category="automation")["logs"]
    return logs
