"""Batch jobs over HTTP, done by the functions themselves; and what a call is refused for."""

import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import httpx
import pytest

from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit.ids import new_id
from shared.realtime import entries
from shared.realtime.frames import frames_of
from tests.contract.entities import MAKERS
from tests.fixtures.accounts import Stored, below, traces
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

_CHANGES = {"changes": {"tags": ["spring"]}}


def _people(api: Api, number: int, **more: Any) -> list[str]:
    rows = [{"name": f"Ann {n}", "email": f"{new_id()}@acme.io", **more} for n in range(number)]
    return [str(id) for id in api.post("/api/prospects", {"prospects": rows})["created_ids"]]


def _ended(api: Api, job: dict[str, Any]) -> dict[str, Any]:
    def look() -> Any:
        current = api.get(f"/api/batch/{job['id']}")["job"]
        return current if current["completed_at"] else None

    found: dict[str, Any] = eventually(look)
    return found


def _problem(api: Api, body: Any, operation: str = "update_prospects", status: int = 422) -> dict[str, Any]:
    response = api.http.post(f"/api/batch/{operation}", json=body)
    assert response.status_code == status, response.text
    problem: dict[str, Any] = response.json()
    return problem


def test_a_job_is_accepted_done_listed_and_told(api: Api) -> None:
    ids = _people(api, 130)
    response = api.http.post("/api/batch/update_prospects", json={"ids": [*ids, ids[0], "nobody"], **_CHANGES})
    assert response.status_code == 202
    job = response.json()["job"]
    assert (job["status"], job["total"], job["done"], job["failed"], job["duplicates"]) == ("queued", 131, 0, 0, 1)
    done = _ended(api, job)
    assert (done["status"], done["done"], done["failed"]) == ("done", 130, 1)
    assert [row["id"] for row in api.get("/api/batch", status="done")["jobs"]] == [job["id"]]
    [failed] = api.get(f"/api/batch/{job['id']}/items", status="failed")["items"]
    assert (failed["number"], failed["error"]) == (130, "There is no prospect with this id.")
    titles = [each["title"] for each in api.get("/api/notifications")["notifications"]]
    assert titles == ["A batch job ended: update prospects"]
    again = api.post(f"/api/batch/{job['id']}/retry", {"numbers": [130]})["job"]
    assert (_ended(api, again)["failed"], again["retry_of"]) == (1, job["id"])


def test_progress_comes_live_and_never_goes_back(api: Api) -> None:
    job = api.post("/api/batch/update_prospects", {"ids": _people(api, 200), **_CHANGES})["job"]
    _ended(api, job)
    rows = [entries.entry_of(row) for row in firestore.client().query(Query("stream", parent=f"users/{api.uid}"))]
    told = [
        frame.data
        for entry in sorted(rows, key=lambda entry: entry.begin)
        for _, frame in frames_of(entry)
        if frame.channel == "batch"
    ]
    assert {frame["job_id"] for frame in told} == {job["id"]}
    assert (told[0]["status"], told[-1]["status"]) == ("queued", "done")
    numbers = [(frame["done"], frame["failed"]) for frame in told]
    assert numbers == sorted(numbers)
    assert numbers[-1] == (200, 0)


def test_a_search_chooses_what_it_finds_when_the_job_is_made(api: Api) -> None:
    chosen = _people(api, 3, company="Acme Pumps", tags=["pumps"])
    others = _people(api, 2, company="Umbrella")
    dry = api.http.post("/api/batch/update_prospects?dry_run=true", json={"filter": {"q": "pumps"}, **_CHANGES})
    assert dry.status_code == 200
    plan = dry.json()["plan"]
    assert (plan["count"], {row["target"] for row in plan["sample"]}) == (3, {*chosen})
    assert plan["cost"]["provider_calls"] == 0 < plan["cost"]["writes"]
    assert api.get("/api/batch")["jobs"] == []
    job = api.post("/api/batch/update_prospects", {"filter": {"tags": "pumps"}, **_CHANGES})["job"]
    assert _ended(api, job)["done"] == 3
    assert [api.get(f"/api/prospects/{id}")["prospect"]["tags"] for id in (chosen[0], others[0])] == [["spring"], []]
    assert "finds nothing" in _problem(api, {"filter": {"q": "nowhere"}, **_CHANGES})["detail"]


