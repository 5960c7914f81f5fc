"""Many failed runs are taken up again at once, by what they have in common."""

from shared.automations.runs import store as run_store
from shared.gcp import firestore
from shared.gcp.writes import Write
from tests.automations.played import start
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

FAILS = {"action": "analyze_prospect"}


def test_the_filter_looks_at_all_of_them(api: Api) -> None:
    """The runs that are meant lie behind more than a query answers."""
    id, run = start(api, FAILS)
    eventually(lambda: api.get("/api/automations/executions", status="failed")["total"] == 1)
    ended = run_store.executions.get(api.uid, run)
    others = [
        Write(f"users/{api.uid}/executions/other-{number:03d}", {**ended.stored(), "error": "Another reason"})
        for number in range(320)
    ]
    meant = Write(f"users/{api.uid}/executions/zz-last", {**ended.stored(), "error": "This reason"})
    firestore.client().batch_write([*others, meant])
    body = {"automation_id": id, "error_contains": "This reason", "limit": 10}
    made = api.post("/api/automations/executions/retry", body)
    assert (made["retried"], made["execution_ids"]) == (1, ["zz-last"])


def test_of_one_automation_from_the_start_with_the_current_version(api: Api) -> None:
    id, _ = start(api, FAILS)
    other, _ = start(api, FAILS)
    eventually(lambda: api.get("/api/automations/executions", status="failed")["total"] == 2)
    api.put(f"/api/automations/{id}", {"actions": ["send_notification"]})
    body = {"automation_id": id, "start_from": "start", "version": "current"}
    assert api.post("/api/automations/executions/retry", body)["retried"] == 1
    eventually(lambda: sorted(run["status"] for run in api.executions(id)) == ["failed", "success"])
    assert [run["status"] for run in api.executions(other)] == ["failed"]
    assert api.http.post("/api/automations/executions/retry", json={"automation_id": "odd"}).status_code == 404


def test_of_a_time(api: Api) -> None:
    id, run = start(api, FAILS)
    eventually(lambda: api.get("/api/automations/executions", status="failed")["total"] == 1)
    at = api.executions(id)[0]["started_at"]
    assert api.post("/api/automations/executions/retry", {"until": at})["retried"] == 0
    assert api.post("/api/automations/executions/retry", {"since": at})["execution_ids"] == [run]


def test_started_anew_again_and_again_it_is_the_last_that_counts(api: Api) -> None:
    id = api.automation("manual", {"action": "analyze_prospect"})
    for _ in range(2):
        api.post(f"/api/automations/{id}/run")
    for number in (2, 4, 6):
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"] * number)  # noqa: B023
        answer = api.post("/api/automations/executions/retry", {"automation_id": id, "start_from": "start"})
        assert answer["retried"] == 2
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"] * 8)
    runs = {run["id"]: run["rerun_id"] for run in api.executions(id)}
    assert sorted(follower for follower in runs.values() if follower) == sorted(set(runs.values()) - {None})
    assert list(runs.values()).count(None) == 2
