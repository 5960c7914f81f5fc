"""A webhook is called once, or a person is asked; whom it may not call is said; what is secret stays so."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from infra.local.cloud import LocalCloud
from shared.automations.engine import runner
from shared.automations.runs import ledger
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Intent
from shared.kit import clock
from shared.settings import Settings
from tests.automations import seed
from tests.automations.played import find, notify, play, reach, records, start, statuses, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.web.site import Asked, Site, response

SECRET = "whsec_" + b64encode(b"0123456789abcdef0123456789abcdef").decode()
AT_ONCE = {"initial_seconds": 0, "max_attempts": 3}


def _call(site: Site | str, **config: Any) -> dict[str, Any]:
    url = site if isinstance(site, str) else f"{site.url}/hook"
    retry = config.pop("retry", AT_ONCE)
    return {"id": "call", "action": "call_webhook", "config": {"url": url, **config}, "retry": retry}


def _reviewed(api: Api, site: Site, step: dict[str, Any]) -> tuple[str, str]:
    """A run that waits for a person's word."""
    id, run = start(api, step, notify("after"))
    waits = eventually(lambda: find(api, id, run)["waiting_for"])
    assert waits["kind"] == "review"
    assert "may or may not have taken effect" in waits["what"]
    assert len(site.asked) == 1
    return id, run


def _ids(site: Site) -> set[str]:
    return {asked.headers["webhook-id"] for asked in site.asked}


def test_a_signed_call_and_what_it_answers(api: Api) -> None:
    answered = b'{"ticket": 7, "rows": [[1, 2], [3]]}'
    with Site(lambda asked: response(answered, content_type="application/json")) as site:
        step = _call(site, secret=SECRET, headers={"X-Team": "sales"})
        run = play(api, step, notify("after", config={"message": "{{ steps.call.body.ticket }}"}), name="Ann")
    [asked] = site.asked
    body = Webhook(SECRET).verify(asked.body, asked.headers)
    assert body["execution_id"] == run["id"]
    assert (body["automation_id"], body["step"]) == (run["automation_id"], "call")
    assert (body["event"]["trigger"], body["data"]) == ("manual", {"name": "Ann"})
    assert (asked.method, asked.target, asked.headers["x-team"]) == ("POST", "/hook", "sales")
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["idempotency-key"] == asked.headers["webhook-id"]
    assert run["results"]["call"]["output"] == {"status": 200, "body": json.loads(answered)}
    assert [n["message"] for n in api.get("/api/notifications")["notifications"]] == ["7"]


@pytest.mark.parametrize(
    ("config", "method", "body", "kind"),
    [
        ({"body": {"text": "Hi {{ input.name }}"}}, "POST", b'{"text":"Hi Ann"}', "application/json"),
        ({"payload": ["{{ input.name }}"], "method": "PUT"}, "PUT", b'["Ann"]', "application/json"),
        ({"body": '{"t": "{{ input.name }}"}'}, "POST", b'{"t": "Ann"}', "application/json"),
        ({"body": "Hi {{ input.name }}"}, "POST", b"Hi Ann", "text/plain; charset=utf-8"),
        ({"body": "<a/>", "headers": {"Content-Type": "text/xml"}}, "POST", b"<a/>", "text/xml"),
        ({"method": "GET"}, "GET", b"", None),
    ],
)
def test_what_is_sent(api: Api, config: dict[str, Any], method: str, body: bytes, kind: str | None) -> None:
    with Site(lambda asked: response(status=204)) as site:
        assert play(api, _call(site, **config), name="Ann")["status"] == "success"
    [asked] = site.asked
    assert (asked.method, asked.body, asked.headers.get("content-type")) == (method, body, kind)


@pytest.mark.parametrize(
    ("body", "kind", "kept"),
    [
        (b"fine", "text/plain", "fine"),
        (b"x" * 50_000, "text/plain", "x" * 50_000),
        (b'{"a": "\\ud800"}', "application/json", '{"a": "\\ud800"}'),
        (b'{"a": NaN}', "application/json", '{"a": NaN}'),
        (b"[" * 900 + b"]" * 900, "application/json", "[" * 900 + "]" * 900),
        (b"\0\1\2", "application/octet-stream", ""),
    ],
    ids=["text", "long", "surrogate", "nan", "deep", "binary"],
)
def test_whatever_it_answers_can_be_kept(api: Api, body: bytes, kind: str, kept: Any) -> None:
    after = {**_call("http://x", body="{{ steps.call.body }}"), "id": "again"}
    with Site(lambda asked: response(body, content_type=kind)) as site:
        after["config"]["url"] = site.url
        run = play(api, _call(site), after)
    assert statuses(run) == {"call": "success", "again": "success"}
    assert site.asked[1].body.decode() == str(kept)