def test_a_dry_run_names_what_would_fail(api: Api) -> None:
    [id] = _people(api, 1)
    body = {"ids": [id, "nobody"], **_CHANGES}
    plan = api.ok(api.http.post("/api/batch/update_prospects", params={"dry_run": "true"}, json=body))["plan"]
    assert [row["problem"] for row in plan["sample"]] == [None, "There is nothing with this id in prospects."]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ids": [f"p{n}" for n in range(10_001)], **_CHANGES}, "ids"),
        ({"ids": [], **_CHANGES}, "ids"),
        ({"ids": ["p1"], "filter": {}, **_CHANGES}, "filter"),
        (_CHANGES, "ids"),
        ({"ids": ["p1"]}, "changes"),
        ({"ids": ["p1"], "changes": {"status": "unheard-of"}}, "changes.status"),
        ({"items": [{"id": "p1", "changes": {"tags": []}}] * 2}, "items.1.id"),
        ({"ids": ["p1"], "changes": {"tags": []}, "more": 1}, "more"),
    ],
)
def test_a_body_that_says_too_much_or_too_little_is_refused_by_its_field(api: Api, body: Any, field: str) -> None:
    assert _problem(api, body)["errors"][0]["field"] == field
    assert api.get("/api/batch")["jobs"] == []


def test_ten_thousand_ids_are_taken(api: Api) -> None:
    """They are nobody's: what each comes to is cheap here, and is told."""
    job = api.post("/api/batch/delete", {"kind": "outreach", "ids": [f"m{n}" for n in range(10_000)]})["job"]
    assert job["total"] == 10_000
    cancelled = api.post(f"/api/batch/{job['id']}/cancel")["job"]
    assert cancelled["status"] == "cancelled"


def test_an_idempotency_key_makes_one_job_and_takes_no_other_body(api: Api) -> None:
    ids = _people(api, 2)
    key = {"Idempotency-Key": "once"}
    first, second = (
        api.http.post("/api/batch/update_prospects", json={"ids": ids, **_CHANGES}, headers=key) for _ in range(2)
    )
    assert first.json()["job"]["id"] == second.json()["job"]["id"]
    assert second.headers["Idempotency-Replayed"] == "true"
    other = api.http.post("/api/batch/update_prospects", json={"ids": ids[:1], **_CHANGES}, headers=key)
    assert other.status_code == 422
    assert len(api.get("/api/batch")["jobs"]) == 1


def test_what_another_owns_is_not_there(api: Api) -> None:
    theirs = _people(api, 1)
    with api.another_user() as other:
        job = other.post("/api/batch/delete", {"kind": "prospects", "ids": theirs})["job"]
        assert _ended(other, job)["failed"] == 1
        assert api.get(f"/api/prospects/{theirs[0]}")["prospect"]["id"] == theirs[0]
        assert api.http.get(f"/api/batch/{job['id']}").status_code == 404
        assert api.http.get(f"/api/batch/{job['id']}/items").status_code == 404
        for call in ("pause", "resume", "cancel", "retry"):
            assert api.http.post(f"/api/batch/{job['id']}/{call}", json={}).status_code == 404
        assert api.http.delete(f"/api/batch/{job['id']}").status_code == 404


