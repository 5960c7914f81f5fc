"""A dry run says what would happen, and nothing does."""

from typing import Any

import pytest

from shared import settings
from tests.automations.played import notify, titles
from tests.fixtures.api import Api
from tests.providers.fake import Provider, Reply

COUNTED = ("outreach", "notifications", "prospects", "calendar")


def _totals(api: Api) -> list[int]:
    return [api.get(f"/api/{name}", limit=1)["total"] for name in COUNTED]


def _dry(api: Api, id: str, **body: Any) -> dict[str, Any]:
    return api.post(f"/api/automations/{id}/dry-run", body)


def test_it_tells_the_writes_and_makes_none(api: Api) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann", "company": "Acme"})["prospect"]
    id = api.automation(
        "new_prospect_added",
        "analyze_prospect",
        "generate_outreach",
        {"action": "delay", "config": {"seconds": 3600}},
        {"action": "approval", "config": {"message": "ok?"}},
        {"action": "update_prospect_status", "config": {"status": "contacted"}},
        notify("told", when="steps.approval.approved"),
        active=False,
    )
    before, read = _totals(api), api.get(f"/api/prospects/{prospect['id']}")
    told = _dry(api, id, document_id=prospect["id"])
    assert (told["status"], told["error"]) == ("success", None)
    assert [step["status"] for step in told["steps"]] == ["success"] * 6
    assert [write["path"].split("/")[0] for write in told["writes"]] == [
        "prospects",
        "outreach",
        "notifications",
        "prospects",
        "notifications",
    ]
    assert told["cost"]["steps"] == 6
    assert told["cost"]["commits"] <= 7
    assert _totals(api) == before
    assert api.get(f"/api/prospects/{prospect['id']}") == read
    assert api.executions(id) == []


def test_no_provider_is_asked(api: Api) -> None:
    """The message is drafted here, so that the step that would send it has one."""
    with Provider(lambda n: Reply(500)) as provider:
        mail = {"resend_api_key": "re_1", "resend_base_url": provider.url, "mail_from": "nora@sender.example"}
        model = {"llm_api_key": "k", "llm_base_url": provider.url}
        settings.use(settings.current().model_copy(update=mail | model))
        id = api.automation("manual", "generate_outreach", "send_outreach", active=False)
        prospect = api.post("/api/prospects", {"name": "Ann", "email": "ann@acme.io"})["prospect"]["id"]
        told = _dry(api, id, input={"prospect_id": prospect})
    assert (told["status"], provider.requests) == ("success", [])
    assert [(message["channel"], message["recipient"]) for message in told["messages"]] == [("mail", "ann@acme.io")]
    assert (told["cost"]["mails"], told["cost"]["provider_calls"]) == (1, 2)


def test_failures_and_loops_are_told(api: Api) -> None:
    loop = {"id": "each", "action": "for_each", "config": {"items": "input.names", "steps": [notify("n")]}}
    id = api.automation("manual", loop, "analyze_prospect", active=False)
    told = _dry(api, id, input={"names": ["a", "b"]})
    assert [step["step"] for step in told["steps"]] == ["each", "n[0]", "n[1]", "analyze_prospect"]
    assert (told["status"], "needs a prospect" in told["error"]) == ("failed", True)
    assert titles(api) == []


def test_a_document_must_exist(api: Api) -> None:
    for trigger in ("manual", "new_prospect_added"):
        id = api.automation(trigger, notify("n"), active=False)
        assert api.http.post(f"/api/automations/{id}/dry-run", json={"document_id": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("filter", "passes"),
    [(None, None), ("after.name == 'Ann'", True), ("after.name == 'Bob'", False), ("after.nothing > 1", None)],
)
def test_whether_the_filter_would_let_it_start(api: Api, filter: str | None, passes: bool | None) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    config = {"filter": filter} if filter else {}
    id = api.automation("new_prospect_added", notify("n"), trigger_config=config, active=False)
    told = _dry(api, id, document_id=prospect)
    assert (told["filter_passes"], told["status"], told["truncated"]) == (passes, "success", False)


@pytest.mark.parametrize(("status", "steps"), [("replied", 0), ("meeting_booked", 1)])
def test_where_it_would_stop(api: Api, status: str, steps: int) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann", "status": "replied"})["prospect"]["id"]
    moves = {"action": "update_prospect_status", "config": {"status": "meeting_booked"}}
    id = api.automation("new_prospect_added", moves, notify("n"), stop_when=[status], active=False)
    told = _dry(api, id, document_id=prospect)
    assert (told["status"], len(told["steps"]), "Stopped" in told["error"]) == ("cancelled", steps, True)


def test_that_it_would_go_on_is_said(api: Api) -> None:
    loop = {
        "id": "each",
        "action": "for_each",
        "config": {"items": list(range(100)), "steps": [notify(n) for n in "abcd"]},
    }
    told = _dry(api, api.automation("manual", loop, active=False))
    assert (len(told["steps"]), told["truncated"], told["status"]) == (300, True, "running")
