"""Unfinished text is not mailed: it is refused, or waits for approval, with the reason."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared import settings
from tests.automations.played import find, play, reach, start, stored, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, answer

SEND = {"id": "send", "action": "send_outreach"}
DRAFT = {"id": "draft", "action": "generate_outreach"}


@pytest.fixture
def resend(api: Api) -> Iterator[Provider]:
    with Provider(lambda n: answer({"id": f"mail-{n}"})) as provider:
        mail = {"resend_api_key": "re_1", "resend_base_url": provider.url, "mail_from": "nora@sender.example"}
        settings.use(settings.current().model_copy(update=mail))
        yield provider


def _prospect(api: Api, name: str = "Jane Doe", **fields: Any) -> str:
    body = {"name": name, "email": "jane@acme.io", **fields}
    return str(api.post("/api/prospects", body)["prospect"]["id"])


def _message(api: Api, body: str, prospect: str | None = None, subject: str = "Hello") -> str:
    about = prospect or _prospect(api)
    made = api.post("/api/outreach", {"prospect_id": about, "subject": subject, "body": body})
    return str(made["outreach"]["id"])


def _outreach(api: Api, id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/outreach/{id}")["outreach"]
    return found


def test_a_template_with_an_open_placeholder_does_not_leave(api: Api, resend: Provider) -> None:
    content = "Hi {first_name},\n\nbook a time: {calendar_link}. Best, [Your Name]"
    template = api.post("/api/templates", {"name": "T", "category": "email", "content": content})["template"]
    write = {**DRAFT, "config": {"template_id": template["id"]}}
    run = play(api, write, SEND, prospect_id=_prospect(api))
    assert run["status"] == "failed"
    assert run["results"]["draft"]["output"]["missing_variables"] == ["calendar_link", "Your Name"]
    assert "body: “{calendar_link}” is an open placeholder" in run["error"]
    assert "“[Your Name]” is an open placeholder" in run["error"]
    assert "send_as_is" in run["error"]
    [draft] = api.get("/api/outreach")["outreach"]
    assert (draft["status"], resend.requests) == ("draft", [])
    assert [(found["kind"], found["excerpt"]) for found in draft["findings"]] == [
        ("placeholder", "{calendar_link}"),
        ("placeholder", "[Your Name]"),
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Hi Dr.,\n\na question.", "has a title and no name"),
        ("Hi ,\n\na question.", "has no name before its comma"),
        ("Hi Doe,,\n\na question.", "ends with stray punctuation"),
        ("Hi John,\n\na question.", "greets John, and the message goes to Jane Doe"),
        ("Hi null,\n\na question.", "greets a value that is none"),
        ("Hi Jane,\n\nyour work at undefined, impressed us.", "has no value where one belongs"),
    ],
)
def test_no_broken_text_leaves(api: Api, resend: Provider, body: str, reason: str) -> None:
    run = play(api, SEND, outreach_id=_message(api, body))
    assert run["status"] == "failed"
    assert reason in run["error"]
    assert resend.requests == []


def test_a_subject_is_needed(api: Api, resend: Provider) -> None:
    run = play(api, SEND, outreach_id=_message(api, "Hi Jane", subject="Re:"))
    assert "subject: there is no subject" in run["error"]
    run = play(api, SEND, outreach_id=_message(api, "Hi Jane", _prospect(api, email="b@acme.io"), "For {{company}}"))
    assert "subject: “{{company}}” is an open placeholder" in run["error"]
    assert resend.requests == []


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Smith, John", "Hello John,"),
        ("MRS. JANE DOE PhD", "Hello Jane,"),
        ("Dr.", "Hello,"),
        ("O'BRIEN", "Hello,"),
        ("Sales Team", "Hello,"),
        ("info@acme.io", "Hello,"),
    ],
)
def test_our_own_messages_greet_by_the_right_name_or_none(api: Api, resend: Provider, name: str, greeting: str) -> None:
    run = play(api, DRAFT, SEND, prospect_id=_prospect(api, name))
    assert run["status"] == "success", run["error"]
    [request] = resend.requests
    assert request["body"]["text"].startswith(greeting + "\n"), request["body"]["text"]


def test_sending_by_hand_is_refused_with_each_field(api: Api, resend: Provider) -> None:
    message = _message(api, "Hi Jane,\n\nbest, [[sender]] and %%company%%", subject="For {Company Name}")
    refused = api.http.post(f"/api/outreach/{message}/send")
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["title"] == "Text not ready to be sent"
    assert [error["field"] for error in problem["errors"]] == ["subject", "body", "body"]
    assert "“[[sender]]”" in problem["errors"][1]["message"]
    assert "send_as_is" in problem["detail"]
    assert (_outreach(api, message)["status"], _outreach(api, message)["sends"]) == ("draft", 0)
    corrected = {"subject": "For Acme", "body": "Hi Jane,\n\nbest, Nora"}
    assert api.ok(api.http.put(f"/api/outreach/{message}", json=corrected))["outreach"]["findings"] == []
    api.post(f"/api/outreach/{message}/send")
    eventually(lambda: _outreach(api, message)["status"] == "sent")
    assert len(resend.requests) == 1


def test_a_person_may_have_it_leave_as_it_is_until_its_text_changes(api: Api, resend: Provider) -> None:
    message = _message(api, "Hi Jane,\n\nwrite {name} where the name belongs.")
    path = f"/api/outreach/{message}"
    api.ok(api.http.patch(path, json={"send_as_is": True}))
    changed = api.ok(api.http.patch(path, json={"body": "Hi Jane,\n\nwrite {first_name} where it belongs."}))
    assert changed["outreach"]["send_as_is"] is False
    assert api.http.post(f"{path}/send").status_code == 422
    api.ok(api.http.patch(path, json={"send_as_is": True}))
    api.post(f"{path}/send")
    eventually(lambda: _outreach(api, message)["status"] == "sent")
    assert "{first_name}" in resend.requests[0]["body"]["text"]


def test_a_prospect_renamed_since_the_draft_is_judged_by_the_name_of_now(api: Api, resend: Provider) -> None:
    prospect = _prospect(api, "Dow", email="info@acme.io")
    message = _message(api, "Hi Jane,\n\na question.", prospect)
    assert api.http.post(f"/api/outreach/{message}/send").status_code == 422
    api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"name": "Jane Dow"}))
    api.post(f"/api/outreach/{message}/send")
    eventually(lambda: _outreach(api, message)["status"] == "sent")
    assert len(resend.requests) == 1


def test_an_unfinished_message_waits_for_approval_with_the_reason(
    api: Api, resend: Provider, cloud: LocalCloud
) -> None:
    content = "Hi {first_name},\n\nbook a time: {calendar_link}."
    template = api.post("/api/templates", {"name": "T", "category": "email", "content": content})["template"]
    write = {**DRAFT, "config": {"template_id": template["id"]}}
    careful = {**SEND, "config": {"require_approval": True}}
    run = start(api, write, careful, prospect_id=_prospect(api))
    reason = reach(api, *run, "waiting", "failed")["results"]["send"]["message"]
    assert "is approved" in reason
    assert "“{calendar_link}” is an open placeholder" in reason
    [told] = api.get("/api/notifications")["notifications"]
    assert "“{calendar_link}” is an open placeholder" in told["message"]
    [draft] = api.get("/api/outreach")["outreach"]
    api.ok(api.http.put(f"/api/outreach/{draft['id']}", json={"status": "approved"}))
    before = stored(api, run[1]).wake_at
    eventually(lambda: stored(api, run[1]).wake_at != before)  # it has looked again, and waits on
    assert (find(api, *run)["status"], resend.requests) == ("waiting", [])
    finished = draft["body"].replace("{calendar_link}", "https://cal.example/nora")
    api.ok(api.http.put(f"/api/outreach/{draft['id']}", json={"body": finished}))
    reach(api, *run, "success")
    assert len(resend.requests) == 1
    assert titles(api) == ["A message waits for your approval"]


def test_a_dry_run_shows_the_text_as_it_would_leave(api: Api, resend: Provider) -> None:
    body = "Hi Jane,\n\n" + "A long paragraph. " * 60 + "{calendar_link}"
    message = _message(api, body)
    id = api.automation("manual", SEND, active=False)
    told = api.post(f"/api/automations/{id}/dry-run", {"input": {"outreach_id": message}})
    [shown] = told["messages"]
    assert (shown["channel"], shown["recipient"], shown["preview"]["body"]) == ("mail", "jane@acme.io", body)
    assert [found["excerpt"] for found in shown["findings"]] == ["{calendar_link}"]
    assert (told["status"], told["cost"]["mails"]) == ("failed", 0)
    assert "{calendar_link}" in told["error"]
    api.ok(api.http.put(f"/api/outreach/{message}", json={"body": body.replace("{calendar_link}", "Nora")}))
    told = api.post(f"/api/automations/{id}/dry-run", {"input": {"outreach_id": message}})
    assert (told["status"], told["cost"]["mails"], told["messages"][0]["findings"]) == ("success", 1, [])
    assert len(told["messages"][0]["preview"]["body"]) > 1_000


def test_an_approval_shows_the_text_as_it_would_leave(api: Api, resend: Provider, cloud: LocalCloud) -> None:
    content = "Hi {first_name},\n\nbook a time: {calendar_link}."
    template = api.post("/api/templates", {"name": "T", "category": "email", "content": content})["template"]
    write = {**DRAFT, "config": {"template_id": template["id"]}}
    ask = {"id": "ask", "action": "approval", "config": {"message": "May it leave?"}}
    run = start(api, write, ask, SEND, prospect_id=_prospect(api))
    [shown] = reach(api, *run, "waiting")["results"]["ask"]["output"]["drafts"]
    [draft] = api.get("/api/outreach")["outreach"]
    assert {name: draft[name] for name in ("subject", "body", "findings")}.items() <= shown.items()
    assert [found["excerpt"] for found in shown["findings"]] == ["{calendar_link}"]
    cloud.clock.advance(timedelta(seconds=1))
    api.post(f"/api/automations/{run[0]}/executions/{run[1]}/approve", {})
    assert "{calendar_link}" in reach(api, *run, "failed", "success")["error"]
    assert resend.requests == []
