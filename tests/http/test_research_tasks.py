"""/api/research-tasks: queueing, running, and what is said when nothing can be found out."""

from typing import Any

import pytest

from shared.domains.research import service
from shared.domains.research.models import Insight, InsightSource
from shared.kit import clock
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

TASK = {"title": "EdTech", "input_source": "ai tutors", "source_type": "keywords", "research_engine": "perplexity"}


def queue(api: Api, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.post("/api/research-tasks", {**TASK, **fields})["task"]
    return made


def failed(api: Api, id: str) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        task: dict[str, Any] = api.get(f"/api/research-tasks/{id}")["task"]
        assert task["status"] == "failed"
        return task

    return eventually(look)


def finish(api: Api, id: str) -> None:
    """What an engine would leave behind."""
    now = clock.now()
    insight = Insight(
        id="result",
        user_id=api.uid,
        created_at=now,
        updated_at=now,
        task_id=id,
        summary="Tutors <b>grow</b>.",
        key_findings=["One"],
        sources=[InsightSource(url="https://a.io/x", title="A")],
    )
    service.insights.create(insight)
    done = {"status": "done", "outputs_available": True, "result_id": "result"}
    service.repository.update(api.uid, id, done)


def test_what_was_queued_is_what_is_read(api: Api) -> None:
    made = queue(api)
    assert api.get(f"/api/research-tasks/{made['id']}")["task"] == made
    assert (made["status"], made["priority"], made["progress"], made["outputs_available"]) == (
        "queued",
        "medium",
        0,
        False,
    )
    assert {name: made[name] for name in TASK} == TASK


def test_filters_and_pages(api: Api) -> None:
    low, high, other = (queue(api, priority=p)["id"] for p in ("low", "high", "high"))
    api.post(f"/api/research-tasks/{high}/run")
    failed(api, high)

    def ids(**query: Any) -> list[str]:
        page = api.get("/api/research-tasks", **query)
        return [task["id"] for task in page["tasks"]]

    assert ids() == [other, high, low]
    assert ids(priority="high") == [other, high]
    assert ids(status="failed") == [high]
    assert ids(status="queued", priority="high") == [other]
    page = api.get("/api/research-tasks", limit=1, priority="high")
    assert (page["total"], ids(limit=1, priority="high", cursor=page["next_cursor"])) == (2, [high])


@pytest.mark.parametrize(
    ("engine", "needed"), [("perplexity", "PERPLEXITY_API_KEY"), ("google_search", "GOOGLE_SEARCH_KEY")]
)
def test_a_run_without_its_engine_fails_and_says_what_is_missing(api: Api, engine: str, needed: str) -> None:
    id = queue(api, research_engine=engine)["id"]
    answer = api.http.post(f"/api/research-tasks/{id}/run")
    started = api.ok(answer)["task"]
    assert (started["status"], started["error"]) == ("running", None)
    assert started["started_at"].endswith("Z")
    assert answer.headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=2 commits=1"
    task = failed(api, id)
    assert needed in task["error"]
    assert task["completed_at"] >= started["started_at"]
    assert task["outputs_available"] is False


def test_a_failed_task_may_run_again_and_each_run_is_told_once(api: Api) -> None:
    id = queue(api)["id"]
    for _ in range(2):
        api.post(f"/api/research-tasks/{id}/run")
        failed(api, id)
    wanted = [("failed", "Research failed")] * 2 + [("pending", "Research started")] * 2
    wanted.append(("success", "Research task created"))

    def told() -> bool:
        rows = api.get("/api/activity", type="research")["activities"]
        assert all(row["metadata"]["task_id"] == id for row in rows)
        return sorted((row["status"], row["title"]) for row in rows) == wanted

    eventually(told)


def test_a_done_task_is_not_run(api: Api) -> None:
    id = queue(api)["id"]
    finish(api, id)
    answer = api.http.post(f"/api/research-tasks/{id}/run")
    assert (answer.status_code, answer.json()["detail"]) == (400, "Task is already completed")
    assert api.http.post("/api/research-tasks/missing/run").status_code == 404


def test_insights_of_a_done_task(api: Api) -> None:
    id = queue(api)["id"]
    for path, method in (("insights", "GET"), ("download", "POST")):
        answer = api.http.request(method, f"/api/research-tasks/{id}/{path}")
        assert (answer.status_code, answer.json()["detail"]) == (400, "Task has no insights available yet")
        assert api.http.request(method, f"/api/research-tasks/missing/{path}").status_code == 404
    finish(api, id)
    body = api.get(f"/api/research-tasks/{id}/insights")
    assert (body["task_id"], body["task_title"]) == (id, "EdTech")
    assert (body["insights"]["summary"], body["insights"]["pain_points"]) == ("Tutors <b>grow</b>.", [])
    assert body["insights"]["sources"][0]["url"] == "https://a.io/x"


def test_the_report_as_a_file(api: Api) -> None:
    id = queue(api, title="EdTech: Q3/Q4 “plan”")["id"]
    finish(api, id)
    url = f"/api/research-tasks/{id}/download"
    assert api.http.post(url).content.startswith(b"%PDF-")
    plain = api.http.post(url, json={"format": "md"})
    assert plain.headers["content-disposition"] == 'attachment; filename="edtech-q3-q4-plan.md"'
    assert "## Key findings\n\n- One\n" in plain.text
    html = api.http.post(url, json={"format": "html"})
    assert html.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;grow" in html.text
    assert api.http.post(url, json={"format": "json"}).json()["insights"]["key_findings"] == ["One"]
    for format, magic in (("pdf", b"%PDF-"), ("docx", b"PK")):
        file = api.http.post(url, json={"format": format})
        assert file.content.startswith(magic)
        assert file.headers["content-disposition"] == f'attachment; filename="edtech-q3-q4-plan.{format}"'
    assert api.http.post(url, json={"format": "xls"}).status_code == 422


def test_only_the_given_fields_change(api: Api) -> None:
    made = queue(api)
    url = f"/api/research-tasks/{made['id']}"
    changed = api.put(url, {"priority": "high"})["task"]
    assert (changed["priority"], changed["title"]) == ("high", "EdTech")
    assert changed["updated_at"] > made["updated_at"]
    empty = api.http.put(url, json={})
    assert (empty.status_code, empty.json()["detail"]) == (400, "No fields to update")
    finish(api, made["id"])
    assert api.http.put(url, json={"input_source": "other"}).status_code == 409
    assert api.put(url, {"title": "Renamed"})["task"]["title"] == "Renamed"


def test_a_stale_change_or_delete_is_refused(api: Api) -> None:
    url = f"/api/research-tasks/{queue(api)['id']}"
    stale = {"If-Match": api.http.get(url).headers["etag"]}
    api.put(url, {"title": "New"})
    assert api.http.put(url, json={"title": "Old"}, headers=stale).status_code == 412
    assert api.http.delete(url, headers=stale).status_code == 412


def test_a_task_goes_with_its_insights(api: Api) -> None:
    id = queue(api)["id"]
    finish(api, id)
    assert api.ok(api.http.delete(f"/api/research-tasks/{id}"))["message"]
    assert api.http.get(f"/api/research-tasks/{id}").status_code == 404
    assert service.insights.find(api.uid, "result") is None
    assert api.http.delete(f"/api/research-tasks/{id}").status_code == 404


def test_what_is_refused(api: Api) -> None:
    for field, value in (("source_type", "odd"), ("research_engine", "odd"), ("priority", "odd"), ("title", " ")):
        answer = api.http.post("/api/research-tasks", json={**TASK, field: value})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    answer = api.http.post("/api/research-tasks", json={"title": "T"})
    assert {e["field"] for e in answer.json()["errors"]} == {"input_source", "source_type", "research_engine"}
    assert api.http.get("/api/research-tasks", params={"status": "odd"}).status_code == 422
    id = queue(api)["id"]
    with api.another_user() as other:
        assert other.http.get(f"/api/research-tasks/{id}").status_code == 404
        assert other.http.post(f"/api/research-tasks/{id}/run").status_code == 404
        assert other.http.delete(f"/api/research-tasks/{id}").status_code == 404


def test_costs(api: Api) -> None:
    made = api.http.post("/api/research-tasks", json=TASK)
    assert made.headers["x-firestore-cost"] == "rpcs=1 reads=0 writes=2 commits=1"
    read = api.http.get(f"/api/research-tasks/{made.json()['task']['id']}")
    assert read.headers["x-firestore-cost"] == "rpcs=1 reads=1 writes=0 commits=0"


def test_a_download_with_a_key_is_the_same_file_again(api: Api) -> None:
    id = queue(api)["id"]
    finish(api, id)
    path, key = f"/api/research-tasks/{id}/download", {"Idempotency-Key": "k1"}
    first, second = (api.http.post(path, json={"format": "pdf"}, headers=key) for _ in range(2))
    assert first.content == second.content
    assert first.content.startswith(b"%PDF")
    assert second.headers["idempotency-replayed"] == "true"
    for header in ("content-type", "content-disposition", "x-content-type-options"):
        assert first.headers[header] == second.headers[header]
    assert api.http.post(path, json={"format": "md"}, headers=key).status_code == 422
