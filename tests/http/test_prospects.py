"""/api/prospects: creating, finding, changing, removing, approving."""

import itertools
from typing import Any

from shared.domains.prospects import service
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def make(api: Api, name: str = "Ann Lee", **fields: Any) -> str:
    id: str = api.post("/api/prospects", {"name": name, **fields})["prospect"]["id"]
    return id


def names(api: Api, **query: Any) -> list[str]:
    return [p["name"] for p in api.get("/api/prospects/", **query)["prospects"]]


def test_what_was_sent_is_what_is_read(api: Api) -> None:
    sent = {"name": "Ann Lee", "company": "Acme", "email": "Ann@Acme.io", "tags": ["a"], "fit_score": 80}
    answer = api.post("/api/prospects/", sent)
    made = answer["prospect"]
    read = api.get(f"/api/prospects/{made['id']}")["prospect"]
    assert read == made
    assert (read["email"], read["fit_score"], read["status"]) == ("ann@acme.io", 0.8, "new")
    assert read["prospect_id"] == read["id"]
    assert answer["created_ids"] == [made["id"]]


def test_one_address_is_one_prospect(api: Api) -> None:
    first = api.post("/api/prospects", {"name": "Ann", "email": "ann@acme.io"})["prospect"]
    again = api.http.post("/api/prospects", json={"name": "Ann", "email": "ANN@acme.io"})
    assert again.status_code == 409
    assert first["id"] in again.json()["detail"]


def test_the_list_is_newest_first_and_filters(api: Api) -> None:
    for number in range(3):
        api.post("/api/prospects", {"name": f"P{number}", "status": "contacted" if number else "new"})
    assert names(api) == ["P2", "P1", "P0"]
    page = api.get("/api/prospects", status="contacted", limit=1)
    assert (page["total"], [p["name"] for p in page["prospects"]]) == (2, ["P2"])
    rest = api.get("/api/prospects", status="contacted", limit=1, cursor=page["next_cursor"])
    assert ([p["name"] for p in rest["prospects"]], rest["next_cursor"]) == (["P1"], None)


def test_search_finds_what_one_has_begun_to_type(api: Api) -> None:
    make(api, "Ann Lee", company="Acme", job_title="Head of Sales", email="ann@acme.io", tags=["Education"])
    make(api, "Bob Ray", company="Bolt")
    for typed in ("an", "ACM", "head sal", "ann@acme.io", "educ", "lee acme"):
        assert names(api, search=typed) == ["Ann Lee"], typed
    assert names(api, search="ann bolt") == []
    assert api.get("/api/prospects", search="bo")["total"] == 1


def test_search_follows_a_change_of_name(api: Api) -> None:
    id = make(api, "Ann")
    api.ok(api.http.patch(f"/api/prospects/{id}", json={"name": "Zoe"}))
    assert (names(api, search="ann"), names(api, search="zo")) == ([], ["Zoe"])


def test_every_order_pages_through_every_filter(api: Api) -> None:
    for number, company in enumerate(["Beta", "Alpha", "Gamma"]):
        make(api, f"P{number}", company=company, fit_score=number / 10, status="contacted", tags=["topic"])
    make(api, "Other")
    assert names(api, sort_by="company", status="contacted") == ["P1", "P0", "P2"]
    assert names(api, sort_by="fit_score", search="top", status="contacted") == ["P2", "P1", "P0"]
    filters = [{}, {"status": "contacted"}, {"search": "topic"}, {"status": "contacted", "search": "topic"}]
    sorts = ["fit_score", "company", "updated_at", "created_at"]
    for given, sort, order in itertools.product(filters, sorts, ["asc", "desc"]):
        query: dict[str, Any] = {**given, "sort_by": sort, "sort_order": order}
        whole, paged = names(api, **query), []
        cursor: str | None = ""
        while cursor is not None:
            page = api.get("/api/prospects", **query, limit=1, cursor=cursor)
            paged += [p["name"] for p in page["prospects"]]
            cursor = page["next_cursor"]
            assert page["total"] == len(whole)
        assert paged == whole, query


def test_an_unknown_order_is_refused_with_what_there_is(api: Api) -> None:
    answer = api.http.get("/api/prospects", params={"sort_by": "mood"})
    assert answer.status_code == 422
    assert "fit_score" in answer.json()["detail"]