def test_too_often_it_waits_as_long_as_it_is_told(api: Api, cloud: LocalCloud) -> None:
    with Site(lambda asked: response(b"", 429 if len(site.asked) == 1 else 200, retry_after="600")) as site:
        id, run = start(api, _call(site))
        reach(api, id, run, "waiting")
        cloud.clock.advance(timedelta(minutes=9))
        assert len(site.asked) == 1
        cloud.clock.advance(timedelta(minutes=2))
        reach(api, id, run, "success")
    assert (len(site.asked), len(_ids(site))) == (2, 1)


def test_a_proxy_that_performs_it_and_answers_500(api: Api) -> None:
    performed: list[bytes] = []

    def proxy(asked: Asked) -> list[bytes]:
        performed.append(asked.body)
        return response(b"upstream gave up", 500)

    with Site(proxy) as site:
        id, run = _reviewed(api, site, _call(site))
        api.post(f"/api/automations/{id}/executions/{run}/resume", {"outcome": "sent"})
        ended = reach(api, id, run, "success")
    assert len(performed) == 1
    assert ended["results"]["call"]["output"] == {"confirmed_by": api.uid}
    assert titles(api).count("after") == 1


def _silence(asked: Asked) -> Iterator[bytes]:
    threading.Event().wait(3)
    yield b""


@pytest.mark.parametrize("answer", [_silence, lambda asked: [], lambda asked: response(status=502)])
def test_an_unknown_outcome_is_a_persons_to_clear_up(api: Api, answer: Any) -> None:
    with Site(lambda asked: answer(asked) if len(site.asked) == 1 else response()) as site:
        id, run = _reviewed(api, site, _call(site, timeout=1.5))
        api.post(f"/api/automations/{id}/executions/{run}/resume", {"outcome": "not_sent"})
        reach(api, id, run, "success")
    assert (len(site.asked), len(_ids(site))) == (2, 1)


@pytest.mark.parametrize("answer", [_silence, lambda asked: [], lambda asked: response(status=500)])
@pytest.mark.parametrize("said", [{"idempotent": True}, {"method": "GET"}])
def test_where_a_repetition_does_no_harm_it_is_called_again(api: Api, answer: Any, said: dict[str, Any]) -> None:
    with Site(lambda asked: answer(asked) if len(site.asked) == 1 else response()) as site:
        assert play(api, _call(site, timeout=1.5, **said))["status"] == "success"
    assert (len(site.asked), len(_ids(site))) == (2, 1)


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422, 301])
def test_a_refusal_is_final(api: Api, status: int) -> None:
    with Site(lambda asked: response(b"", status, location="http://127.0.0.1:1/")) as site:
        run = play(api, _call(site))
    assert (run["status"], len(site.asked)) == ("failed", 1)
    assert ("use the address that it leads to" if status == 301 else f"HTTP {status}") in run["error"]


def test_what_did_not_leave_is_tried_again(api: Api) -> None:
    with Site(lambda asked: response()) as site:
        gone = site.url
    id, run = start(api, _call(gone))
    failed = reach(api, id, run, "failed")
    assert "cannot be reached" in failed["error"]
    assert len(records(api, id, run)[0]["attempts"]) == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/computeMetadata/v1/",
        "http://metadata.google.internal/",
        "http://2130706433/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://user:pw@example.com/",
        "file:///etc/passwd",
    ],
)
def test_what_lies_inside_is_not_called(api: Api, url: str) -> None:
    body = {"name": "T", "trigger": "manual", "steps": [_call(url)]}
    refused = api.http.post("/api/automations", json=body)
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert error["field"] == "steps.0.config.url"
    assert "is not asked" in error["message"] or "schemes are refused" in error["message"]
    run = play(api, _call("{{ input.url }}"), url=url)
    assert run["status"] == "failed"
    assert "is not asked" in run["error"] or "schemes are refused" in run["error"]


def test_the_stacks_own_services_are_not_called(api: Api) -> None:
    run = play(api, _call("{{ input.url }}"), url=f"{api.url}/api/automations/kill-switch")
    assert (run["status"], "service of this very stack" in run["error"]) == ("failed", True)


@pytest.mark.parametrize(
    "config",
    [
        {"headers": {"Metadata-Flavor": "Google"}},
        {"headers": {"Host": "x"}},
        {"headers": {"webhook-id": "x"}},
        {"headers": {"X-A": "a\r\nX-B: b"}},
        {"headers": {"X A": "a"}},
        {"secret": "hunter2"},
        {"secret": "whsec_c2hvcnQ="},
        {"timeout": 0},
        {"method": "CONNECT"},
        {"body": 1, "payload": 2},
    ],
)
def test_settings_are_checked(api: Api, config: dict[str, Any]) -> None:
    body = {"name": "T", "trigger": "manual", "steps": [_call("https://example.com/hook", **config)]}
    refused = api.http.post("/api/automations", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].startswith("steps.0.config.")


