"""/api/outreach: drafts, changes, replies."""

from typing import Any

import pytest

from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


@pytest.fixture
def prospect(api: Api) -> str:
    fields = {"name": "Ann Lee", "company": "Acme", "job_title": "Head of Sales"}
    id: str = api.post("/api/prospects", fields)["prospect"]["id"]
    return id


def draft(api: Api, prospect: str, **fields: Any) -> dict[str, Any]:
    body = {"prospect_id": prospect, "subject": "Hello", "body": "Text", **fields}
    made: dict[str, Any] = api.post("/api/outreach", body)["outreach"]
    return made


def test_what_was_drafted_is_what_is_read(api: Api, prospect: str) -> None:
    made = draft(api, prospect, tone="casual", channel="linkedin", kind="follow_up")
    assert api.get(f"/api/outreach/{made['id']}")["outreach"] == made
    assert (made["prospect_name"], made["company"], made["status"]) == ("Ann Lee", "Acme", "draft")
    assert (made["tone"], made["channel"], made["kind"], made["generator"]) == (
        "casual",
        "linkedin",
        "follow_up",
        "person",
    )


def test_filters_and_pages(api: Api, prospect: str) -> None:
    other = api.post("/api/prospects", {"name": "Bob"})["prospect"]["id"]
    first, second, third = (draft(api, id)["id"] for id in (prospect, prospect, other))
    api.ok(api.http.patch(f"/api/outreach/{first}", json={"status": "approved"}))

    def ids(**query: Any) -> list[str]:
        return [o["id"] for o in api.get("/api/outreach", **query)["outreach"]]

    assert ids() == [third, second, first]
    assert ids(prospect_id=prospect) == [second, first]
    assert ids(status="approved") == [first]
    assert ids(prospect_id=other, status="approved") == []
    page = api.get("/api/outreach", limit=2)
    assert (page["total"], ids(limit=2, cursor=page["next_cursor"])) == (3, [first])


def test_only_the_given_fields_change(api: Api, prospect: str) -> None:
    made = draft(api, prospect)
    changed = api.put(f"/api/outreach/{made['id']}", {"subject": "Better"})["outreach"]
    assert (changed["subject"], changed["body"]) == ("Better", "Text")
    assert changed["updated_at"] > made["updated_at"]
    empty = api.http.patch(f"/api/outreach/{made['id']}", json={})
    assert (empty.status_code, empty.json()["detail"]) == (400, "No fields to update")


def test_a_stale_change_or_delete_is_refused(api: Api, prospect: str) -> None:
    url = f"/api/outreach/{draft(api, prospect)['id']}"
    stale = {"If-Match": api.http.get(url).headers["etag"]}
    api.put(url, {"subject": "New"})
    assert api.http.put(url, json={"subject": "Old"}, headers=stale).status_code == 412
    assert api.http.post(f"{url}/reply", headers=stale).status_code == 412
    assert api.http.delete(url, headers=stale).status_code == 412
    assert api.ok(api.http.delete(url))["message"]
    assert api.http.get(url).status_code == 404


def test_a_reply_is_marked_and_then_the_message_is_history(api: Api, prospect: str) -> None:
    id = draft(api, prospect)["id"]
    replied = api.post(f"/api/outreach/{id}/reply", {"message": "Gladly."})["outreach"]
    assert (replied["status"], replied["reply"]) == ("replied", "Gladly.")
    assert replied["replied_at"].endswith("Z")
    assert api.http.post(f"/api/outreach/{id}/reply").json()["outreach"]["reply"] == "Gladly."
    refused = api.http.patch(f"/api/outreach/{id}", json={"body": "Other"})
    assert refused.status_code == 409
    assert api.get("/api/outreach", status="replied")["total"] == 1


def test_approved_and_replied_are_told(api: Api, prospect: str) -> None:
    id = draft(api, prospect)["id"]
    api.put(f"/api/outreach/{id}", {"status": "approved"})
    api.post(f"/api/outreach/{id}/reply")
    wanted = {"Outreach drafted", "Outreach approved", "Outreach replied"}
    eventually(lambda: {a["title"] for a in api.get("/api/activity", type="outreach")["activities"]} == wanted)


def test_what_is_refused(api: Api, prospect: str) -> None:
    unknown = {"prospect_id": "missing", "subject": "S", "body": "B"}
    assert api.http.post("/api/outreach", json=unknown).status_code == 404
    assert api.http.post("/api/outreach/generate", json={"prospect_id": "missing"}).status_code == 404
    assert api.http.post("/api/outreach/missing/reply").status_code == 404
    assert api.http.post("/api/outreach/manual/prompts/generate", json={"prospect_id": "x"}).status_code == 404
    assert api.get("/api/outreach")["total"] == 0
    for field, value in (("tone", "rude"), ("subject", ""), ("body", "x" * 10_001), ("status", "sent")):
        body = {"prospect_id": prospect, "subject": "S", "body": "B", field: value}
        answer = api.http.post("/api/outreach", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    id = draft(api, prospect)["id"]
    assert api.http.patch(f"/api/outreach/{id}", json={"status": "sent"}).status_code == 422


def test_a_prompt_for_ones_own_model(api: Api, prospect: str) -> None:
    body = api.post("/api/outreach/manual/prompts/generate", {"prospect_id": prospect})
    assert (body["mode"], body["prospect_id"], body["include_social"]) == ("manual", prospect, True)
    assert "social_posts" in body["prompt"]["expected_format"]
    assert "professional" in body["prompt"]["full_prompt"]
    plain = api.post(
        "/api/outreach/manual/prompts/generate",
        {"prospect_id": prospect, "include_social": False, "preferred_tone": "formal"},
    )
    assert "social" not in plain["prompt"]["full_prompt"]
    assert "formal" in plain["prompt"]["user_prompt"]
    assert "Acme" in plain["prompt"]["user_prompt"]


def test_nobody_reaches_anothers_messages(api: Api, prospect: str) -> None:
    id = draft(api, prospect)["id"]
    with api.another_user() as other:
        assert other.http.get(f"/api/outreach/{id}").status_code == 404
        assert other.http.put(f"/api/outreach/{id}", json={"subject": "X"}).status_code == 404
        assert other.http.delete(f"/api/outreach/{id}").status_code == 404
        mine = {"prospect_id": prospect, "subject": "S", "body": "B"}
        assert other.http.post("/api/outreach", json=mine).status_code == 404


def test_costs(api: Api, prospect: str) -> None:
    body = {"prospect_id": prospect, "subject": "S", "body": "B"}
    made = api.http.post("/api/outreach", json=body)
    assert made.headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=2 commits=1"
    url = f"/api/outreach/{made.json()['outreach']['id']}"
    assert api.http.get(url).headers["x-firestore-cost"] == "rpcs=1 reads=1 writes=0 commits=0"
    assert api.http.delete(url).headers["x-firestore-cost"] == "rpcs=1 reads=0 writes=2 commits=1"
