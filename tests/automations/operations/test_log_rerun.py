"""From the system log a run goes on where it failed, as its automation is now; nothing that it did is done twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.automations.played import notify, reach, records, start, statuses, stored, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

FAILS = {"id": "check", "action": "analyze_prospect"}  # there is no prospect
LOGS = "/api/system/logs"


def _entry(api: Api, run: str) -> str:
    def found() -> list[str]:
        logs = api.get(LOGS, level="error")["logs"]
        return [log["id"] for log in logs if log["related_id"] == run]

    return eventually(found)[0]


def _failed(api: Api, *steps: dict[str, Any]) -> tuple[str, str, str]:
    id, run = start(api, *steps)
    reach(api, id, run, "failed")
    return id, run, _entry(api, run)


def test_it_goes_on_where_it_failed_once_that_is_mended(api: Api) -> None:
    id, run, entry = _failed(api, notify("before"), FAILS, notify("after"))
    api.put(f"/api/automations/{id}", {"steps": [notify("new"), notify("before"), notify("check"), notify("after")]})
    answer = api.post(f"{LOGS}/{entry}/rerun")
    assert answer["execution_id"] == run
    ended = reach(api, id, run, "success")
    assert titles(api) == ["after", "before", "check"]
    assert statuses(ended) == {"before": "success", "check": "success", "after": "success"}
    assert [record["status"] for record in records(api, id, run)] == ["success", "failed", "success", "success"]
    assert [one["id"] for one in api.executions(id)] == [run]


def test_many_clicks_take_it_up_once(api: Api) -> None:
    id, run, entry = _failed(api, notify("before"), FAILS)
    with ThreadPoolExecutor(4) as pool:
        clicks = list(pool.map(lambda _: api.post(f"{LOGS}/{entry}/rerun"), range(4)))
    assert {click["execution_id"] for click in clicks} == {run}
    reach(api, id, run, "failed")
    assert (stored(api, run).generation, api.get(f"{LOGS}/{entry}")["log"]["rerun_count"]) == (1, 1)
    assert titles(api) == ["before"]


def test_where_the_step_is_gone_nothing_is_done_twice(api: Api) -> None:
    id, run, entry = _failed(api, notify("before"), FAILS)
    api.put(f"/api/automations/{id}", {"steps": [notify("before"), notify("other")]})
    refused = api.http.post(f"{LOGS}/{entry}/rerun")
    assert refused.status_code == 409
    assert "no step check" in refused.json()["detail"]
    assert api.get(f"{LOGS}/{entry}")["log"]["rerun_count"] == 0
    again = api.post(f"/api/automations/{id}/executions/{run}/retry", {"start_from": "start", "version": "current"})
    reach(api, id, again["execution"]["id"], "success")
    assert titles(api) == ["before", "before", "other"]


def test_what_a_loop_has_done_counts(api: Api) -> None:
    told = notify("told", config={"title": "{{ item }}"})
    fails = {**FAILS, "when": "index == 1"}
    id, _, entry = _failed(
        api, {"id": "each", "action": "for_each", "config": {"items": ["a", "b"], "steps": [told, fails]}}
    )
    api.put(f"/api/automations/{id}", {"steps": [notify("other")]})
    assert api.http.post(f"{LOGS}/{entry}/rerun").status_code == 409
    assert titles(api) == ["a", "b"]


def test_what_was_started_anew_meanwhile_is_what_runs_again(api: Api) -> None:
    id, run, entry = _failed(api, FAILS)
    again = api.post(f"/api/automations/{id}/executions/{run}/retry", {"start_from": "start"})["execution"]["id"]
    reach(api, id, again, "failed")
    assert api.post(f"{LOGS}/{entry}/rerun")["execution_id"] == again
    assert sorted(one["id"] for one in api.executions(id)) == sorted([run, again])


def test_what_was_done_meanwhile_is_not_done_again(api: Api) -> None:
    id, run, entry = _failed(api, notify("before"), FAILS)
    api.put(f"/api/automations/{id}", {"steps": [notify("before"), notify("check")]})
    api.post(f"/api/automations/{id}/executions/{run}/retry", {"version": "current"})
    reach(api, id, run, "success")
    refused = api.http.post(f"{LOGS}/{entry}/rerun")
    assert (refused.status_code, "success" in refused.json()["detail"]) == (409, True)
    assert titles(api) == ["before", "check"]
