"""What comes back ends what waits, however it waits; what a rule holds up goes on once the rule is lifted."""

from typing import Any

import pytest

from tests.automations.played import notify, reach
from tests.fixtures.api import Api
from tests.fixtures.correspondence import Correspondence
from tests.fixtures.waiting import eventually

SEND = {"id": "send", "action": "send_outreach"}
DELAY = {"id": "wait", "action": "delay", "config": {"seconds": 86_400}}
APPROVAL = {"id": "ask", "action": "approval", "config": {"message": "Go on?"}}


def _each(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"id": "each", "action": "for_each", "config": {"items": [1, 2], "steps": list(steps)}}


@pytest.mark.parametrize(
    ("step", "kind", "held"),
    [
        (DELAY, "answer", None),
        (_each(APPROVAL, notify("in")), "complaint", None),
        (_each(DELAY, notify("in")), "bounce", "run"),
        (_each(APPROVAL, notify("in")), "answer", "run"),
        (DELAY, "complaint", "all"),
    ],
    ids=["a delay", "an approval within a loop", "a loop that is held", "a held approval", "the kill switch"],
)
def test_it_ends_what_waits(api: Api, mail: Correspondence, step: dict[str, Any], kind: str, held: str | None) -> None:
    stops = ["replied", "bounced", "complained"]
    id = api.automation("new_prospect_added", step, notify("too late"), stop_when=stops)
    mail.sent()
    [run] = eventually(lambda: api.executions(id))
    reach(api, id, run["id"], "waiting")
    if held == "run":
        api.post(f"/api/automations/{id}/executions/{run['id']}/pause")
    elif held == "all":
        api.post("/api/automations/kill-switch", {"on": True})
    eventually(lambda: api.executions(id)[0]["paused"] == bool(held))
    mail.hand_in(mail.answer("Yes.") if kind == "answer" else getattr(mail, kind)())
    assert "Stopped: " in reach(api, id, run["id"], "cancelled")["error"]


def _held_up(api: Api, email: str = "bo@else.io") -> tuple[str, str, str]:
    """A message that an automation is to send: its id, the automation's and the run's."""
    prospect = api.post("/api/prospects", {"name": "Bo", "email": email})["prospect"]["id"]
    body = {"prospect_id": prospect, "subject": "Hello", "body": "Hello Bo, shall we talk?"}
    message = api.post("/api/outreach", body)["outreach"]["id"]
    id = api.automation("manual", SEND)
    run = api.post(f"/api/automations/{id}/run", {"input": {"outreach_id": message}})["execution"]["id"]
    reach(api, id, run, "waiting")
    return message, id, run


def test_what_a_pause_holds_up_leaves_once_it_is_lifted(api: Api, mail: Correspondence) -> None:
    for number in range(5):
        mail.sent(f"ann{number}@acme{number}.io")
        mail.hand_in(mail.bounce())
    message, _, _ = _held_up(api)
    api.ok(api.http.delete("/api/contacts/pause"))
    eventually(lambda: mail.message(message)["status"] == "sent")


def test_what_a_policy_holds_up_leaves_once_it_is_another(api: Api, mail: Correspondence) -> None:
    policy = api.get("/api/contacts/policy")["policy"]
    api.put("/api/contacts/policy", {**policy, "daily_quota": 1})
    mail.sent()
    message, id, run = _held_up(api)
    api.put("/api/contacts/policy", {**policy, "daily_quota": 1, "max_per_contact": 5})
    assert "quota" in reach(api, id, run, "waiting")["results"]["send"]["message"]
    api.put("/api/contacts/policy", policy)
    eventually(lambda: mail.message(message)["status"] == "sent")