def test_what_is_secret_stays_so(api: Api) -> None:
    hidden = {"secret": SECRET, "headers": {"Authorization": "Bearer hush-hush", "X-Key": "hush-{{ input.n }}"}}
    with Site(lambda asked: response(status=404)) as site:
        inner = _call(site, **hidden)
        broken = {
            **_call(site, headers={"X-Key": "hush-{{ input.n.nonsense }}"}),
            "id": "broken",
            "on_error": "continue",
        }
        steps = [{**inner, "id": "first", "on_error": "continue"}, broken]
        case = {"when": "true", "steps": [{**inner, "id": "second", "on_error": "continue"}]}
        steps.append({"id": "choice", "action": "branch", "config": {"cases": [case]}})
        loop = {"items": "input.items", "steps": [{**inner, "id": "third"}]}
        steps.append({"id": "loop", "action": "for_each", "config": loop})
        id, run = start(api, *steps, n=7, items=[1])
        reach(api, id, run, "failed")
        told = api.post(f"/api/automations/{id}/dry-run", {"input": {"n": 7, "items": [1]}})
    assert [asked.headers["authorization"] for asked in site.asked] == ["Bearer hush-hush"] * 3
    seen = api.get(f"/api/automations/{id}/executions/{run}")
    first = next(record for record in seen["steps"] if record["key"] == "first")
    assert first["input"]["headers"] == {"Authorization": "•••", "X-Key": "•••"}
    assert (first["input"]["secret"], first["input"]["url"]) == ("•••", f"{site.url}/hook")
    everything = [seen, told, api.get("/api/system/logs"), api.get("/api/activity"), api.get("/api/notifications")]
    for text in map(json.dumps, everything):
        assert "hush" not in text
        assert SECRET not in text


def test_a_definition_is_read_without_its_secrets_and_sent_back_as_it_was_read(api: Api) -> None:
    hidden = {"secret": SECRET, "headers": {"Authorization": "Bearer hush-hush", "X-Team": "sales"}}
    with Site(lambda asked: response()) as site:
        inner = {"id": "inner", "action": "branch", "config": {"cases": [{"when": "true", "steps": []}]}}
        inner["config"]["cases"][0]["steps"] = [{**_call(site, **hidden), "id": "second"}]  # type: ignore[index]
        id = api.automation("manual", _call(site, **hidden), inner)
        read = api.get(f"/api/automations/{id}")["automation"]
        assert read["steps"][0]["config"] == {
            "url": f"{site.url}/hook",
            "secret": "•••",
            "headers": {"Authorization": "•••", "X-Team": "•••"},
        }
        changed = read["steps"][::-1]
        changed[1]["config"]["headers"]["X-Team"] = "support"
        told = api.put(f"/api/automations/{id}", {"steps": changed})
        lists = [told, read, api.get("/api/automations"), api.post(f"/api/automations/{id}/deactivate")]
        assert "hush" not in json.dumps(lists)
        assert SECRET not in json.dumps(lists)
        run = api.post(f"/api/automations/{id}/run", {"input": {}})["execution"]["id"]
        reach(api, id, run, "success")
    assert [asked.headers["x-team"] for asked in site.asked] == ["sales", "support"]
    for asked in site.asked:
        assert asked.headers["authorization"] == "Bearer hush-hush"
        Webhook(SECRET).verify(asked.body, asked.headers)
    unknown = {"steps": [{**_call("https://x.example", secret="•••"), "id": "new"}]}
    assert api.http.put(f"/api/automations/{id}", json=unknown).status_code == 422


def test_a_dry_run_calls_nobody(api: Api) -> None:
    with Site(lambda asked: response()) as site:
        id = api.automation("manual", _call(site, body={"a": "{{ input.n }}"}), active=False)
        told = api.post(f"/api/automations/{id}/dry-run", {"input": {"n": 7}})
    [message] = told["messages"]
    assert (message["channel"], message["recipient"]) == ("webhook", f"127.0.0.1:{site.port}/hook")
    assert message["preview"]["body"] == '{"a":7}'
    assert site.asked == []


@pytest.mark.parametrize("idempotent", [False, True])
def test_a_runner_that_died_on_the_way(local_settings: Settings, idempotent: bool) -> None:
    """Between claim and record: nobody calls again, unless the receiver can tell."""
    with Site(lambda asked: response()) as site:
        message = seed.execution(seed.automation(_call(site, idempotent=idempotent)))
        place = f"127.0.0.1:{site.port}/hook"
        claimed = Intent(key="call", channel="webhook", recipient=place, at=clock.now())
        run_store.executions.update(seed.UID, message.execution_id, {"intent": claimed.model_dump()})
        runner.run(message, until=clock.now() + timedelta(minutes=1))
        runner.run(message, until=clock.now() + timedelta(minutes=1))
    ended = seed.stored(message)
    if idempotent:
        assert (ended.status, len(site.asked)) == ("success", 1)
        assert _ids(site) == {ledger.effect_id(ended, claimed)}
    else:
        assert ended.waiting is not None
        assert (ended.status, ended.waiting.kind, site.asked) == ("waiting", "review", [])
