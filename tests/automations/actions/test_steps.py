"""Conditions, placeholders, failures: what becomes of single steps."""

from typing import Any

from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def _run(api: Api, *steps: dict[str, Any], **data: Any) -> dict[str, Any]:
    id = api.automation("manual", *steps)
    api.post(f"/api/automations/{id}/run", {"input": data})
    return eventually(lambda: [run for run in api.executions(id) if run["completed_at"]])[0]


def test_a_false_condition_skips_a_step(api: Api) -> None:
    run = _run(
        api,
        {"id": "big", "action": "send_notification", "when": "input.amount > 10"},
        {"id": "small", "action": "send_notification", "when": "steps.big.status == 'skipped'"},
        amount=3,
    )
    assert {id: result["status"] for id, result in run["results"].items()} == {"big": "skipped", "small": "success"}
    assert api.get("/api/notifications")["total"] == 1


def test_placeholders_are_filled_once_and_never_evaluated_again(api: Api) -> None:
    evil = "{{ 7 * 7 }} {% raw %} ${x} \\1"
    _run(api, {"action": "send_notification", "config": {"title": "For {{ input.name }}", "message": "m"}}, name=evil)
    assert api.get("/api/notifications")["notifications"][0]["title"] == f"For {evil}"


def test_placeholders_cannot_reach_into_python(api: Api) -> None:
    attack = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    run = _run(api, {"action": "send_notification", "config": {"title": attack, "message": "m"}})
    assert (run["status"], "placeholder" in run["error"]) == ("failed", True)


def test_outputs_of_earlier_steps_are_there_for_later_ones(api: Api) -> None:
    run = _run(
        api,
        {"id": "plan", "action": "add_calendar_event"},
        {"action": "send_notification", "config": {"title": "On {{ steps.plan.date }}", "message": "m"}},
    )
    date = run["results"]["plan"]["output"]["date"]
    assert api.get("/api/notifications")["notifications"][0]["title"] == f"On {date}"


def test_a_final_failure_ends_the_execution_with_the_reason(api: Api) -> None:
    run = _run(api, {"action": "analyze_prospect"}, {"action": "send_notification"})
    assert run["status"] == "failed"
    assert "needs a prospect" in run["error"]
    assert list(run["results"]) == ["analyze_prospect"]
    assert api.get("/api/activity", type="error")["activities"][0]["status"] == "failed"


def test_on_error_continue_goes_on(api: Api) -> None:
    run = _run(api, {"action": "analyze_prospect", "on_error": "continue"}, {"action": "send_notification"})
    assert run["status"] == "success"
    assert run["results"]["analyze_prospect"]["status"] == "failed"


def test_a_document_that_is_gone_fails_the_step(api: Api) -> None:
    step = {"action": "update_prospect_status", "config": {"status": "replied", "prospect_id": "gone"}}
    run = _run(api, step)
    assert (run["status"], "no prospect" in run["error"]) == ("failed", True)


def test_a_trigger_filter_selects(api: Api) -> None:
    config = {"filter": "after.company == 'Acme' && before == null"}
    id = api.automation("new_prospect_added", "send_notification", trigger_config=config)
    api.post("/api/prospects", {"name": "Ann", "company": "Acme"})
    api.post("/api/prospects", {"name": "Bob", "company": "Bolt"})
    eventually(lambda: len(api.executions(id)) == 1)
    eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 2)
    assert [run["event"]["data"]["name"] for run in api.executions(id)] == ["Ann"]
