"""An automation runs another, and waits for what becomes of it."""

from datetime import timedelta
from typing import Any

from infra.local.cloud import LocalCloud
from tests.automations.played import notify, reach, start, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def _run(other: str, **config: Any) -> dict[str, Any]:
    return {"id": "sub", "action": "run_automation", "config": {"automation_id": other, **config}}


def test_its_results_come_back(api: Api) -> None:
    other = api.automation("manual", notify("inner", config={"title": "For {{ input.who }}"}), active=False)
    id, run = start(api, _run(other, input={"who": "{{ input.name }}"}), notify("after"), name="Ann")
    ended = reach(api, id, run, "success", "failed")
    assert ended["status"] == "success", ended
    assert ended["results"]["sub"]["output"]["results"]["inner"]["status"] == "success"
    assert titles(api) == ["For Ann", "after"]
    assert [run["event"]["depth"] for run in api.executions(other)] == [1]


def test_its_failure_is_the_steps(api: Api) -> None:
    other = api.automation("manual", {"action": "analyze_prospect"}, active=False)
    ended = reach(api, *start(api, _run(other)), "success", "failed")
    assert (ended["status"], "needs a prospect" in ended["error"]) == ("failed", True)


def test_it_need_not_be_waited_for(api: Api) -> None:
    other = api.automation("manual", {"action": "delay", "config": {"seconds": 9999}}, active=False)
    assert reach(api, *start(api, _run(other, wait=False)), "success", "failed")["status"] == "success"
    eventually(lambda: [run["status"] for run in api.executions(other)] == ["waiting"])


def test_waiting_ends(api: Api, cloud: LocalCloud) -> None:
    other = api.automation("manual", {"action": "delay", "config": {"seconds": 9999}}, active=False)
    id, run = start(api, _run(other, timeout=60))
    reach(api, id, run, "waiting")
    cloud.clock.advance(timedelta(seconds=61))
    assert "in time" in reach(api, id, run, "failed")["error"]


def test_cancelling_ends_both(api: Api) -> None:
    other = api.automation("manual", {"action": "delay", "config": {"seconds": 9999}}, active=False)
    id, run = start(api, _run(other))
    eventually(lambda: [run["status"] for run in api.executions(other)] == ["waiting"])
    api.post(f"/api/automations/{id}/executions/{run}/cancel")
    reach(api, id, run, "cancelled")
    eventually(lambda: [run["status"] for run in api.executions(other)] == ["cancelled"])


def test_a_circle_stops_at_the_depth_bound(api: Api) -> None:
    one = api.automation("manual", notify("x"))
    two = api.automation("manual", _run(one))
    api.put(f"/api/automations/{one}", {"steps": [_run(two)]})
    run = api.post(f"/api/automations/{one}/run")["execution"]["id"]
    ended = reach(api, one, run, "failed")
    assert "stop at depth" in ended["error"]
    assert len(api.executions(one)) + len(api.executions(two)) == 6


def test_one_that_is_not_waited_for_any_more_stops(api: Api, cloud: LocalCloud) -> None:
    child = api.automation("manual", {"action": "delay", "config": {"seconds": 7200}}, notify("late"), active=False)
    id, run = start(api, _run(child, timeout=600))
    eventually(lambda: [one["status"] for one in api.executions(child)] == ["waiting"])
    cloud.clock.advance(timedelta(minutes=11))
    assert "did not end in time" in reach(api, id, run, "failed")["error"]
    eventually(lambda: [one["status"] for one in api.executions(child)] == ["cancelled"])
