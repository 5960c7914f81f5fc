"""/api/usage: what providers did for the user and what it cost, from the requests that used them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import settings
from shared.domains import usage
from shared.gcp import firestore
from shared.kit import clock
from shared.meter import Usage
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply, completion

_PIECES = {"pieces": [{"subject": "Hello", "text": "Hi Ann, may I ask what you think of the offer?"}]}


@pytest.fixture
def model(api: Api) -> Iterator[Provider]:
    """A language model with its price, which refuses every third question."""
    with Provider(lambda n: Reply(402) if n == 3 else completion(_PIECES, sent=1_000, written=100)) as server:
        update = {
            "llm_api_key": "k",
            "llm_base_url": server.url,
            "llm_usd_per_million_input": 1.0,
            "llm_usd_per_million_output": 5.0,
        }
        settings.use(settings.current().model_copy(update=update))
        yield server


def _template(api: Api) -> str:
    body = {"name": "Hello", "category": "email", "content": "Hi {name}"}
    return f"/api/templates/{api.post('/api/templates', body)['template']['id']}/use"


def test_a_request_that_used_a_provider_is_counted_once(api: Api, model: Provider) -> None:
    path = _template(api)
    for _ in range(2):
        api.post(path, {"generate": True})
    assert api.http.post(path, json={"generate": True}).status_code == 502  # refused: not charged
    report = api.get("/api/usage")
    spent = {"requests": 2, "cached": 0, "tokens": 2_200, "usd": 0.003}
    today = f"{clock.now():%Y-%m-%d}"
    assert report["until"] == today
    assert report["days"] == [{"date": today, "providers": {"llm": spent}}]
    assert report["providers"] == {"llm": spent}
    assert report["total"] == spent
    with api.another_user() as other:
        assert other.get("/api/usage")["days"] == []


def test_a_call_that_failed_is_told_beside_the_request(api: Api, model: Provider) -> None:
    path = _template(api)
    answers = [api.http.post(path, json={"generate": True}) for _ in range(3)]
    [entry] = api.get("/api/system/logs", category="system")["logs"]
    assert (entry["level"], entry["error_class"], entry["metadata"]["provider"]) == ("error", "api_failure", "llm")
    assert entry["message"] == answers[2].json()["detail"]
    assert entry["metadata"]["request_id"] == answers[2].headers["x-request-id"]
    assert "run it again" in entry["explanation"]
    [request] = api.get("/api/system/logs", category="api")["logs"]
    assert f"POST {path} answered 502" in request["message"]


def test_a_call_that_took_long_is_told(api: Api) -> None:
    with Provider(lambda n: replace(completion(_PIECES), seconds=2.2)) as server:
        slow = {"llm_api_key": "k", "llm_base_url": server.url, "llm_seconds": 4.0}
        settings.use(settings.current().model_copy(update=slow))
        api.post(_template(api), {"generate": True})
    [entry] = api.get("/api/system/logs", category="system")["logs"]
    assert (entry["level"], entry["error_class"]) == ("warning", None)
    assert entry["message"].startswith("The language model took ")
    assert entry["duration_ms"] >= 2_000


def test_a_step_whose_provider_failed_tells_of_each_call(api: Api) -> None:
    with Provider(lambda n: Reply(402)) as server:
        settings.use(settings.current().model_copy(update={"llm_api_key": "k", "llm_base_url": server.url}))
        text = {"text": ["Ferns need light.", "Moss needs shade."]}
        id = api.automation("manual", {"action": "summarize", "config": text})
        api.post(f"/api/automations/{id}/run")
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"])
    told = [(log["category"], log["can_rerun"]) for log in api.get("/api/system/logs", level="error")["logs"]]
    assert sorted(told) == [("automation", True), ("system", False)]


def test_the_same_idempotency_key_is_charged_once(api: Api, model: Provider) -> None:
    path = _template(api)
    for _ in range(2):
        api.ok(api.http.post(path, json={"generate": True}, headers={"Idempotency-Key": "once"}))
    assert len(model.requests) == 1
    assert api.get("/api/usage")["total"]["requests"] == 1


def test_who_asks_again_wants_another_answer(api: Api, model: Provider) -> None:
    path = _template(api)
    for _ in range(2):
        api.post(path, {"generate": True})
    assert len(model.requests) == 2


def test_a_request_without_a_provider_commits_nothing_for_usage(api: Api) -> None:
    assert "commits=0" in api.http.get("/api/templates").headers["x-firestore-cost"]


def _record(uid: str, *used: Usage) -> None:
    firestore.client().commit(usage.to_record(uid, used))


def test_days_and_providers_are_summed(api: Api, local_settings: object) -> None:
    _record(api.uid, Usage("llm", tokens=10, usd=0.1), Usage("llm", tokens=5, usd=0.2), Usage("llm", cached=True))
    _record(api.uid, Usage("perplexity", usd=0.005))
    api_clock = clock.now()
    moved = clock.install(clock.VirtualClock(api_clock - timedelta(days=2)))
    _record(api.uid, Usage("perplexity", usd=0.005))
    clock.install(moved)
    report = api.get("/api/usage")
    assert [len(day["providers"]) for day in report["days"]] == [1, 2]
    assert report["providers"]["llm"] == {"requests": 2, "cached": 1, "tokens": 15, "usd": 0.3}
    assert report["providers"]["perplexity"] == {"requests": 2, "cached": 0, "tokens": 0, "usd": 0.01}
    assert report["total"]["usd"] == 0.31
    day = f"{api_clock - timedelta(days=2):%Y-%m-%d}"
    assert api.get("/api/usage", since=day, until=day)["total"]["usd"] == 0.005


def test_nothing_used_is_nothing_written() -> None:
    assert usage.to_record("ann", []) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"since": "2026-02-02", "until": "2026-02-01"}, "swap them"),
        ({"since": "2020-01-01", "until": "2026-01-01"}, "366 days"),
        ({"since": "2026-02-30"}, "no such day"),
    ],
)
def test_an_impossible_span_is_refused(api: Api, query: dict[str, Any], words: str) -> None:
    answer = api.http.get("/api/usage", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "since")
    assert words in answer.json()["detail"]


def test_the_earliest_day_there_is(api: Api) -> None:
    report = api.get("/api/usage", until="1000-01-01")
    assert (report["since"], report["days"]) == ("0999-12-03", [])