def test_automations_are_switched_and_changed_in_jobs_of_their_own(api: Api) -> None:
    ids = [api.automation("new_prospect_added", "analyze_prospect", active=False) for _ in range(3)]
    assert _ended(api, api.post("/api/batch/update_automations", {"ids": ids, "status": "active"})["job"])["done"] == 3
    limits = {"changes": {"limits": {"concurrency": 2}}}
    assert _ended(api, api.post("/api/batch/update_automations", {"ids": ids, **limits})["job"])["done"] == 3
    now = [api.get(f"/api/automations/{id}")["automation"] for id in ids]
    assert {(each["status"], each["limits"]["concurrency"]) for each in now} == {("active", 2)}
    person = _people(api, 1)[0]
    eventually(lambda: api.get(f"/api/prospects/{person}")["prospect"]["status"] == "analyzed")
    both = {"ids": ids, "status": "inactive", **limits}
    assert _problem(api, both, "update_automations")["errors"][0]["field"] == "changes"
    assert _ended(api, api.post("/api/batch/delete", {"kind": "automations", "ids": ids})["job"])["done"] == 3
    assert api.get("/api/automations")["total"] == 0


def test_templates_and_research_tasks_are_made_and_started(api: Api) -> None:
    wanted = [{"name": f"T{n}", "category": "cold_email", "topic": "Tutors for the summer"} for n in range(3)]
    made = _ended(
        api, api.post("/api/batch/generate_templates", {"items": [*wanted, {**wanted[0], "topic": ""}]})["job"]
    )
    assert (made["done"], made["failed"]) == (3, 1)
    rows = api.get(f"/api/batch/{made['id']}/items", status="done")["items"]
    templates = [api.get(f"/api/templates/{row['result']['template_id']}")["template"] for row in rows]
    assert sorted(each["name"] for each in templates) == ["T0", "T1", "T2"]
    task = {"title": "Pumps", "input_source": "pumps", "source_type": "keywords", "research_engine": "vault"}
    job = _ended(api, api.post("/api/batch/create_research_tasks", {"items": [task] * 2, "run": True})["job"])
    [first, second] = api.get(f"/api/batch/{job['id']}/items")["items"]
    assert first["result"]["task_id"] != second["result"]["task_id"]
    url = f"/api/research-tasks/{first['result']['task_id']}"
    eventually(lambda: api.get(url)["task"]["status"] in ("done", "failed"))
    assert api.get(url)["task"]["runs"] == 1


def test_nothing_is_left_of_a_job_whose_account_is_deleted_meanwhile(api: Api, served: Served) -> None:
    ids = _people(api, 300)
    api.post("/api/batch/generate_outreach", {"ids": ids})
    deleted = api.http.request("DELETE", "/api/account", json={"confirm": "delete my account"})
    assert deleted.is_success, deleted.text

    def gone() -> bool:
        served.tick("unfinished_deletions")
        served.tick("overdue_batches")
        left = [path for path in traces(api.uid) if not path.startswith("deleted_accounts/")]
        return left == []

    eventually(gone)


_WRITTEN = {"category": "email", "name": "T", "topic": "Pumps", "use_knowledge": False}


@pytest.mark.parametrize(
    ("operation", "route", "body"),
    [
        ("update_prospects", "/api/prospects/{id}", lambda ids: {"ids": ids, **_CHANGES}),
        ("update_prospects", "/api/prospects/{id}", lambda ids: {"items": [{"id": id, **_CHANGES} for id in ids]}),
        ("analyze_prospects", "/api/prospects/{id}", lambda ids: {"ids": ids}),
        ("generate_outreach", "/api/prospects/{id}", lambda ids: {"ids": ids}),
        ("update_automations", "/api/automations/{id}", lambda ids: {"ids": ids, "status": "active"}),
        ("delete", "/api/automations/{id}", lambda ids: {"kind": "automations", "ids": ids}),
        ("delete", "/api/prospects/{id}", lambda ids: {"kind": "prospects", "ids": ids}),
        ("generate_templates", "/api/prospects/{id}", lambda ids: _written(ids, "prospect_id")),
        ("generate_templates", "/api/personas/{id}", lambda ids: _written(ids, "persona_id")),
        ("generate_templates", "/api/vault/{id}", lambda ids: _written([[id] for id in ids], "vault_ids")),
    ],
)
def test_an_id_of_another_user_is_as_one_that_there_is_not(
    api: Api, operation: str, route: str, body: Callable[[list[str]], dict[str, Any]]
) -> None:
    """The call looks nothing up, so it takes both; each item is looked up as the caller, and fails with the same words.
    Nothing of the other user is read, shown or changed, in a dry run neither."""
    theirs = MAKERS[route](api, {}, set()) if route != "/api/prospects/{id}" else _people(api, 1)[0]
    before = _things(api.uid)
    with api.another_user() as other:
        sent = body([theirs, "nobody"])
        dry = other.http.post(f"/api/batch/{operation}?dry_run=true", json=sent)
        assert dry.status_code == 200, dry.text
        first, second = dry.json()["plan"]["sample"]
        assert (first["title"], first["problem"]) == (second["title"], second["problem"])
        job = _ended(other, other.post(f"/api/batch/{operation}", sent)["job"])
        assert (job["done"], job["failed"]) == (0, 2)
        first, second = other.get(f"/api/batch/{job['id']}/items")["items"]
        records = [{name: row[name] for name in ("status", "result", "code")} for row in (first, second)]
        assert records == [{"status": "failed", "result": {}, "code": "not-found"}] * 2
        assert first["error"].replace(theirs, "ID") == second["error"].replace("nobody", "ID")
    assert _things(api.uid) == before


