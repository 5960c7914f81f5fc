"""What happens is sent to the user's webhooks: signed, again until it is taken, and on record."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from standardwebhooks import Webhook

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import settings
from shared.domains.webhooks import delivering
from shared.domains.webhooks.schedule import INTERVALS
from shared.gcp import firestore, writes
from tests.automations.played import notify
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually
from tests.providers.web.site import Asked, Site, response

EVERY = [
    "prospect_added",
    "research_completed",
    "outreach_sent",
    "content_published",
    "task_completed",
    "automation_triggered",
]


def make(api: Api, site: Site | str, *events: str, **fields: Any) -> dict[str, Any]:
    url = site if isinstance(site, str) else f"{site.url}/in"
    body = {"url": url, "event_types": events or ["prospect_added"], **fields}
    made: dict[str, Any] = api.post("/api/webhooks", body)["webhook"]
    return made


def add(api: Api, name: str = "Ann") -> str:
    return str(api.post("/api/prospects", {"name": name})["prospect"]["id"])


def deliveries(api: Api, hook: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/api/webhooks/{hook['id']}/deliveries", **query)["deliveries"]
    return found


def the_delivery(api: Api, hook: dict[str, Any], status: str, attempts: int = 1) -> dict[str, Any]:
    """The only one, once it is in that state after so many attempts."""

    def reached() -> dict[str, Any]:
        found = deliveries(api, hook)
        done = len(found) == 1 and found[0]["status"] == status and len(found[0]["attempts"]) == attempts
        return found[0] if done else {}

    return eventually(reached)


def status_of(api: Api, hook: dict[str, Any]) -> str:
    return str(api.get(f"/api/webhooks/{hook['id']}")["webhook"]["status"])


@contextmanager
def answering(*answers: list[bytes] | Callable[[], list[bytes]]) -> Iterator[Site]:
    """A receiver that answers these in turn, the last one for ever."""

    def answer(asked: Asked) -> list[bytes]:
        given = answers[min(len(site.asked), len(answers)) - 1]
        return given() if callable(given) else given

    with Site(answer) as site:
        yield site


def test_each_event_of_the_contract_arrives_signed(api: Api) -> None:
    with answering(response(b"thanks")) as site:
        hook = make(api, site, *EVERY)
        prospect = add(api)
        event = {"prospect_id": prospect, "scheduled_date": "2999-12-31", "type": "follow_up"}
        follow_up = api.post("/api/calendar", event)["event"]["id"]
        api.put(f"/api/calendar/{follow_up}", {"status": "completed"})
        template = {"name": "T", "category": "email", "content": "Hi"}
        api.post("/api/templates", template)
        message = api.post("/api/outreach", {"prospect_id": prospect, "subject": "S", "body": "B"})["outreach"]["id"]
        task = {"title": "T", "input_source": "x", "source_type": "keywords", "research_engine": "perplexity"}
        research = api.post("/api/research-tasks", {**task, "priority": "low"})["task"]["id"]
        done = [
            writes.update(f"users/{api.uid}/outreach/{message}", {"status": "sent"}),
            writes.update(f"users/{api.uid}/research_tasks/{research}", {"status": "done"}),
        ]
        firestore.client().commit(done)
        automation = api.automation("manual", notify("n"))
        run = api.post(f"/api/automations/{automation}/run", {})["execution"]["id"]
        eventually(lambda: len(site.asked) >= len(EVERY))
        eventually(lambda: len(deliveries(api, hook, status="delivered")) == len(EVERY))
    bodies = {}
    for asked in site.asked:
        assert (asked.method, asked.target, asked.headers["content-type"]) == ("POST", "/in", "application/json")
        body = Webhook(hook["secret"]).verify(asked.body, asked.headers)
        key = hook["secret"].encode()
        assert asked.headers["x-webhook-signature"] == hmac.new(key, asked.body, hashlib.sha256).hexdigest()
        assert body.keys() == {"type", "timestamp", "data"}
        bodies[body["type"]] = body["data"]
    assert sorted(bodies) == sorted(EVERY)
    assert bodies["prospect_added"]["prospect"] == api.get(f"/api/prospects/{prospect}")["prospect"]
    assert bodies["task_completed"]["event"]["status"] == "completed"
    assert bodies["outreach_sent"]["outreach"]["id"] == message
    assert bodies["automation_triggered"]["execution_id"] == run
    assert sorted(asked.headers["webhook-id"] for asked in site.asked) == sorted(d["id"] for d in deliveries(api, hook))
    figures = api.get(f"/api/webhooks/{hook['id']}")["webhook"]
    assert (figures["failure_count"], figures["last_triggered"] is not None) == (0, True)
    assert api.get("/api/webhooks")["webhooks"] == [figures]


def test_whatever_starts_an_automation_is_told(api: Api, served: Served, cloud: LocalCloud) -> None:
    with answering(response()) as site:
        make(api, site, "automation_triggered")
        address = api.post("/api/automations", {"name": "A", "trigger": "webhook", "steps": [notify("n")]})[
            "automation"
        ]
        api.post(f"/api/automations/{address['id']}/activate")
        watching = api.automation("new_prospect_added", notify("n"))
        timed = api.automation("schedule", notify("n"), trigger_config={"cron": "0 9 * * *"})
        add(api)
        plain.post(api.url + address["trigger_config"]["url"], json={})
        cloud.clock.advance(timedelta(days=1))
        served.tick("due_automations")
        eventually(lambda: len(site.asked) >= 3)
    told = {data["automation_id"]: data for data in (json.loads(asked.body)["data"] for asked in site.asked)}
    assert {id: data["triggered_by"] for id, data in told.items()} == {
        address["id"]: "webhook",
        watching: "new_prospect_added",
        timed: "schedule",
    }
    assert all(len(api.executions(id)) == 1 and api.executions(id)[0]["id"] == told[id]["id"] for id in told)


def test_what_fails_is_sent_again_under_the_same_id(api: Api, cloud: LocalCloud) -> None:
    with answering(response(b"down", 500), response(b"no", 404), response(b"thanks")) as site:
        hook = make(api, site)
        add(api)
        first = the_delivery(api, hook, "pending", 1)
        assert (first["attempts"][0]["status"], first["attempts"][0]["answer"]) == (500, "down")
        assert api.get(f"/api/webhooks/{hook['id']}")["webhook"]["failure_count"] == 1
        cloud.clock.advance(timedelta(seconds=7))
        the_delivery(api, hook, "pending", 2)
        cloud.clock.advance(timedelta(minutes=7))
        ended = the_delivery(api, hook, "delivered", 3)
    assert [attempt["status"] for attempt in ended["attempts"]] == [500, 404, 200]
    assert (ended["next_attempt_at"], ended["completed_at"] is not None) == (None, True)
    assert {asked.headers["webhook-id"] for asked in site.asked} == {ended["id"]}
    assert len({asked.body for asked in site.asked}) == 1
    assert len({asked.headers["webhook-timestamp"] for asked in site.asked}) == 3
    assert status_of(api, hook) == "active"
    assert api.get(f"/api/webhooks/{hook['id']}")["webhook"]["failure_count"] == 0


def test_a_receiver_that_wants_to_be_left_alone_is(api: Api, cloud: LocalCloud) -> None:
    with answering(response(b"", 429, retry_after="600"), response()) as site:
        hook = make(api, site)
        add(api)
        waiting = the_delivery(api, hook, "pending", 1)
        cloud.clock.advance(timedelta(minutes=9))
        assert waiting["next_attempt_at"] > waiting["attempts"][0]["at"]
        assert len(site.asked) == 1
        cloud.clock.advance(timedelta(minutes=2))
        the_delivery(api, hook, "delivered", 2)


def test_one_that_is_gone_is_switched_off(api: Api) -> None:
    with answering(response(b"", 410), response()) as site:
        hook = make(api, site)
        add(api)
        the_delivery(api, hook, "failed", 1)
        assert status_of(api, hook) == "failed"
        [told] = [n for n in api.get("/api/notifications")["notifications"] if "switched off" in n["title"]]
        assert ("410" in told["message"], told["priority"]) == (True, "high")
        add(api, "Bob")
        eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 2)
        assert (len(deliveries(api, hook)), len(site.asked)) == (1, 1)
        again = api.put(f"/api/webhooks/{hook['id']}", {"status": "active"})["webhook"]
        assert (again["status"], again["failure_count"]) == ("active", 0)
        add(api, "Cy")
        eventually(lambda: len(site.asked) == 2)


def test_one_that_never_answers_is_given_up_after_three_days(api: Api, cloud: LocalCloud) -> None:
    with answering(response(b"", 503)) as site:
        hook = make(api, site)
        add(api)
        for tries, seconds in enumerate(INTERVALS, start=1):
            the_delivery(api, hook, "pending", tries)
            cloud.clock.advance(timedelta(seconds=seconds * 1.2 + 1))
        the_delivery(api, hook, "failed", len(INTERVALS) + 1)
        assert status_of(api, hook) == "failed"
        assert [n["title"] for n in api.get("/api/notifications")["notifications"]] == ["A webhook was switched off"]
    assert len(site.asked) == len(INTERVALS) + 1
    assert sum(INTERVALS) > 72 * 3_600


def _tried(api: Api, hook: dict[str, Any], tries: int) -> bool:
    """Whether the delivery under way has had so many attempts."""
    return [len(delivery["attempts"]) for delivery in deliveries(api, hook, status="pending")] == [tries]


def test_a_single_event_that_is_never_taken_switches_nothing_off(api: Api, cloud: LocalCloud) -> None:
    def answer(asked: Asked) -> list[bytes]:
        return response(status=400 if b"Ann" in asked.body else 200)

    with Site(answer) as site:
        hook = make(api, site)
        add(api, "Ann")
        for tries, seconds in enumerate(INTERVALS, start=1):
            eventually(partial(_tried, api, hook, tries))
            if tries == 3:
                add(api, "Bob")
                eventually(lambda: deliveries(api, hook, status="delivered"))
            cloud.clock.advance(timedelta(seconds=seconds * 1.2 + 1))
        eventually(lambda: deliveries(api, hook, status="failed"))
        assert status_of(api, hook) == "active"


def test_a_slow_an_endless_and_a_silent_receiver(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "SECONDS", 0.5)
    with Site(lambda asked: iter([])) as silent, Site(lambda asked: _stall()) as slow:
        endless = Site(lambda asked: response(b"x" * 1_000_000))
        with endless:
            hooks = [make(api, site) for site in (silent, slow, endless)]
            add(api)
            outcomes = [
                the_delivery(api, hook, status)["attempts"][0]
                for hook, status in zip(hooks, ("pending", "pending", "delivered"), strict=True)
            ]
    assert [outcome["status"] for outcome in outcomes] == [None, None, 200]
    assert "broke off" in outcomes[0]["error"]
    assert ("in time" in outcomes[1]["error"], outcomes[1]["milliseconds"] < 5_000) == (True, True)
    assert len(outcomes[2]["answer"]) == 500


def _stall() -> Iterator[bytes]:
    threading.Event().wait(3)
    yield b""


def test_redirects_and_private_addresses_are_not_called(api: Api) -> None:
    with answering(response(b"", 302, location="/elsewhere"), response()) as site:
        hook = make(api, site)
        add(api)
        attempt = the_delivery(api, hook, "pending")["attempts"][0]
        assert (attempt["status"], "redirects" in attempt["error"]) == (302, True)
        assert [asked.target for asked in site.asked] == ["/in"]
        off = make(api, site)
        replaced = settings.use(settings.current().model_copy(update={"allow_local_servers": False}))
        add(api, "Bob")
        refused = eventually(lambda: [d for d in deliveries(api, off) if d["attempts"]])[0]["attempts"][0]
        settings.use(replaced)
        assert (refused["status"], "loopback" in refused["error"]) == (None, True)
        assert len(site.asked) == 1


def test_one_that_is_switched_off_gets_nothing(api: Api, cloud: LocalCloud) -> None:
    with answering(response(b"", 500)) as site:
        hook = make(api, site)
        add(api)
        the_delivery(api, hook, "pending", 1)
        api.put(f"/api/webhooks/{hook['id']}", {"status": "inactive"})
        cloud.clock.advance(timedelta(seconds=7))
        the_delivery(api, hook, "cancelled", 1)
        add(api, "Bob")
        eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 2)
        assert (len(deliveries(api, hook)), len(site.asked)) == (1, 1)
        api.put(f"/api/webhooks/{hook['id']}", {"status": "active", "event_types": ["outreach_sent"]})
        add(api, "Cy")
        eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 3)
        assert len(deliveries(api, hook)) == 1
        api.ok(api.http.delete(f"/api/webhooks/{hook['id']}"))
        assert len(deliveries(api, hook)) == 1


def test_a_test_is_sent_once_whatever_the_status(api: Api, cloud: LocalCloud) -> None:
    with answering(response(b"", 500), response()) as site:
        hook = make(api, site)
        api.put(f"/api/webhooks/{hook['id']}", {"status": "inactive"})
        answer = api.http.post(f"/api/webhooks/{hook['id']}/test")
        assert answer.status_code == 202
        made = answer.json()["delivery"]
        assert (made["event_type"], made["status"], made["webhook_id"]) == ("test", "pending", hook["id"])
        failed = the_delivery(api, hook, "failed", 1)
        assert failed["id"] == made["id"]
        assert json.loads(site.asked[0].body)["type"] == "test"
        api.post(f"/api/webhooks/{hook['id']}/deliveries/{made['id']}/redeliver")
        the_delivery(api, hook, "delivered", 2)


def test_what_was_sent_can_be_sent_again(api: Api) -> None:
    with answering(response()) as site:
        hook = make(api, site)
        add(api)
        sent = the_delivery(api, hook, "delivered", 1)
        url = f"/api/webhooks/{hook['id']}/deliveries/{sent['id']}"
        whole = api.http.get(url)
        assert whole.json()["delivery"] == {**sent, "body": site.asked[0].body.decode()}
        assert api.http.post(f"{url}/redeliver", headers={"If-Match": '"1"'}).status_code == 412
        answer = api.http.post(f"{url}/redeliver", headers={"If-Match": whole.headers["etag"]})
        assert (answer.status_code, answer.json()["delivery"]["status"]) == (202, "pending")
        the_delivery(api, hook, "delivered", 2)
        assert len({(asked.headers["webhook-id"], asked.body) for asked in site.asked}) == 1
        api.put(f"/api/webhooks/{hook['id']}", {"status": "inactive"})
        assert api.http.post(f"{url}/redeliver").status_code == 409


def test_nobody_reaches_anothers_deliveries(api: Api) -> None:
    with answering(response()) as site, api.another_user() as other:
        hook, theirs = make(api, site), make(other, site)
        add(api)
        sent = the_delivery(api, hook, "delivered")
        for id in (hook["id"], theirs["id"]):
            url = f"/api/webhooks/{id}/deliveries/{sent['id']}"
            assert other.http.get(url).status_code == 404
            assert other.http.post(f"{url}/redeliver").status_code == 404
        assert other.http.post(f"/api/webhooks/{hook['id']}/test").status_code == 404
        assert other.http.get(f"/api/webhooks/{hook['id']}/deliveries").status_code == 404


def test_a_secret_is_rotated_without_a_gap(api: Api, cloud: LocalCloud) -> None:
    with answering(response()) as site:
        hook = make(api, site)
        rotated = api.post(f"/api/webhooks/{hook['id']}/rotate")["webhook"]
        assert rotated["secret"] not in (hook["secret"], None)
        assert "secret" not in api.get(f"/api/webhooks/{hook['id']}")["webhook"]
        add(api)
        eventually(lambda: len(site.asked) == 1)
        for secret in (hook["secret"], rotated["secret"]):
            assert Webhook(secret).verify(site.asked[0].body, site.asked[0].headers)
        cloud.clock.advance(timedelta(hours=25))
        add(api, "Bob")
        eventually(lambda: len(site.asked) == 2)
    assert len(site.asked[1].headers["webhook-signature"].split()) == 1


def test_a_circle_by_way_of_a_webhook_ends(api: Api) -> None:
    """The user's webhook leads to an automation's address, whose runs are what it is told of."""
    own = api.post("/api/automations", {"name": "Own", "trigger": "webhook", "steps": [notify("n")]})["automation"]
    api.post(f"/api/automations/{own['id']}/activate")
    address = own["trigger_config"]
    hook = make(api, api.url + address["url"], "automation_triggered", secret=address["secret"])
    plain.post(api.url + address["url"], json={})
    refused = eventually(lambda: [d for d in deliveries(api, hook) if d["attempts"]])[0]["attempts"][0]
    assert (refused["status"], len(api.executions(own["id"]))) == (409, 1)
    [entry] = api.get("/api/system/logs", category="automation", search="not started")["logs"]
    assert "would have started itself" in entry["message"]


def test_a_large_entity_names_what_was_left_out(api: Api) -> None:
    with answering(response()) as site:
        make(api, site, "content_published")
        api.post("/api/templates", {"name": "T", "category": "blog", "content": "x" * 40_000})
        eventually(lambda: len(site.asked) == 1)
    told = json.loads(site.asked[0].body)["data"]["template"]
    assert (told["omitted"], told["name"], len(site.asked[0].body) < 32_000) == (["content"], "T", True)


def test_there_are_so_many_and_no_more(api: Api) -> None:
    for _ in range(20):
        make(api, "https://example.com/in")
    answer = api.http.post("/api/webhooks", json={"url": "https://example.com/in", "event_types": ["prospect_added"]})
    assert (answer.status_code, "at most 20" in answer.json()["detail"]) == (409, True)
