"""/api/system/logs: entries, figures, and running again what failed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared import settings
from shared.domains.system_logs import service as system_logs
from shared.domains.system_logs.service import EXPLANATIONS, classify
from shared.errors import AppError, Conflict, Forbidden, Invalid, NotFound, ProviderError, TooManyRequests, Unavailable
from shared.gcp import firestore
from shared.kit import clock
from tests.automations.played import stored
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply, completion

LOGS = "/api/system/logs"


def _log(api: Api, message: str = "Something happened", **more: Any) -> dict[str, Any]:
    entry: dict[str, Any] = api.post(LOGS, {"level": "info", "category": "system", "message": message, **more})["log"]
    return entry


def _messages(api: Api, **query: Any) -> list[str]:
    page = api.get(LOGS, **query)
    assert page["total"] == len(page["logs"])
    return [entry["message"] for entry in page["logs"]]


def _failed(api: Api) -> tuple[str, dict[str, Any]]:
    """An automation that fails for want of a prospect, and the entry about it."""
    id = api.automation("manual", "analyze_prospect")
    api.post(f"/api/automations/{id}/run", {"input": {"colour": "red"}})
    return id, eventually(lambda: api.get(LOGS, level="error")["logs"])[0]


def test_what_was_sent_is_what_is_read(api: Api) -> None:
    made = _log(api, details={"code": 7}, metadata={"a": 1}, related_id="t1", duration_ms=12.5)
    assert api.get(f"{LOGS}/{made['id']}/")["log"] == made
    assert (made["details"], made["related_id"], made["can_rerun"], made["link"]) == ({"code": 7}, "t1", False, None)
    assert (made["explanation"], made["timestamp"], made["user_id"]) == ("", made["created_at"], api.uid)
    assert _log(api, details="in words")["details"] == "in words"
    assert api.http.get(f"{LOGS}/unknown").status_code == 404


def test_entries_are_removed_after_ninety_days(api: Api) -> None:
    made = _log(api)
    document = firestore.client().get(f"users/{api.uid}/system_logs/{made['id']}")
    assert document
    assert document.data["expires_at"] - datetime.fromisoformat(made["timestamp"]) == timedelta(days=90)


def test_errors_are_explained(api: Api) -> None:
    plain = _log(api, level="error")
    assert (plain["error_class"], plain["explanation"]) == ("unexpected", EXPLANATIONS["unexpected"])
    known = _log(api, level="warning", error_class="blocked_automation")
    assert known["explanation"] == EXPLANATIONS["blocked_automation"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ProviderError("x"), "api_failure"),
        (Unavailable("x"), "api_failure"),
        (TooManyRequests("x"), "api_failure"),
        (NotFound("x"), "missing_data"),
        (Invalid.at("x", "y"), "missing_data"),
        (Conflict("x"), "invalid_transition"),
        (Forbidden("x"), "blocked_automation"),
        (AppError("x"), "unexpected"),
    ],
)
def test_every_error_has_a_class(error: AppError, expected: str) -> None:
    assert classify(error) == expected


def test_filters_and_their_combinations(api: Api) -> None:
    _log(api, "Import failed", level="error", category="prospect")
    _log(api, "Import done", level="success", category="prospect")
    _log(api, "Provider failed", level="error", category="api")
    assert _messages(api) == ["Provider failed", "Import done", "Import failed"]
    assert _messages(api, level="error") == ["Provider failed", "Import failed"]
    assert _messages(api, category="prospect") == ["Import done", "Import failed"]
    assert _messages(api, level="error", category="prospect") == ["Import failed"]
    assert _messages(api, search="imp") == ["Import done", "Import failed"]
    assert _messages(api, search="import fail") == ["Import failed"]
    assert _messages(api, search="failed", level="error") == ["Provider failed", "Import failed"]
    assert _messages(api, search="failed", category="api") == ["Provider failed"]
    assert _messages(api, search="failed", category="api", level="error") == ["Provider failed"]
    since = clock.now().isoformat()
    _log(api, "Import late", level="error", category="prospect")
    assert _messages(api, since=since) == ["Import late"]
    assert _messages(api, since=since, search="import", level="error", category="prospect") == ["Import late"]
    page = api.get(LOGS, limit=3)
    rest = api.get(LOGS, limit=3, cursor=page["next_cursor"])
    assert (page["total"], [entry["message"] for entry in rest["logs"]]) == (4, ["Import failed"])


@pytest.mark.parametrize("query", [{"level": "loud"}, {"category": "kitchen"}, {"limit": "501"}, {"since": "x"}])
def test_filters_that_make_no_sense(api: Api, query: dict[str, str]) -> None:
    refused = api.http.get(LOGS, params=query)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, next(iter(query)))


def test_entries_that_make_no_sense(api: Api) -> None:
    for field, value in {"level": "loud", "category": "x", "message": " ", "duration_ms": -1, "extra": 1}.items():
        body = {"level": "info", "category": "api", "message": "m", field: value}
        refused = api.http.post(LOGS, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("path", [f"{LOGS}/stats", f"{LOGS}/stats/summary"])
def test_figures_of_the_last_day(api: Api, cloud: LocalCloud, path: str) -> None:
    _log(api, "old", level="error")
    cloud.clock.advance(timedelta(hours=25))
    _log(api, level="error", category="api", duration_ms=1_500)
    _log(api, level="error", category="automation")
    _log(api, level="success", category="api", duration_ms=20)
    figures = api.get(path)
    assert figures["total_logs"] == 3
    assert figures["by_level"] == {"error": 2, "warning": 0, "info": 0, "success": 1}
    assert (figures["by_category"]["api"], figures["by_category"]["automation"]) == (2, 1)
    assert sum(figures["by_category"].values()) == 3
    assert figures["recent_errors"] == 2
    assert figures["performance"] == {"slow_requests": 1, "failed_requests": 1, "slow_after_ms": 1000.0}


def test_a_failed_execution_is_logged_with_it(api: Api) -> None:
    id, entry = _failed(api)
    run = api.executions(id)[0]
    assert (entry["related_id"], entry["can_rerun"], entry["category"]) == (run["id"], True, "automation")
    assert entry["message"] == f"Test: {run['error']}"
    assert entry["explanation"] == EXPLANATIONS["missing_data"]
    assert entry["link"] == f"/automations?id={id}&execution={run['id']}"
    assert entry["metadata"]["automation_id"] == id
    assert api.get(LOGS)["total"] == 1


def test_a_step_that_took_long_is_logged(api: Api, cloud: LocalCloud) -> None:
    """The clock goes on while the language model thinks."""

    def slowly(number: int) -> Reply:
        cloud.clock.advance(timedelta(seconds=40))
        return completion({"sentences": ["Ferns need light."]})

    with Provider(slowly) as server:
        settings.use(settings.current().model_copy(update={"llm_api_key": "k", "llm_base_url": server.url}))
        id = api.automation("manual", {"action": "summarize", "config": {"text": ["Ferns need light in winter."]}})
        api.post(f"/api/automations/{id}/run")
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])
    [entry] = api.get(LOGS, category="automation")["logs"]
    assert (entry["level"], entry["slow"], entry["can_rerun"]) == ("warning", True, False)
    assert entry["message"].startswith("Test: step summarize took 4")
    assert entry["related_id"] == api.executions(id)[0]["id"]


def test_what_failed_runs_again_as_it_is_now(api: Api) -> None:
    id, entry = _failed(api)
    step = {"action": "send_notification", "config": {"title": "In {{ input.colour }}", "message": "m"}}
    api.put(f"/api/automations/{id}", {"steps": [step]})
    api.post(f"/api/automations/{id}/deactivate")
    answer = api.post(f"{LOGS}/{entry['id']}/rerun")
    assert answer["related_id"] == entry["related_id"]
    assert "running again" in answer["message"]
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success", "failed"])
    assert api.executions(id)[0]["id"] == answer["execution_id"]
    assert api.get("/api/notifications")["notifications"][0]["title"] == "In red"
    assert api.get(f"{LOGS}/{entry['id']}")["log"]["rerun_count"] == 1


def test_a_double_click_runs_it_once_and_a_later_one_again(api: Api, cloud: LocalCloud) -> None:
    id, entry = _failed(api)
    with ThreadPoolExecutor(4) as pool:
        clicks = list(pool.map(lambda _: api.post(f"{LOGS}/{entry['id']}/rerun"), range(4)))
    clicks.append(api.post(f"{LOGS}/{entry['id']}/rerun"))
    assert len({click["execution_id"] for click in clicks}) == 1
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"])
    cloud.clock.advance(timedelta(seconds=3))
    assert api.post(f"{LOGS}/{entry['id']}/rerun")["message"] == "Test is running again."
    eventually(
        lambda: [(stored(api, run["id"]).generation, run["status"]) for run in api.executions(id)] == [(2, "failed")]
    )
    assert api.get(f"{LOGS}/{entry['id']}")["log"]["rerun_count"] == 2
    assert api.get(LOGS, level="error")["total"] == 3


def test_a_rerun_under_way_is_not_started_twice(api: Api, cloud: LocalCloud) -> None:
    id, entry = _failed(api)
    api.put(f"/api/automations/{id}", {"steps": [{"action": "delay", "config": {"seconds": 3600}}]})
    first = api.post(f"{LOGS}/{entry['id']}/rerun")
    eventually(lambda: api.executions(id)[0]["status"] == "waiting")
    cloud.clock.advance(timedelta(minutes=1))
    again = api.post(f"{LOGS}/{entry['id']}/rerun")
    assert (again["execution_id"], again["message"]) == (first["execution_id"], "It is already running again.")
    assert len(api.executions(id)) == 2


def test_what_cannot_run_again_says_why(api: Api) -> None:
    plain, unrelated = _log(api, related_id="x"), _log(api, can_rerun=True)
    gone = _log(api, can_rerun=True, related_id="gone")
    refused = api.http.post(f"{LOGS}/{plain['id']}/rerun")
    assert (refused.status_code, refused.json()["detail"]) == (400, "This log entry cannot be re-run")
    refused = api.http.post(f"{LOGS}/{unrelated['id']}/rerun")
    assert (refused.status_code, refused.json()["detail"]) == (400, "Log entry has no related task to re-run")
    assert api.http.post(f"{LOGS}/{gone['id']}/rerun").status_code == 404
    assert api.http.post(f"{LOGS}/unknown/rerun").status_code == 404


def test_only_what_failed_runs_again(api: Api) -> None:
    id = api.automation("manual", "send_notification")
    run = api.post(f"/api/automations/{id}/run")["execution"]
    eventually(lambda: api.executions(id)[0]["status"] == "success")
    entry = _log(api, can_rerun=True, related_id=run["id"])
    refused = api.http.post(f"{LOGS}/{entry['id']}/rerun")
    assert (refused.status_code, "success" in refused.json()["detail"]) == (409, True)
    assert len(api.executions(id)) == 1


def test_a_deleted_automation_does_not_run_again(api: Api) -> None:
    id, entry = _failed(api)
    Api.ok(api.http.delete(f"/api/automations/{id}"))
    assert api.http.post(f"{LOGS}/{entry['id']}/rerun").status_code == 404
    assert api.get(f"{LOGS}/{entry['id']}")["log"]["rerun_count"] == 0


def test_users_do_not_see_each_other(api: Api) -> None:
    _, entry = _failed(api)
    with api.another_user() as other:
        assert other.get(LOGS)["total"] == other.get(f"{LOGS}/stats")["total_logs"] == 0
        assert other.http.get(f"{LOGS}/{entry['id']}").status_code == 404
        assert other.http.post(f"{LOGS}/{entry['id']}/rerun").status_code == 404
        stolen = _log(other, can_rerun=True, related_id=entry["related_id"])
        assert other.http.post(f"{LOGS}/{stolen['id']}/rerun").status_code == 404


def test_record_writes_one_entry(api: Api) -> None:
    explanation = "The mailbox is full."
    entry = system_logs.record(
        api.uid, "warning", "outreach", "Mail bounced", explanation=explanation, link="/outreach/p1"
    )
    read = api.get(f"{LOGS}/{entry.id}")["log"]
    assert (read["explanation"], read["link"], read["can_rerun"]) == (explanation, "/outreach/p1", False)
    assert entry.timestamp.tzinfo == UTC


def test_costs(api: Api) -> None:
    made = api.http.post(LOGS, json={"level": "info", "category": "api", "message": "m"})
    assert made.headers["x-firestore-cost"] == "rpcs=1 reads=0 writes=2 commits=1"  # one names it for the index
    read = api.http.get(f"{LOGS}/{made.json()['log']['id']}")
    assert read.headers["x-firestore-cost"] == "rpcs=1 reads=1 writes=0 commits=0"
    assert api.http.get(LOGS).headers["x-firestore-cost"] == "rpcs=2 reads=2 writes=0 commits=0"
    figures = api.http.get(f"{LOGS}/stats")
    assert figures.headers["x-firestore-cost"] == "rpcs=13 reads=13 writes=0 commits=0"
    _, entry = _failed(api)
    rerun = api.http.post(f"{LOGS}/{entry['id']}/rerun")
    assert rerun.headers["x-firestore-cost"] == "rpcs=5 reads=4 writes=3 commits=1"


def test_a_failed_research_task_really_runs_again(api: Api) -> None:
    body = {"title": "T", "input_source": "tutoring", "source_type": "keywords", "research_engine": "perplexity"}
    task = api.post("/api/research-tasks", body)["task"]["id"]
    api.post(f"/api/research-tasks/{task}/run")
    entry = eventually(lambda: api.get("/api/system/logs", category="research")["logs"])[0]
    assert (entry["related_id"], entry["can_rerun"], entry["level"]) == (task, True, "error")
    assert api.post(f"/api/system/logs/{entry['id']}/rerun")["related_id"] == task
    eventually(lambda: api.get("/api/system/logs", category="research")["total"] == 2)
    assert api.get(f"/api/research-tasks/{task}")["task"]["status"] == "failed"
