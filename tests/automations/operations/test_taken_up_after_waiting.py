"""A step that had begun to wait before its run ended begins anew when the run is taken up again."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.engine import runner
from shared.automations.runs.queue import RunMessage
from shared.kit import clock
from tests.automations.played import find, notify, reach, records, start, stored, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

ASK = {"id": "ask", "action": "approval", "config": {"message": "m"}}
RESEARCH = {
    "id": "research",
    "action": "run_research",
    "config": {"title": "T", "input_source": "nothing is known of this", "research_engine": "vault"},
}


def _retry(api: Api, id: str, run: str) -> None:
    api.post(f"/api/automations/{id}/executions/{run}/retry")


def test_a_rejected_approval_is_asked_for_again(api: Api) -> None:
    id, run = start(api, ASK, notify("after"))
    for _ in range(2):
        reach(api, id, run, "waiting")
        api.post(f"/api/automations/{id}/executions/{run}/reject")
        reach(api, id, run, "failed")
        _retry(api, id, run)
    reach(api, id, run, "waiting")
    api.post(f"/api/automations/{id}/executions/{run}/approve")
    reach(api, id, run, "success")
    assert titles(api) == ["Your approval is needed"] * 3 + ["after"]
    assert [record["status"] for record in records(api, id, run)] == ["failed", "failed", "success", "success"]


def test_failed_research_is_done_again(api: Api) -> None:
    id, run = start(api, RESEARCH)
    assert "research ended" in reach(api, id, run, "failed")["error"]
    summary = "Nothing is known of this yet, but schools ask for tutors in mathematics every autumn."
    api.post("/api/vault", {"title": "This is known", "summary": summary, "category": "market_trends"})
    _retry(api, id, run)
    ended = reach(api, id, run, "success", "failed")
    assert (ended["status"], api.get("/api/research-tasks")["total"]) == ("success", 2), ended["error"]


@pytest.mark.parametrize("steps", [[ASK], [{"action": "for_each", "config": {"items": [1, 2], "steps": [ASK]}}]])
def test_a_cancelled_wait_waits_again(api: Api, steps: list[dict[str, Any]]) -> None:
    id, run = start(api, *steps)
    reach(api, id, run, "waiting")
    api.post(f"/api/automations/{id}/executions/{run}/cancel")
    reach(api, id, run, "cancelled")
    _retry(api, id, run)
    while reach(api, id, run, "waiting", "success", "failed")["status"] == "waiting":
        before = find(api, id, run)["waiting_for"]["step"]
        api.post(f"/api/automations/{id}/executions/{run}/approve")
        _moved(api, id, run, before)
    assert find(api, id, run)["error"] is None


def test_votes_of_before_it_was_cancelled_do_not_count(api: Api) -> None:
    """Two of three were asked for: the one who had agreed is asked again, as are the others."""
    ask = {**ASK, "config": {"message": "m", "required": 2, "approvers": ["ann", "bob", "cy"]}}
    id, run = start(api, ask, notify("after"))
    reach(api, id, run, "waiting")
    path = f"/api/automations/{id}/executions/{run}"
    api.post(f"{path}/approve", {"approver": "ann"})
    api.post(f"{path}/cancel")
    reach(api, id, run, "cancelled")
    _retry(api, id, run)
    reach(api, id, run, "waiting")
    api.post(f"{path}/approve", {"approver": "bob"})
    message = RunMessage(uid=api.uid, execution_id=run, automation_id=id)
    runner.run(message, until=clock.now() + timedelta(seconds=60))
    assert find(api, id, run)["status"] == "waiting"
    api.post(f"{path}/approve", {"approver": "ann"})
    output = reach(api, id, run, "success")["results"]["ask"]["output"]
    assert output["approved_by"] == ["ann", "bob"]
    assert {vote["approver"]: vote["approved"] for vote in output["votes"]} == {"ann": True, "bob": True}


def _moved(api: Api, id: str, run: str, key: str) -> None:
    eventually(lambda: (find(api, id, run)["waiting_for"] or {}).get("step") != key)


def test_a_run_that_was_given_up_waiting_for_goes_on(api: Api, cloud: LocalCloud) -> None:
    """Its earlier end, which comes late, is not taken for the new one."""
    other = api.automation("manual", notify("once"), ASK)
    id, run = start(api, {"action": "run_automation", "config": {"automation_id": other, "timeout": 60}})
    child = reach(api, id, run, "waiting")["results"]["run_automation"]["output"]["execution_id"]
    reach(api, other, child, "waiting")
    cloud.clock.advance(timedelta(seconds=61))
    reach(api, id, run, "failed")
    _retry(api, id, run)
    eventually(lambda: stored(api, child).generation == 1 and find(api, other, child)["status"] == "waiting")
    assert reach(api, id, run, "waiting", "failed")["status"] == "waiting"
    api.post(f"/api/automations/{other}/executions/{child}/approve")
    reach(api, id, run, "success")
    assert titles(api) == ["Your approval is needed"] * 2 + ["once"]
