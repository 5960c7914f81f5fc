"""/api/activity: what was told by hand, and every change of state, told once."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.gcp import firestore, writes
from shared.kit import clock
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

NOTE = {"type": "system", "title": "Call", "message": "She wants a pilot."}


def told(api: Api, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = api.get("/api/activity", limit=500, **query)["activities"]
    return rows


def settled(api: Api, expected: Counter[str]) -> dict[str, dict[str, Any]]:
    """By title, once all is told that is expected and nothing else."""
    eventually(lambda: Counter(row["title"] for row in told(api)) >= expected)
    rows = told(api)
    assert Counter(row["title"] for row in rows) == expected
    return {row["title"]: row for row in rows}


def test_what_was_told_is_what_is_read(api: Api) -> None:
    for path in ("/api/activity", "/api/activity/log/"):
        made = api.post(path, {**NOTE, "metadata": {"n": 1}, "link": "/prospects?id=1"})["activity"]
        assert (made["description"], made["status"], made["link"]) == (NOTE["message"], "success", "/prospects?id=1")
        assert made["timestamp"].endswith("Z")
        assert api.get(f"/api/activity/{made['id']}")["activity"] == made
    bare = api.post("/api/activity/log", NOTE)["activity"]
    assert (bare["metadata"], bare["link"]) == ({}, None)
    assert api.http.get("/api/activity/log").status_code == 405


def test_filters_pages_and_what_comes_meanwhile(api: Api, cloud: LocalCloud) -> None:
    for number in range(5):
        api.post("/api/activity", {**NOTE, "title": f"T{number}", "type": "error" if number % 2 else "system"})
    page = api.get("/api/activity", limit=2)
    api.post("/api/activity", {**NOTE, "title": "late"})
    rest = api.get("/api/activity", limit=3, cursor=page["next_cursor"])
    assert [row["title"] for row in page["activities"] + rest["activities"]] == ["T4", "T3", "T2", "T1", "T0"]
    assert (page["total"], rest["total"], rest["next_cursor"]) == (5, 6, None)
    assert [row["title"] for row in told(api, type="error", status="success")] == ["T3", "T1"]
    assert told(api, status="failed") == []
    since = clock.now().isoformat()
    cloud.clock.advance(timedelta(seconds=1))
    api.post("/api/activity", {**NOTE, "title": "new"})
    assert [row["title"] for row in told(api, since=since)] == ["new"]


@pytest.mark.parametrize("query", [{"type": "odd"}, {"status": "odd"}, {"since": "yesterday"}, {"limit": "0"}])
def test_what_cannot_be_asked(api: Api, query: dict[str, str]) -> None:
    answer = api.http.get("/api/activity", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, next(iter(query)))


def test_each_state_of_a_prospect(api: Api) -> None:
    id = api.post("/api/prospects", {"name": "Ann", "company": "Acme"})["prospect"]["id"]
    url = f"/api/prospects/{id}"
    api.post("/api/prospects/score", {"prospect_ids": [id]})
    api.ok(api.http.patch(url, json={"status": "contacted", "approval_status": "approved"}))
    api.ok(api.http.patch(url, json={"phone": "1"}))
    api.ok(api.http.delete(url))
    titles = ["New prospect", "Prospect analyzed", "Prospect status changed", "Prospect approved", "Prospect deleted"]
    rows = settled(api, Counter(titles))
    assert rows["New prospect"]["message"] == "Ann (Acme) was added."
    assert rows["Prospect status changed"]["message"] == "Ann (Acme) is now contacted."
    assert {row["metadata"]["prospect_id"] for row in rows.values()} == {id}
    assert {title: row["link"] for title, row in rows.items() if row["link"] is None} == {"Prospect deleted": None}
    assert rows["New prospect"]["link"] == f"/prospects?id={id}"


def test_each_state_of_a_message(api: Api) -> None:
    """Without a mail service it fails to leave, which is told as a failure."""
    prospect = api.post("/api/prospects", {"name": "Ann", "email": "ann@acme.io"})["prospect"]["id"]
    draft = {"prospect_id": prospect, "subject": "Tutors", "body": "Hi Ann"}
    id = api.post("/api/outreach", draft)["outreach"]["id"]
    url = f"/api/outreach/{id}"
    api.ok(api.http.patch(url, json={"status": "approved"}))
    api.post(f"{url}/send")
    eventually(lambda: api.get(url)["outreach"]["status"] == "failed")
    api.post(f"{url}/reply", {"message": "Gladly"})
    api.ok(api.http.delete(url))
    states = [f"Outreach {state}" for state in ("drafted", "approved", "failed", "replied", "deleted")]
    rows = settled(api, Counter(["New prospect", *states]))
    assert {title for title, row in rows.items() if row["status"] == "failed"} == {"Outreach failed"}
    assert "MAIL_FROM" in rows["Outreach failed"]["message"]
    assert rows["Outreach drafted"]["message"] == "A message to Ann: Tutors"
    assert {rows[state]["metadata"]["draft_id"] for state in states} == {id}
    assert rows["Outreach approved"]["link"] == f"/outreach/{prospect}?message={id}"


def test_each_state_of_a_follow_up(api: Api) -> None:
    id = api.post("/api/calendar", {"scheduled_date": "2999-01-31"})["event"]["id"]
    url = f"/api/calendar/{id}"
    for change in ({"scheduled_date": "2999-02-28"}, {"status": "completed"}, {"status": "pending"}, {"notes": "n"}):
        api.put(url, change)
    api.ok(api.http.delete(url))
    states = ("scheduled", "moved", "completed", "reopened", "deleted")
    rows = settled(api, Counter(f"Follow-up {state}" for state in states))
    assert rows["Follow-up moved"]["message"] == "The follow up with nobody in particular is now on 2999-02-28."


def test_each_state_of_a_task(api: Api) -> None:
    task = {"title": "Tutors", "input_source": "x", "source_type": "keywords", "research_engine": "perplexity"}
    url = f"/api/research-tasks/{api.post('/api/research-tasks', task)['task']['id']}"
    api.post(f"{url}/run")
    eventually(lambda: api.get(url)["task"]["status"] == "failed")
    api.put(url, {"priority": "low"})
    api.ok(api.http.delete(url))
    rows = settled(
        api, Counter(["Research task created", "Research started", "Research failed", "Research task deleted"])
    )
    assert [rows[title]["status"] for title in ("Research started", "Research failed")] == ["pending", "failed"]
    assert "PERPLEXITY_API_KEY" in rows["Research failed"]["message"]
    assert rows["Research task deleted"]["message"] == "“Tutors” was deleted."


def test_each_state_of_content(api: Api) -> None:
    made = {"name": "Opening", "category": "email", "content": "Hi {name}"}
    url = f"/api/templates/{api.post('/api/templates', made)['template']['id']}"
    api.post(f"{url}/favorite")
    api.post(f"{url}/use", {"variables": {"name": "Ann"}})
    api.put(url, {"content": "Hello {name}"})
    api.ok(api.http.delete(url))
    api.post("/api/playbooks/linkedin_growth/run", {"input": "Schools"})
    rows = settled(api, Counter(["Template created", "Template updated", "Template deleted", "Playbook run"]))
    assert {row["type"] for row in rows.values()} == {"content"}
    assert rows["Playbook run"]["link"] == "/playbooks?id=linkedin_growth"


def test_each_state_of_an_automation(api: Api) -> None:
    """That its next time moves on by itself is no news."""
    made = {
        "name": "Monday",
        "trigger": "schedule",
        "trigger_config": {"cron": "0 8 * * MON"},
        "actions": ["send_notification"],
    }
    id = api.post("/api/automations", made)["automation"]["id"]
    url, path = f"/api/automations/{id}", f"users/{api.uid}/automations/{id}"
    api.post(f"{url}/activate")
    firestore.client().commit([writes.update(path, {"next_run_at": clock.now() + timedelta(days=300)})])
    api.put(url, {"name": "Tuesday"})
    paused = {"status": "paused", "paused_reason": "this automation's daily budget of 5 mails is used up"}
    firestore.client().commit([writes.update(path, {**paused, "updated_at": clock.now()})])
    api.post(f"{url}/deactivate")
    api.ok(api.http.delete(url))
    states = ("created", "activated", "updated", "paused", "deactivated", "deleted")
    rows = settled(api, Counter(f"Automation {state}" for state in states))
    assert rows["Automation paused"]["message"] == (
        "“Tuesday” is paused: this automation's daily budget of 5 mails is used up."
    )
    assert (rows["Automation paused"]["status"], rows["Automation paused"]["link"]) == (
        "pending",
        f"/automations?id={id}",
    )
