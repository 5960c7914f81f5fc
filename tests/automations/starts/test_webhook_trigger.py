"""An automation has an address of its own: a call starts it, once a delivery."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from infra.local import plain
from shared.gcp import firestore
from tests.automations.played import notify, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

TELL = notify("told", config={"title": "{{ event.name }} from {{ input.company }}"})


def _opened(api: Api, *, active: bool = True, **config: Any) -> dict[str, Any]:
    """The automation as its creation answers it."""
    body = {"name": "Form", "trigger": "webhook", "trigger_config": config, "steps": [TELL]}
    made: dict[str, Any] = api.post("/api/automations", body)["automation"]
    if active:
        api.post(f"/api/automations/{made['id']}/activate")
    return made


def _call(api: Api, url: str, body: Any, **headers: str) -> httpx.Response:
    """Without any sign-in."""
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return plain.post(api.url + url, content=content, headers={n.replace("_", "-"): v for n, v in headers.items()})


def _signed(secret: str, body: str, *, id: str = "msg_1", at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    signature = Webhook(secret).sign(id, at, body)
    return {"webhook_id": id, "webhook_timestamp": str(int(at.timestamp())), "webhook_signature": signature}


def test_a_call_starts_it_with_the_body_as_its_event(api: Api) -> None:
    made = _opened(api)
    answer = _call(api, made["trigger_config"]["url"], {"name": "Ann", "company": "Acme", "user_id": "theirs"})
    assert (answer.status_code, answer.json()["success"]) == (202, True)
    eventually(lambda: titles(api) == ["Ann from Acme"])
    run = api.executions(made["id"])[0]
    assert (run["id"], run["triggered_by"]) == (answer.json()["execution_id"], "webhook")
    assert run["event"]["data"] == {"name": "Ann", "company": "Acme", "user_id": "theirs"}


@pytest.mark.parametrize("header", ["webhook_id", "idempotency_key"])
def test_a_repeated_delivery_starts_it_once(api: Api, header: str) -> None:
    made = _opened(api)
    url = made["trigger_config"]["url"]
    answers = [_call(api, url, {"name": "Ann", "company": "Acme"}, **{header: "msg_1"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["execution_id"] for answer in answers}) == 1
    other = _call(api, url, {"name": "Bob", "company": "Acme"}, **{header: "msg_2"})
    eventually(lambda: titles(api) == ["Ann from Acme", "Bob from Acme"])
    assert {run["id"] for run in api.executions(made["id"])} == {
        answers[0].json()["execution_id"],
        other.json()["execution_id"],
    }


def test_the_same_body_twice_is_two_events(api: Api) -> None:
    made = _opened(api)
    for _ in range(2):
        _call(api, made["trigger_config"]["url"], {"name": "Ann", "company": "Acme"})
    eventually(lambda: len(api.executions(made["id"])) == 2)


def test_a_filter_that_cannot_judge_a_call_says_so(api: Api) -> None:
    made = _opened(api, filter="after.score > 5")
    for _ in range(2):
        answer = _call(api, made["trigger_config"]["url"], {"colour": "red"})
        assert (answer.status_code, answer.json()["execution_id"]) == (202, None)
    [entry] = api.get("/api/system/logs", level="warning")["logs"]
    assert (entry["related_id"], "cannot be evaluated" in entry["message"]) == (made["id"], True)


def test_its_filter_sees_the_body(api: Api) -> None:
    made = _opened(api, filter="after.score > 5")
    url = made["trigger_config"]["url"]
    assert _call(api, url, {"score": 3}).json()["execution_id"] is None
    assert _call(api, url, {"other": 3}).json()["execution_id"] is None
    started = _call(api, url, {"score": 7}).json()["execution_id"]
    assert [run["id"] for run in api.executions(made["id"])] == [started]


def test_only_signed_calls_are_taken_where_it_says_so(api: Api) -> None:
    made = _opened(api, signed=True)
    url, secret = made["trigger_config"]["url"], made["trigger_config"]["secret"]
    body = '{"name": "Ann",  "company": "Acme"}'
    good = _signed(secret, body)
    refused = {
        "unsigned": _call(api, url, body),
        "another body": _call(api, url, body.replace("Ann", "Bob"), **good),
        "another id": _call(api, url, body, **{**good, "webhook_id": "msg_2"}),
        "another secret": _call(api, url, body, **_signed("whsec_" + "A" * 44, body)),
        "stale": _call(api, url, body, **_signed(secret, body, at=datetime.now(UTC) - timedelta(minutes=6))),
        "to come": _call(api, url, body, **_signed(secret, body, at=datetime.now(UTC) + timedelta(minutes=6))),
        "unreadable": _call(api, url, body, **{**good, "webhook_signature": "v1"}),
        "no base64": _call(api, url, body, **{**good, "webhook_signature": "v1,%%%"}),
        "no time": _call(api, url, body, **{**good, "webhook_timestamp": "nan"}),
    }
    assert {name: answer.status_code for name, answer in refused.items()} == dict.fromkeys(refused, 401)
    assert api.executions(made["id"]) == []
    rotated = {**good, "webhook_signature": f"v1,{'A' * 43}= {good['webhook_signature']}"}
    assert _call(api, url, body, **rotated).status_code == 202  # one of several signatures is enough
    eventually(lambda: titles(api) == ["Ann from Acme"])


def test_the_secret_is_shown_once_and_the_address_always(api: Api) -> None:
    made = _opened(api)
    assert made["trigger_config"]["secret"].startswith("whsec_")
    url = made["trigger_config"]["url"]
    assert (url.startswith("/api/hooks/"), len(url) > 50) == (True, True)
    shown = api.get(f"/api/automations/{made['id']}")["automation"]
    assert shown["trigger_config"] == {"url": url}
    sent_back = {"trigger_config": {**made["trigger_config"], "signed": True}}
    changed = api.put(f"/api/automations/{made['id']}", sent_back)["automation"]
    assert changed["trigger_config"] == {"signed": True, "url": url}
    assert _call(api, url, {}).status_code == 401
    stored = firestore.client().get(f"users/{api.uid}/automations/{made['id']}")
    assert stored is not None
    assert "whsec_" not in str(stored.data)


def test_a_new_address_makes_the_old_one_void(api: Api) -> None:
    made = _opened(api)
    old = made["trigger_config"]
    new = api.post(f"/api/automations/{made['id']}/webhook/rotate")["automation"]["trigger_config"]
    assert new.keys() == {"url", "secret"}
    assert not set(new.values()) & set(old.values())
    assert _call(api, old["url"], {}).status_code == 404
    assert _call(api, new["url"], {}).status_code == 202


def test_an_address_goes_with_its_trigger_and_its_automation(api: Api) -> None:
    made = _opened(api)
    id, url = made["id"], made["trigger_config"]["url"]
    assert api.put(f"/api/automations/{id}", {"trigger": "manual"})["automation"]["trigger_config"] == {}
    assert _call(api, url, {}).status_code == 404
    assert api.http.post(f"/api/automations/{id}/webhook/rotate").status_code == 409
    again = api.put(f"/api/automations/{id}", {"trigger": "webhook"})["automation"]["trigger_config"]
    assert again["secret"]
    assert _call(api, again["url"], {}).status_code == 202
    api.ok(api.http.delete(f"/api/automations/{id}"))
    assert _call(api, again["url"], {}).status_code == 404


def test_an_inactive_or_halted_one_refuses(api: Api) -> None:
    made = _opened(api, active=False)
    url = made["trigger_config"]["url"]
    answer = _call(api, url, {})
    assert (answer.status_code, "not active" in answer.json()["detail"]) == (409, True)
    api.post(f"/api/automations/{made['id']}/activate")
    api.post("/api/automations/kill-switch", {"on": True})
    assert _call(api, url, {}).status_code == 409
    api.post("/api/automations/kill-switch", {"on": False})
    assert _call(api, url, {}).status_code == 202


@pytest.mark.parametrize(
    ("body", "status"),
    [("[1]", 422), ("null", 422), ("odd", 400), ("", 202), ('{"deep": [[[1]]], "__x__": {"": 1}}', 202)],
)
def test_the_body_is_any_json_object(api: Api, body: str, status: int) -> None:
    url = _opened(api)["trigger_config"]["url"]
    assert _call(api, url, body, content_type="text/plain").status_code == status


def test_the_body_is_bounded(api: Api) -> None:
    url = _opened(api)["trigger_config"]["url"]
    assert _call(api, url, {"text": "x" * 256 * 1024}).status_code == 413
    assert _call(api, url, {"text": "x" * 255 * 1024}).status_code == 202


def test_it_costs_two_reads_and_a_commit(api: Api) -> None:
    url = _opened(api)["trigger_config"]["url"]
    assert _call(api, url, {}).headers["x-firestore-cost"] == "rpcs=3 reads=2 writes=3 commits=1"
    assert _call(api, "/api/hooks/unknown", {}).headers["x-firestore-cost"] == "rpcs=1 reads=1 writes=0 commits=0"


def test_the_address_is_kept_out_of_the_logs(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    url = _opened(api)["trigger_config"]["url"]
    with caplog.at_level(logging.INFO, logger="app"):
        _call(api, url, {})
    logged = [record.getMessage() + str(record.__dict__) for record in caplog.records if record.name == "app"]
    assert any("/api/hooks/{token}" in entry for entry in logged)
    assert not any(url in entry for entry in logged)


def test_a_signature_that_is_sent_is_checked_wherever_it_is_sent(api: Api) -> None:
    made = _opened(api)
    url, secret = made["trigger_config"]["url"], made["trigger_config"]["secret"]
    body = json.dumps({"name": "Ann", "company": "Acme"})
    assert _call(api, url, body, **_signed("whsec_" + "A" * 44, body)).status_code == 401
    assert _call(api, url, body, **_signed(secret, body)).status_code == 202
    eventually(lambda: titles(api) == ["Ann from Acme"])
