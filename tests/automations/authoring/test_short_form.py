"""A definition may name its actions and say no more: each then does what is sensible for a new prospect."""

from typing import Any

import pytest

from shared.automations.catalog.registry import ACTIONS, ALIASES
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

NEED_SETTINGS = {"branch", "for_each", "run_automation", "call_webhook"}  # nobody can guess what for
SPELLINGS = sorted({*ACTIONS, *ALIASES} - NEED_SETTINGS)


def _automation(api: Api, *actions: str) -> Any:
    body = {"name": "Short", "trigger": "new_prospect", "actions": list(actions)}
    return api.http.post("/api/automations", json=body)


def _played(api: Api, *actions: str) -> dict[str, Any]:
    """One run about a new prospect, as far as it comes by itself."""
    made = _automation(api, *actions).json()["automation"]["id"]
    api.post(f"/api/automations/{made}/activate")
    api.post("/api/prospects", {"name": "Ann Lee", "company": "Acme", "summary": "Wants tutors for two schools."})
    ended = ("success", "failed", "waiting")
    return eventually(lambda: [run for run in api.executions(made) if run["status"] in ended])[0]


@pytest.mark.parametrize("action", SPELLINGS)
def test_it_is_taken(api: Api, action: str) -> None:
    answer = _automation(api, action)
    assert answer.status_code == 201, answer.text
    assert answer.json()["automation"]["actions"] == [ALIASES.get(action, action)]


@pytest.mark.parametrize("action", sorted(NEED_SETTINGS))
def test_what_has_to_be_said_is_asked_for(api: Api, action: str) -> None:
    answer = _automation(api, action)
    assert (answer.status_code, answer.json()["errors"][0]["field"][:16]) == (422, "actions.0.config")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("add_calendar", "Scheduled for"),
        ("analyze_prospect", "Ann Lee"),
        ("approval", "May it go on with Ann Lee?"),
        ("delay", "Waits until"),
        ("generate_outreach", "Drafted"),
        ("run_playbook", "Ran “B2B Prospecting”"),
        ("run_research", "research"),
        ("send_notification", "Notified: Short"),
        ("set_variables", "Set name."),
        ("store_insight", "Kept “About Ann Lee”."),
        ("summarize", "Summarized"),
        ("update_status", "Ann Lee is now contacted."),
        ("use_template", "Used “T”."),
        ("wait_for_event", "Waits for outreach replied."),
    ],
)
def test_it_does_something(api: Api, action: str, message: str) -> None:
    if action == "use_template":
        api.post("/api/templates", {"name": "T", "category": "email", "content": "Hello {name}"})
    (result,) = _played(api, action)["results"].values()
    assert message in result["message"]


def test_they_build_on_each_other(api: Api) -> None:
    run = _played(api, "analyze_prospect", "summarize", "store_insight", "set_variables")
    assert {result["status"] for result in run["results"].values()} == {"success"}, run["error"]
    (item,) = api.get("/api/vault")["items"]
    assert item["title"] == "About Ann Lee"
    assert item["summary"] == run["results"]["summarize"]["output"]["summary"] != ""
