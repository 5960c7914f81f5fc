"""Each recipe does what it says."""

from datetime import timedelta
from typing import Any

from infra.local import plain
from infra.local.cloud import LocalCloud
from tests.automations.played import titles
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually


def _active(api: Api, recipe: str) -> dict[str, Any]:
    made: dict[str, Any] = api.post(f"/api/automations/recipes/{recipe}")["automation"]
    assert api.post(f"/api/automations/{made['id']}/activate")["warnings"] == []
    return made


def _prospect(api: Api, **fields: Any) -> str:
    return str(api.post("/api/prospects", {"name": "Ann Bell", **fields})["prospect"]["id"])


def _become(api: Api, prospect: str, status: str) -> None:
    api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": status}))


def _ended(api: Api, made: dict[str, Any], *statuses: str) -> None:
    eventually(lambda: [run["status"] for run in api.executions(made["id"])] == list(statuses))


def test_all_can_be_active_together_and_start_no_circle(api: Api) -> None:
    recipes = api.get("/api/automations/recipes")["recipes"]
    for recipe in recipes:
        _active(api, recipe["id"])
    assert len(recipes) >= 8
    assert api.get("/api/automations", status="active")["total"] == len(recipes)


def test_failures_are_told(api: Api) -> None:
    made = _active(api, "tell_me_of_failures")
    failing = api.automation("manual", {"action": "use_template", "config": {"template_id": "none"}})
    api.post(f"/api/automations/{failing}/run")
    _ended(api, made, "success")
    assert "Test failed" in titles(api)


def test_a_first_message_waits_for_approval(api: Api) -> None:
    made = _active(api, "approved_first_message")
    prospect = _prospect(api, job_title="CEO", company="Acme", email="ann@acme.io", summary="Wants tutors.")
    run = eventually(lambda: api.executions(made["id"]))[0]["id"]
    _ended(api, made, "waiting")
    assert api.get(f"/api/prospects/{prospect}")["prospect"]["status"] == "analyzed"
    api.post(f"/api/automations/{made['id']}/executions/{run}/approve")
    _ended(api, made, "success")
    assert api.get(f"/api/prospects/{prospect}")["prospect"]["status"] == "contacted"


def test_a_high_fit_is_told(api: Api) -> None:
    made = _active(api, "high_fit_alert")
    _prospect(api, fit_score=0.91)
    _ended(api, made, "success")
    notification = api.get("/api/notifications")["notifications"][0]
    assert (notification["title"], notification["message"][:4]) == ("Ann Bell fits very well", "91 %")


def test_an_inbound_lead(api: Api) -> None:
    url = _active(api, "inbound_lead")["trigger_config"]["url"]
    plain.post(api.url + url, json={"email": "ann@acme.io", "message": "Hello."})
    eventually(lambda: titles(api) == ["ann@acme.io has written"])
    assert api.get("/api/notifications")["notifications"][0]["message"] == "Hello. Answer to ann@acme.io."


def test_following_up_goes_on_without_a_reply(api: Api, cloud: LocalCloud) -> None:
    made = _active(api, "follow_up_until_reply")
    _become(api, _prospect(api), "contacted")
    _ended(api, made, "waiting")
    cloud.clock.advance(timedelta(days=5, minutes=1))
    eventually(lambda: titles(api) == ["No answer from Ann Bell yet"])
    assert api.get("/api/outreach")["outreach"][0]["kind"] == "follow_up"
    eventually(lambda: "second_reply" in api.executions(made["id"])[0]["results"])
    cloud.clock.advance(timedelta(days=7, minutes=1))
    _ended(api, made, "success")
    assert [event["type"] for event in api.get("/api/calendar")["events"]] == ["check_in"]


def test_following_up_ends_with_a_reply(api: Api, cloud: LocalCloud) -> None:
    follow, reply = _active(api, "follow_up_until_reply"), _active(api, "reply_received")
    prospect = _prospect(api)
    message = {"prospect_id": prospect, "subject": "Hello", "body": "Hello Ann"}
    outreach = api.post("/api/outreach", message)["outreach"]["id"]
    _become(api, prospect, "contacted")
    _ended(api, follow, "waiting")
    api.post(f"/api/outreach/{outreach}/reply", {"message": "Yes, please."})
    _ended(api, reply, "success")
    assert api.get(f"/api/prospects/{prospect}")["prospect"]["status"] == "replied"
    eventually(lambda: api.executions(follow["id"])[0]["status"] in ("success", "cancelled"))
    assert titles(api) == ["Ann Bell has replied"]


def test_a_meeting_is_prepared_and_a_refusal_comes_back(api: Api, served: Served, cloud: LocalCloud) -> None:
    meeting, back = _active(api, "meeting_preparation"), _active(api, "win_back")
    _become(api, _prospect(api), "meeting_booked")
    _become(api, _prospect(api, name="Bob Cole"), "not_interested")
    _ended(api, meeting, "success")
    assert titles(api) == ["Prepare for Ann Bell"]
    _ended(api, back, "waiting")
    cloud.clock.advance(timedelta(days=90, minutes=1))
    served.tick("overdue_executions")
    _ended(api, back, "success")
    assert [event["type"] for event in api.get("/api/calendar")["events"]] == ["nurture"]


def test_a_weekly_research_is_summarized(api: Api, served: Served, cloud: LocalCloud) -> None:
    summary = "Customers ask for tutors in mathematics. Competitors follow the market trends with lower prices."
    for title in ("Market trends in tutoring", "What customers ask for"):
        api.post("/api/vault", {"title": title, "summary": summary, "category": "market_trends"})
    made = _active(api, "weekly_research_summary")
    cloud.clock.advance(timedelta(days=7))
    assert served.tick("due_automations")["started"] == 1
    _ended(api, made, "success")
    notification = api.get("/api/notifications")["notifications"][0]
    assert notification["title"] == "Your weekly research summary"
    assert "tutors in mathematics" in notification["message"]


def test_knowledge_is_brought_to_you(api: Api, served: Served, cloud: LocalCloud) -> None:
    _active(api, "competitor_watch")
    planning = _active(api, "weekly_planning")
    for title, category in (("Acme lowers prices", "competitor_analysis"), ("Pens", "other")):
        api.post("/api/vault", {"title": title, "summary": "In March.", "category": category})
    eventually(lambda: titles(api) == ["Acme lowers prices"])
    cloud.clock.advance(timedelta(days=7))
    assert served.tick("due_automations")["started"] == 1
    _ended(api, planning, "success")
    assert titles(api) == ["Acme lowers prices", "Plan your week"]