def test_many_at_once_are_created_and_bad_rows_are_named(api: Api) -> None:
    known = make(api, "Known", email="known@a.io")
    rows = [
        {"name": "Ann", "email": "ann@a.io"},
        {"company": "Nameless"},
        {"name": "Again", "email": "ANN@a.io"},
        {"name": "Known", "email": "known@a.io"},
        {"name": "Bob", "shoe": 39},
        {"name": "Cid"},
    ]
    answer = api.http.post("/api/prospects/", json={"prospects": rows})
    assert answer.status_code == 201
    assert answer.headers["x-firestore-cost"] == "rpcs=4 reads=4 writes=10 commits=2"  # refused, looked up, the rest
    body = answer.json()
    assert [p["name"] for p in body["prospects"]] == ["Ann", "Cid"]
    assert body["created_ids"] == [p["id"] for p in body["prospects"]]
    assert len(body["errors"]) == 4
    text = "\n".join(body["errors"])
    for expected in ("prospects.1.name", "prospects.2.email", "row 0", known, "prospects.4.shoe"):
        assert expected in text
    assert api.get("/api/prospects")["total"] == 3


def test_a_batch_without_one_good_row_is_refused(api: Api) -> None:
    answer = api.http.post("/api/prospects", json={"prospects": [{"company": "Acme"}]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "prospects.0.name")
    for rows in ([], [{"name": "A"}] * 5_001, "text"):
        answer = api.http.post("/api/prospects", json={"prospects": rows})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "prospects")
    answer = api.http.post("/api/prospects", json={"company": "Acme"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")


def test_more_than_one_batch_at_once(api: Api) -> None:
    body = api.post("/api/prospects", {"prospects": [{"name": f"P{n}", "email": f"p{n}@a.io"} for n in range(1_200)]})
    assert (len(body["created_ids"]), body["errors"]) == (1_200, [])


def test_only_the_given_fields_change(api: Api) -> None:
    id = make(api, company="Acme", email="ann@acme.io")
    before = api.get(f"/api/prospects/{id}")["prospect"]
    after = api.ok(api.http.patch(f"/api/prospects/{id}", json={"status": "contacted"}))["prospect"]
    assert (after["status"], after["company"], after["last_action"]) == ("contacted", "Acme", "contacted")
    assert after["updated_at"] > before["updated_at"]
    cleared = api.ok(api.http.patch(f"/api/prospects/{id}", json={"company": ""}))["prospect"]
    assert (cleared["company"], cleared["email"]) == (None, "ann@acme.io")
    assert api.get(f"/api/prospects/{id}")["prospect"] == cleared


def test_changes_that_are_refused(api: Api) -> None:
    id, other = make(api), make(api, "Bob", email="bob@b.io")
    url = f"/api/prospects/{id}"
    empty = api.http.patch(url, json={})
    assert (empty.status_code, empty.json()["detail"]) == (400, "No fields to update")
    assert api.http.patch(url, json={"status": "odd"}).json()["errors"][0]["field"] == "status"
    taken = api.http.patch(url, json={"email": "BOB@b.io"})
    assert taken.status_code == 409
    assert other in taken.json()["detail"]
    assert api.http.patch(f"/api/prospects/{other}", json={"email": "bob@b.io"}).status_code == 200
    assert api.http.patch("/api/prospects/missing", json={"name": "X"}).status_code == 404


def test_a_stale_change_or_delete_is_refused(api: Api) -> None:
    id = make(api)
    stale = {"If-Match": api.http.get(f"/api/prospects/{id}").headers["etag"]}
    api.ok(api.http.patch(f"/api/prospects/{id}", json={"name": "New"}, headers=stale))
    assert api.http.patch(f"/api/prospects/{id}", json={"name": "Old"}, headers=stale).status_code == 412
    assert api.http.delete(f"/api/prospects/{id}", headers=stale).status_code == 412
    assert api.get(f"/api/prospects/{id}")["prospect"]["name"] == "New"


def test_a_prospect_goes_with_all_that_belongs_to_it(api: Api) -> None:
    ann, bob = make(api), make(api, "Bob")
    for id in (ann, bob):
        api.post("/api/outreach", {"prospect_id": id, "subject": "Hi", "body": "Hello"})
        api.post("/api/calendar", {"prospect_id": id, "scheduled_date": "2030-01-01", "type": "initial"})
        api.post("/api/notifications", {"title": "T", "message": "M", "prospect_id": id})
    assert api.ok(api.http.delete(f"/api/prospects/{ann}"))["message"]
    assert api.http.get(f"/api/prospects/{ann}").status_code == 404
    for path, plural in (("outreach", "outreach"), ("calendar", "events"), ("notifications", "notifications")):
        assert [row["prospect_id"] for row in api.get(f"/api/{path}/")[plural]] == [bob], path
    assert api.http.delete(f"/api/prospects/{ann}").status_code == 404


def test_a_deletion_that_dies_half_way_is_completed_by_its_event(api: Api) -> None:
    id = make(api)
    api.post("/api/outreach", {"prospect_id": id, "subject": "Hi", "body": "Hello"})
    service.delete(api.uid, id, None)  # its first commit alone
    eventually(lambda: api.get("/api/outreach")["total"] == 0)


def test_approving_and_rejecting(api: Api) -> None:
    ann, bob = make(api), make(api, "Bob")
    body = {"prospect_ids": [ann, bob, "missing", ann, "__odd__"], "approval_status": "approved"}
    answer = api.http.post("/api/prospects/approve", json=body)
    report = api.ok(answer)
    assert (report["approved_count"], report["rejected_count"]) == (2, 0)
    assert sorted(error.split(":")[0] for error in report["errors"]) == ["__odd__", "missing"]
    assert "reads=0" in answer.headers["x-firestore-cost"]
    assert (
        api.post("/api/prospects/approve", {"prospect_ids": [bob], "approval_status": "rejected"})["rejected_count"]
        == 1
    )
    assert [api.get(f"/api/prospects/{id}")["prospect"]["approval_status"] for id in (ann, bob)] == [
        "approved",
        "rejected",
    ]
    nobody = api.http.post("/api/prospects/approve", json={"prospect_ids": ["x"], "approval_status": "approved"})
    assert nobody.status_code == 404
    assert api.get("/api/prospects")["total"] == 2
    odd = api.http.post("/api/prospects/approve", json={"prospect_ids": [ann], "approval_status": "pending"})
    assert (odd.status_code, odd.json()["errors"][0]["field"]) == (422, "approval_status")


def test_discovery_looks_among_ones_own_and_says_so(api: Api) -> None:
    make(api, "Ann", company="Acme Schools", job_title="Principal", tags=["education"])
    make(api, "Bob", company="Acme Schools", job_title="Teacher")
    make(api, "Cid", company="Bolt", job_title="Principal Engineer")

    def found(**criteria: Any) -> list[str]:
        body = api.post("/api/prospects/discover", criteria)
        assert body["discovered_count"] == len(body["prospects"])
        assert "No discovery provider" in body["note"]
        return sorted(p["name"] for p in body["prospects"])

    assert found(company_name="acme") == ["Ann", "Bob"]
    assert found(company_name="acme", job_titles=["principal", "dean"]) == ["Ann"]
    assert found(job_titles=["Principal", "teacher"]) == ["Ann", "Bob", "Cid"]
    assert found(industry="Education") == ["Ann"]
    assert found(company_name="acme", max_results=1) in (["Ann"], ["Bob"])
    assert found(location="Nowhere") == []
    assert api.http.post("/api/prospects/discover", json={}).status_code == 422
    assert api.get("/api/prospects")["total"] == 3


def test_what_happens_to_a_prospect_is_told(api: Api) -> None:
    id = make(api)
    api.post("/api/prospects/approve", {"prospect_ids": [id], "approval_status": "approved"})
    api.ok(api.http.delete(f"/api/prospects/{id}"))
    wanted = {"New prospect", "Prospect approved", "Prospect deleted"}
    eventually(lambda: {a["title"] for a in api.get("/api/activity")["activities"]} == wanted)


def test_nobody_reaches_anothers_prospects(api: Api) -> None:
    id = make(api)
    with api.another_user() as other:
        assert other.http.get(f"/api/prospects/{id}").status_code == 404
        assert other.http.patch(f"/api/prospects/{id}", json={"name": "X"}).status_code == 404
        assert other.http.delete(f"/api/prospects/{id}").status_code == 404
        for path in ("score", "manual/prompts/analyze"):
            assert other.http.post(f"/api/prospects/{path}", json={"prospect_ids": [id]}).status_code == 404
        assert other.get("/api/prospects", search="ann")["total"] == 0
    assert api.get(f"/api/prospects/{id}")["prospect"]["name"] == "Ann Lee"


def test_costs(api: Api) -> None:
    made = api.http.post("/api/prospects", json={"name": "Ann"})
    assert made.headers["x-firestore-cost"] == "rpcs=1 reads=0 writes=2 commits=1"
    url = f"/api/prospects/{made.json()['prospect']['id']}"
    assert api.http.get(url).headers["x-firestore-cost"] == "rpcs=1 reads=1 writes=0 commits=0"
    changed = api.http.patch(url, json={"name": "Bea"})
    assert changed.headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=2 commits=1"
    api.get("/api/prospects", search="be")  # has the index built
    listed = api.http.get("/api/prospects", params={"search": "be"})
    assert listed.headers["x-firestore-cost"].startswith("rpcs=5 ")  # the list, the index, marks, their number, rows
    deleted = api.http.delete(url)
    assert deleted.headers["x-firestore-cost"] == "rpcs=7 reads=6 writes=2 commits=1"