def _things(uid: str) -> Stored:
    """All but what follows from their creation, sooner or later."""
    follows = ("activity", "stream", "rollups", "rollup_events", "search", "search_segments")
    return {path: row for path, row in below(uid).items() if path.split("/")[2] not in follows}


def _written(ids: list[Any], name: str) -> dict[str, Any]:
    return {"items": [{**_WRITTEN, name: id} for id in ids]}


def test_a_key_that_comes_twice_at_once_makes_one_job(api: Api) -> None:
    ids, headers = _people(api, 3), {"Idempotency-Key": "at once"}

    def call(_: int) -> httpx.Response:
        return api.http.post("/api/batch/update_prospects", json={"ids": ids, **_CHANGES}, headers=headers)

    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(call, range(4))]
    assert {each.status_code for each in answers} <= {202, 409}
    [job] = api.get("/api/batch")["jobs"]
    assert {each.json()["job"]["id"] for each in answers if each.status_code == 202} == {job["id"]}
    assert call(0).json()["job"]["id"] == job["id"]


def test_a_job_is_in_the_export_of_its_account(api: Api) -> None:
    job = _ended(api, api.post("/api/batch/update_prospects", {"ids": [*_people(api, 2), "nobody"], **_CHANGES})["job"])
    export = api.post("/api/account/export")["export"]
    content = api.http.get(f"/api/account/exports/{export['id']}/parts/1").content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        [stored] = archive.read("batch_jobs.jsonl").decode().splitlines()
        records = archive.read("batch_items.jsonl").decode().splitlines()
    assert json.loads(stored)["id"] == job["id"]
    assert len(records) == 3


def test_bodies_of_any_size_are_taken_or_refused_by_name(api: Api) -> None:
    long = [{**_WRITTEN, "instructions": "x" * 1_900} for _ in range(1_000)]
    job = api.post("/api/batch/generate_templates", {"items": long})["job"]
    assert job["total"] == 1_000
    api.post(f"/api/batch/{job['id']}/cancel")
    huge = api.http.post("/api/batch/generate_templates", json={"items": long * 2})
    assert (huge.status_code, huge.json()["detail"]) == (413, "The body must not exceed 2 MiB.")
    lone = api.http.post("/api/batch/delete", content=b'{"kind": "outreach", "ids": ["\\ud800"]}')
    assert lone.status_code in (400, 415, 422)
    assert len(api.get("/api/batch")["jobs"]) == 1


def test_what_belongs_to_a_deleted_prospect_goes_with_its_event(api: Api) -> None:
    ids = _people(api, 3)
    for id in ids:
        api.post("/api/outreach", {"prospect_id": id, "subject": "Hello", "body": "Hello Ann"})
    assert _ended(api, api.post("/api/batch/delete", {"kind": "prospects", "ids": ids[:2]})["job"])["done"] == 2
    eventually(lambda: [row["prospect_id"] for row in api.get("/api/outreach")["outreach"]] == [ids[2]])
