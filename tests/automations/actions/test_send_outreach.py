"""A message leaves once, if its contact may be written to; what nobody can tell is left to a person."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import settings
from tests.automations.played import find, notify, reach, start, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply, answer

SEND = {"id": "send", "action": "send_outreach"}
_QUICK = {"retry": {"max_attempts": 3, "initial_seconds": 1, "multiplier": 1, "jitter": 0}}


@pytest.fixture
def resend(api: Api) -> Iterator[Provider]:
    """Resend, as it answers when all is well; set `reply` for other days."""
    with Provider(lambda n: answer({"id": f"mail-{n}"})) as provider:
        mail = {"resend_api_key": "re_1", "resend_base_url": provider.url, "mail_from": "nora@sender.example"}
        settings.use(settings.current().model_copy(update=mail))
        yield provider


def _message(api: Api, email: str = "ann@acme.io", **prospect: Any) -> str:
    """A draft to a new prospect; answers its id."""
    made = api.post("/api/prospects", {"name": "Ann Lee", "email": email, **prospect})["prospect"]["id"]
    body = {"prospect_id": made, "subject": "Hello", "body": "Hello Ann"}
    return str(api.post("/api/outreach", body)["outreach"]["id"])


def _outreach(api: Api, id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/outreach/{id}")["outreach"]
    return found


def _send(api: Api, id: str, **more: Any) -> tuple[str, str]:
    return start(api, {**SEND, **more}, notify("after"), outreach_id=id)


def test_it_is_sent_once_and_says_so(api: Api, resend: Provider) -> None:
    message = _message(api)
    run = _send(api, message)
    ended = reach(api, *run, "success", "failed")
    assert ended["status"] == "success", ended
    assert ended["results"]["send"]["output"]["provider_id"] == "mail-1"
    sent = _outreach(api, message)
    assert (sent["status"], sent["sent_at"] is not None) == ("sent", True)
    assert api.get(f"/api/prospects/{sent['prospect_id']}")["prospect"]["status"] == "contacted"
    again = reach(api, *_send(api, message), "success", "failed")
    assert again["results"]["send"]["output"]["sent"] is False
    assert [request["body"]["to"] for request in resend.requests] == [["Ann Lee <ann@acme.io>"]]
    lineage = api.get(f"/api/outreach/{message}/lineage")
    assert [(send["recipient"], send["status"]) for send in lineage["sends"]] == [("ann@acme.io", "sent")]


def test_it_waits_until_its_own_draft_is_approved(api: Api, resend: Provider) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann Lee", "email": "ann@acme.io"})["prospect"]["id"]
    careful = {**SEND, "config": {"require_approval": True}}
    run = start(api, {"action": "generate_outreach"}, careful, notify("after"), prospect_id=prospect)
    assert "is approved" in reach(api, *run, "waiting", "failed")["results"]["send"]["message"]
    [draft] = api.get("/api/outreach")["outreach"]
    assert titles(api) == ["A message waits for your approval"]
    api.ok(api.http.put(f"/api/outreach/{draft['id']}", json={"subject": "Hello Ann", "status": "approved"}))
    reach(api, *run, "success")
    [request] = resend.requests
    assert request["body"]["subject"] == "Hello Ann"


def test_the_draft_that_waits_may_be_sent_by_hand(api: Api, resend: Provider, cloud: LocalCloud) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann Lee", "email": "ann@acme.io"})["prospect"]["id"]
    careful = {**SEND, "config": {"require_approval": True}}
    run = start(api, {"action": "generate_outreach"}, careful, notify("after"), prospect_id=prospect)
    reach(api, *run, "waiting")
    [draft] = api.get("/api/outreach")["outreach"]
    api.post(f"/api/outreach/{draft['id']}/send")
    eventually(lambda: _outreach(api, draft["id"])["status"] == "sent")
    cloud.clock.advance(timedelta(minutes=2))
    assert reach(api, *run, "success", "failed")["error"] is None
    assert (len(resend.requests), _outreach(api, draft["id"])["status"]) == (1, "sent")


def test_each_letter_waits_for_its_own_approval(api: Api, resend: Provider) -> None:
    """Which message a step has chosen does not depend on the order in which the store gives results back."""
    prospect = api.post("/api/prospects", {"name": "Ann Lee", "email": "ann@acme.io"})["prospect"]["id"]
    careful = {"action": "send_outreach", "config": {"require_approval": True}}
    write, tell = {"action": "generate_outreach"}, notify("a reply")
    run = start(api, write, careful, tell, write, careful, notify("after"), prospect_id=prospect)
    for number in (1, 2):
        draft = eventually(lambda: [m for m in api.get("/api/outreach")["outreach"] if m["status"] == "draft"])[0]
        eventually(lambda: titles(api).count("A message waits for your approval") == number)  # noqa: B023
        reach(api, *run, "waiting")
        api.ok(api.http.put(f"/api/outreach/{draft['id']}", json={"status": "approved"}))
        eventually(lambda: _outreach(api, draft["id"])["status"] == "sent")  # noqa: B023
    reach(api, *run, "success")
    assert len(resend.requests) == 2


def test_each_item_of_a_loop_sends_its_own(api: Api, resend: Provider) -> None:
    ids = [api.post("/api/prospects", {"name": n, "email": f"{n}@acme.io"})["prospect"]["id"] for n in ("ann", "bob")]
    write = {"action": "generate_outreach", "config": {"prospect_id": "{{ item }}"}}
    loop = {"id": "each", "action": "for_each", "config": {"items": ids, "steps": [write, SEND]}}
    reach(api, *start(api, loop), "success")
    assert sorted(request["body"]["to"][0] for request in resend.requests) == ["ann <ann@acme.io>", "bob <bob@acme.io>"]


def test_the_approval_of_anybodys_draft_is_seen(api: Api, resend: Provider, cloud: LocalCloud) -> None:
    """A fault that comes after it is what the run then waits for."""
    message = _message(api)
    retry = {"max_attempts": 3, "initial_seconds": 900, "jitter": 0}
    run = _send(api, message, config={"require_approval": True}, retry=retry)
    for _ in range(2):
        before = reach(api, *run, "waiting")["waiting_for"]["until"]
        cloud.clock.advance(timedelta(hours=1))
        eventually(lambda: (find(api, *run)["waiting_for"] or {}).get("until") not in (None, before))  # noqa: B023
    assert (titles(api), resend.requests) == (["A message waits for your approval"], [])
    api.ok(api.http.put(f"/api/outreach/{message}", json={"status": "approved"}))
    resend.reply = lambda n: answer({"name": "rate_limit_exceeded"}, 429) if n == 1 else answer({"id": "mail"})
    cloud.clock.advance(timedelta(hours=1, minutes=1))
    eventually(lambda: find(api, *run)["attempts"])
    assert "rate limit" in find(api, *run)["waiting_for"]["what"]
    cloud.clock.advance(timedelta(hours=1))
    reach(api, *run, "success")
    assert len(resend.requests) == 2


def test_two_runs_at_once_send_one_message_once(api: Api, resend: Provider, cloud: LocalCloud) -> None:
    message = _message(api)
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: _send(api, message), range(4)))
    eventually(lambda: _outreach(api, message)["status"] == "sent")
    cloud.clock.advance(timedelta(minutes=2))  # for those that found it on its way
    ended = [reach(api, *run, "success", "failed") for run in runs]
    assert len(resend.requests) == 1
    assert [run["status"] for run in ended] == ["success"] * 4


def test_a_person_can_send_it_too(api: Api, resend: Provider) -> None:
    message = _message(api)
    assert api.post(f"/api/outreach/{message}/send")["outreach"]["status"] == "approved"
    eventually(lambda: _outreach(api, message)["status"] == "sent")
    assert api.http.post(f"/api/outreach/{message}/send").status_code == 409
    assert len(resend.requests) == 1
    assert api.get("/api/activity", type="automation")["total"] == 0


def test_whoever_unsubscribes_gets_nothing_more(api: Api, resend: Provider) -> None:
    settings.use(settings.current().model_copy(update={"public_url": "https://api.sender.example"}))
    first = _message(api)
    prospect = _outreach(api, first)["prospect_id"]
    reach(api, *_send(api, first), "success")
    link = resend.requests[0]["body"]["headers"]["List-Unsubscribe"].strip("<>")
    path = link.removeprefix("https://api.sender.example")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with plain.client(base_url=api.url) as anybody:
        assert anybody.get(path, headers={"Accept": "application/json"}).json()["address"] == "ann@acme.io"
        assert api.get("/api/contacts/suppressions")["total"] == 0
        for _ in range(2):
            assert anybody.post(path, content="List-Unsubscribe=One-Click", headers=form).is_success
        assert anybody.post(f"{path}x").status_code == 404
    assert api.get(f"/api/prospects/{prospect}")["prospect"]["status"] == "unsubscribed"
    second = api.post("/api/outreach", {"prospect_id": prospect, "subject": "Again", "body": "Hello"})["outreach"]["id"]
    assert "Unsubscribed by the link" in reach(api, *_send(api, second), "failed")["error"]
    assert "unsubscribe_token" not in _outreach(api, first)


def test_without_a_provider_it_says_what_to_do(api: Api) -> None:
    message = _message(api)
    api.post(f"/api/outreach/{message}/send")
    eventually(lambda: _outreach(api, message)["status"] == "failed")
    assert "No mail provider is connected" in _outreach(api, message)["error"]
    (entry,) = api.get("/api/system/logs", category="outreach")["logs"]
    assert (entry["level"], entry["related_id"], entry["can_rerun"]) == ("error", message, True)


def test_who_is_suppressed_gets_nothing(api: Api, resend: Provider) -> None:
    address = api.post("/api/contacts/suppressions", {"email": "ann@acme.io", "reason": "She asked us to stop."})
    ended = reach(api, *_send(api, _message(api)), "failed")
    assert "suppression list (She asked us to stop.)" in ended["error"]
    api.post("/api/contacts/suppressions", {"domain": "acme.io"})
    assert (
        "@acme.io is on the suppression list"
        in reach(api, *_send(api, _message(api, "bob@acme.io")), "failed")["error"]
    )
    assert resend.requests == []
    api.ok(api.http.delete(f"/api/contacts/suppressions/{address['suppression']['id']}"))
    assert api.get("/api/contacts/suppressions")["total"] == 1


def test_one_contact_is_not_written_to_too_often(api: Api, resend: Provider, cloud: LocalCloud) -> None:
    api.put("/api/contacts/policy", {"max_per_contact": 1, "per_days": 7})
    first = _message(api)
    prospect = _outreach(api, first)["prospect_id"]
    second = api.post("/api/outreach", {"prospect_id": prospect, "subject": "Again", "body": "Hello"})["outreach"]["id"]
    reach(api, *_send(api, first), "success")
    run = _send(api, second)
    assert "in the last 7 days" in reach(api, *run, "waiting")["results"]["send"]["message"]
    cloud.clock.advance(timedelta(days=6, hours=23))
    assert find(api, *run)["status"] == "waiting"
    cloud.clock.advance(timedelta(hours=2))
    reach(api, *run, "success")
    assert len(resend.requests) == 2


def test_a_burst_keeps_the_quota(api: Api, resend: Provider) -> None:
    api.put("/api/contacts/policy", {"daily_quota": 3})
    messages = [_message(api, f"p{n}@acme.io") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda message: _send(api, message), messages))
    ended = [reach(api, *run, "success", "waiting", "failed")["status"] for run in runs]
    assert sorted(ended) == ["success"] * 3 + ["waiting"] * 5
    assert len(resend.requests) == 3


def test_the_contacts_night_is_quiet(api: Api, resend: Provider, cloud: LocalCloud) -> None:
    now = datetime.now(UTC)
    quiet = {"start": f"{now - timedelta(hours=1):%H:%M}", "end": f"{now + timedelta(hours=1):%H:%M}"}
    api.put("/api/contacts/policy", {"quiet_hours": quiet, "time_zone": "UTC"})
    elsewhere = reach(api, *_send(api, _message(api, "yu@acme.io", time_zone="Asia/Tokyo")), "success")
    assert elsewhere["results"]["send"]["status"] == "success"
    run = _send(api, _message(api))
    assert "quiet time" in reach(api, *run, "waiting")["results"]["send"]["message"]
    cloud.clock.advance(timedelta(minutes=61))
    reach(api, *run, "success")
    assert len(resend.requests) == 2


def test_what_failed_for_good_gives_its_place_back(api: Api, resend: Provider) -> None:
    api.put("/api/contacts/policy", {"max_per_contact": 1, "daily_quota": 1})
    resend.reply = lambda n: answer({"name": "validation_error", "message": "bad"}, 422)
    message = _message(api)
    assert reach(api, *_send(api, message), "failed")["error"]
    assert _outreach(api, message)["status"] == "failed"
    resend.reply = lambda n: answer({"id": "mail"})
    reach(api, *_send(api, message), "success")
    assert len(resend.requests) == 2


def test_a_passing_fault_is_met_by_trying_again_under_the_same_key(
    api: Api, resend: Provider, cloud: LocalCloud
) -> None:
    resend.reply = lambda n: answer({"name": "rate_limit_exceeded"}, 429) if n == 1 else answer({"id": "mail"})
    run = _send(api, _message(api), **_QUICK)
    reach(api, *run, "waiting", "success")
    cloud.clock.advance(timedelta(seconds=30))
    reach(api, *run, "success")
    keys = {request["headers"]["idempotency-key"] for request in resend.requests}
    assert (len(resend.requests), len(keys)) == (2, 1)


def test_a_dry_run_sends_nothing(api: Api, resend: Provider) -> None:
    message = _message(api)
    id = api.automation("manual", SEND, active=False)
    told = api.post(f"/api/automations/{id}/dry-run", {"input": {"outreach_id": message}})
    assert told["cost"]["mails"] == 1
    assert told["messages"][0]["preview"]["subject"] == "Hello"
    assert (resend.requests, _outreach(api, message)["status"], titles(api)) == ([], "draft", [])


def test_a_daily_budget_of_mails_pauses_the_automation(api: Api, resend: Provider) -> None:
    one, two, three = (_message(api, f"q{n}@acme.io") for n in range(3))
    id = api.automation("manual", SEND, limits={"daily": {"mails": 1}})
    for message in (one, two):
        api.post(f"/api/automations/{id}/run", {"input": {"outreach_id": message}})
    eventually(lambda: api.get(f"/api/automations/{id}")["automation"]["status"] == "paused")
    api.post(f"/api/automations/{id}/run", {"input": {"outreach_id": three}})
    eventually(lambda: sum(run["paused"] for run in api.executions(id)) >= 1)
    assert len(resend.requests) <= 2


def test_an_unknown_outcome_waits_for_a_person(api: Api, resend: Provider, cloud: LocalCloud) -> None:
    """The request arrives, the answer does not: Resend drops repetitions, so it is asked again, not a person."""
    resend.reply = lambda n: Reply(500) if n == 1 else answer({"id": "mail"})
    run = _send(api, _message(api), **_QUICK)
    for _ in range(4):
        cloud.clock.advance(timedelta(seconds=40))
        eventually(lambda: find(api, *run)["status"] in ("waiting", "success"))
    reach(api, *run, "success")
    assert len({request["headers"]["idempotency-key"] for request in resend.requests}) == 1


def test_a_message_that_a_budget_holds_back_is_what_it_was(api: Api, resend: Provider) -> None:
    first, second = _message(api), _message(api, "bob@acme.io")
    api.ok(api.http.put(f"/api/outreach/{second}", json={"status": "approved"}))
    id = api.automation("manual", SEND, limits={"daily": {"mails": 1}})
    for message in (first, second):
        run = api.post(f"/api/automations/{id}/run", {"input": {"outreach_id": message}})["execution"]["id"]
        eventually(lambda: (found := find(api, id, run))["status"] == "success" or found["paused"])  # noqa: B023
    eventually(lambda: _outreach(api, second)["status"] == "approved")
    assert len(resend.requests) == 1
    api.put(f"/api/automations/{id}", {"limits": {}})
    api.post(f"/api/automations/{id}/activate")
    eventually(lambda: _outreach(api, second)["status"] == "sent")
