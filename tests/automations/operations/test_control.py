"""What people do to runs: hold them, stop them, take them up again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from infra.local.cloud import LocalCloud
from tests.automations.played import find, notify, reach, records, start, statuses, stored, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

DELAY = {"action": "delay", "config": {"seconds": 600}}
NEEDS_PROSPECT = {
    "id": "mend",
    "action": "update_prospect_status",
    "config": {"status": "replied", "prospect_id": "{{ input.id }}"},
}


def _do(api: Api, id: str, run: str, what: str, **body: Any) -> dict[str, Any]:
    told: dict[str, Any] = api.post(f"/api/automations/{id}/executions/{run}/{what}", body)["execution"]
    return told


def test_pause_and_resume(api: Api, cloud: LocalCloud) -> None:
    id, run = start(api, DELAY, notify("after"))
    reach(api, id, run, "waiting")
    assert _do(api, id, run, "pause")["paused"] is True
    cloud.clock.advance(timedelta(hours=1))
    assert api.http.post(f"/api/automations/{id}/executions/{run}/approve", json={}).status_code == 409
    assert find(api, id, run)["status"] == "waiting"
    assert titles(api) == []
    _do(api, id, run, "resume")
    assert reach(api, id, run, "success")["paused"] is False
    assert api.http.post(f"/api/automations/{id}/executions/{run}/resume", json={}).status_code == 409


def test_resumed_before_its_time_it_waits_on(api: Api, cloud: LocalCloud) -> None:
    id, run = start(api, DELAY, notify("after"))
    reach(api, id, run, "waiting")
    _do(api, id, run, "pause")
    _do(api, id, run, "resume")
    cloud.clock.advance(timedelta(minutes=9))
    assert find(api, id, run)["status"] == "waiting"
    cloud.clock.advance(timedelta(minutes=2))
    reach(api, id, run, "success")


def test_cancel(api: Api) -> None:
    id, run = start(api, DELAY, notify("after"))
    reach(api, id, run, "waiting")
    _do(api, id, run, "cancel")
    ended = reach(api, id, run, "cancelled")
    assert ended["completed_at"]
    assert [result["status"] for result in ended["results"].values()] == ["cancelled"]
    [record] = records(api, id, run)
    assert (record["status"], record["message"], record["completed_at"] is not None) == (
        "cancelled",
        ended["error"],
        True,
    )
    assert api.http.post(f"/api/automations/{id}/executions/{run}/cancel", json={}).status_code == 409


def test_retry_goes_on_at_the_failed_step(api: Api) -> None:
    missing = "no-such"
    id, run = start(api, notify("before"), NEEDS_PROSPECT, notify("after"), id=missing)
    reach(api, id, run, "failed")
    mended = {
        **NEEDS_PROSPECT,
        "config": {"status": "replied", "prospect_id": api.post("/api/prospects", {"name": "A"})["prospect"]["id"]},
    }
    again = _do(api, id, run, "retry")
    assert again["id"] == run
    reach(api, id, run, "failed")
    api.put(f"/api/automations/{id}", {"steps": [notify("new"), notify("before"), mended, notify("after")]})
    _do(api, id, run, "retry", version="current")
    ended = reach(api, id, run, "success")
    assert statuses(ended) == {"before": "success", "mend": "success", "after": "success"}
    assert titles(api) == ["after", "before"]
    assert [r["status"] for r in records(api, id, run)] == ["success", "failed", "failed", "success", "success"]


def test_retry_from_the_start_is_a_new_run(api: Api) -> None:
    id, run = start(api, notify("before"), NEEDS_PROSPECT, id="missing")
    reach(api, id, run, "failed")
    again = _do(api, id, run, "retry", start_from="start")
    assert again["id"] != run
    reach(api, id, again["id"], "failed")
    assert titles(api) == ["before", "before"]


def test_many_at_once(api: Api) -> None:
    id = api.automation("manual", NEEDS_PROSPECT)
    runs = [api.post(f"/api/automations/{id}/run", {"input": {"id": "x"}})["execution"]["id"] for _ in range(5)]
    eventually(lambda: api.get("/api/automations/executions", status="failed")["total"] == 5)
    made = api.post("/api/automations/executions/retry", {"automation_id": id, "error_contains": "no such text"})
    assert made["retried"] == 0
    made = api.post("/api/automations/executions/retry", {"automation_id": id, "error_contains": "no prospect"})
    assert (made["retried"], sorted(made["execution_ids"])) == (5, sorted(runs))
    eventually(lambda: [_lives(api, run) for run in runs] == [(1, "failed")] * 5)


def _lives(api: Api, run: str) -> tuple[int, str]:
    """How often it was taken up again, and its state."""
    found = stored(api, run)
    return found.generation, found.status


def test_the_kill_switch(api: Api, cloud: LocalCloud) -> None:
    id, run = start(api, DELAY, notify("after"))
    other = api.automation("new_prospect_added", notify("new"))
    reach(api, id, run, "waiting")
    assert api.post("/api/automations/kill-switch", {"on": True}) == {"success": True, "halted": True, "executions": 1}
    assert api.http.post(f"/api/automations/{id}/run", json={}).status_code == 409
    api.post("/api/prospects", {"name": "Ann"})
    eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 1)
    cloud.clock.advance(timedelta(hours=1))
    assert (find(api, id, run)["status"], titles(api), api.executions(other)) == ("waiting", [], [])
    api.post("/api/automations/kill-switch", {"on": False})
    reach(api, id, run, "success")


def test_a_double_click_starts_it_anew_once(api: Api) -> None:
    id, run = start(api, NEEDS_PROSPECT)
    reach(api, id, run, "failed")
    api.put(f"/api/automations/{id}", {"steps": [DELAY]})
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(lambda _: _do(api, id, run, "retry", start_from="start", version="current"), range(4)))
    assert len({one["id"] for one in again}) == 1
    _do(api, id, again[0]["id"], "cancel")
    reach(api, id, again[0]["id"], "cancelled")
    third = _do(api, id, run, "retry", start_from="start", version="current")
    assert third["id"] != again[0]["id"]
    assert len(api.executions(id)) == 3


def test_a_run_of_a_deleted_automation_cannot_go_on(api: Api) -> None:
    id, run = start(api, NEEDS_PROSPECT)
    reach(api, id, run, "failed")
    api.ok(api.http.delete(f"/api/automations/{id}"))
    for body in ({}, {"start_from": "start"}):
        answer = api.http.post(f"/api/automations/{id}/executions/{run}/retry", json=body)
        assert answer.status_code in (404, 409), answer.text
