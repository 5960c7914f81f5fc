"""What happens to documents starts automations: one event each, whatever else is written."""

from typing import Any

import pytest

from shared.gcp import firestore, writes
from shared.kit import clock
from tests.automations.played import notify, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def _listening(api: Api, trigger: str, placeholder: str, **config: Any) -> str:
    step = notify("told", config={"title": f"{{{{ {placeholder} }}}}"})
    return api.automation(trigger, step, trigger_config=config)


def _stored(api: Api, path: str, **fields: Any) -> None:
    """A document as another part of the system writes it."""
    now = clock.now()
    stamp = {"created_at": now, "updated_at": now, "schema_version": 1}
    firestore.client().commit([writes.create(f"users/{api.uid}/{path}", {**fields, **stamp})])


def test_a_completed_research_task(api: Api) -> None:
    id = _listening(api, "research_complete", "research_task.title", filter="after.priority == 'high'")
    task = {"input_source": "tutors", "source_type": "keywords", "research_engine": "vault", "status": "queued"}
    for name, priority in (("Tutors", "high"), ("Pens", "low")):
        _stored(api, f"research_tasks/{name}", title=name, priority=priority, **task)
        path = f"users/{api.uid}/research_tasks/{name}"
        firestore.client().commit([writes.update(path, {"status": "done", "progress": 100})])
        firestore.client().commit([writes.update(path, {"title": f"{name}!"})])
    eventually(lambda: titles(api) == ["Tutors"])
    eventually(lambda: api.get("/api/activity", type="research")["total"] == 4)
    assert len(api.executions(id)) == 1


def test_a_new_file(api: Api) -> None:
    id = _listening(api, "file_ingested", "file.name")
    _stored(api, "files/one", name="prices.pdf", size=3)
    eventually(lambda: titles(api) == ["prices.pdf"])
    firestore.client().commit([writes.update(f"users/{api.uid}/files/one", {"name": "new.pdf"})])
    _stored(api, "files/two", name="second.pdf")
    eventually(lambda: titles(api) == ["prices.pdf", "second.pdf"])
    assert {run["triggered_by"] for run in api.executions(id)} == {"new_file_ingested"}


def test_an_answered_message(api: Api) -> None:
    id = _listening(api, "outreach_replied", "event.subject")
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    message = {"prospect_id": prospect, "subject": "Hello", "body": "Hello Ann"}
    outreach = api.post("/api/outreach", message)["outreach"]["id"]
    api.post(f"/api/outreach/{outreach}/reply", {"message": "Yes"})
    eventually(lambda: titles(api) == ["Hello"])
    api.post(f"/api/outreach/{outreach}/reply", {"message": "Yes!"})
    assert [run["subject"] for run in api.executions(id)] == [prospect]


def test_a_new_vault_item(api: Api) -> None:
    id = _listening(api, "vault_item_added", "vault.title", filter="after.category == 'market_trends'")
    for title, category in (("Tutors", "market_trends"), ("Pens", "other")):
        api.post("/api/vault", {"title": title, "summary": "s", "category": category})
    eventually(lambda: titles(api) == ["Tutors"])
    eventually(lambda: api.get("/api/activity", type="insight")["total"] == 2)
    assert len(api.executions(id)) == 1


@pytest.mark.parametrize(
    ("page", "own"),
    [
        ("new_prospect", "new_prospect_added"),
        ("research_complete", "research_task_completed"),
        ("followup_due", "follow_up_event_due"),
        ("high_fit", "high_fit_prospect_detected"),
        ("file_ingested", "new_file_ingested"),
    ],
)
def test_the_pages_spellings(api: Api, page: str, own: str) -> None:
    made = api.post("/api/automations", {"name": "A", "trigger": page, "actions": ["send_notification"]})["automation"]
    assert made["trigger"] == own
    assert api.get("/api/automations", trigger=page)["total"] == 1


def test_all_are_in_the_catalog(api: Api) -> None:
    names = {trigger["name"] for trigger in api.get("/api/automations/catalog")["triggers"]}
    assert names == {
        "new_prospect_added",
        "high_fit_prospect_detected",
        "prospect_status_changed",
        "research_task_completed",
        "follow_up_event_due",
        "new_file_ingested",
        "outreach_replied",
        "outreach_bounced",
        "outreach_complained",
        "vault_item_added",
        "saved_search_matched",
        "automation_failed",
        "schedule",
        "webhook",
        "manual",
    }


def test_a_filter_that_cannot_judge_says_so_once_a_day(api: Api) -> None:
    id = api.automation("new_prospect_added", "send_notification", trigger_config={"filter": "after.nothing > 0.5"})
    for name in ("Ann", "Bob"):
        api.post("/api/prospects", {"name": name})
    eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 2)
    [entry] = eventually(lambda: api.get("/api/system/logs", category="automation")["logs"])
    assert (entry["related_id"], entry["error_class"]) == (id, "blocked_automation")
    assert "`after.nothing > 0.5` cannot be evaluated" in entry["message"]
    assert api.executions(id) == []
