"""How a provider is called: kept answers, one request at a time, turns, attempts, breakers, secrets."""

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, timedelta
from email.utils import format_datetime
from time import monotonic
from typing import Any

import pytest

from shared import context
from shared.context import Context, Principal
from shared.errors import Ambiguous, ProviderError, TooManyRequests, Unavailable, Withheld
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit.clock import VirtualClock
from shared.meter import Usage
from shared.providers import calls, withholding
from shared.providers.calls import Request, Underway, bearer, breaker
from tests.fixtures.waiting import eventually
from tests.providers.conftest import UID
from tests.providers.fake import Provider, Reply, answer

QUESTION = Request("/ask", {"q": "why"})
DAY = timedelta(days=1)
KEY = "key-of-ours"


def _service(server: Provider, **more: Any) -> calls.Provider:
    return calls.Provider("oracle", "The oracle", server.url, key="ORACLE_KEY", secrets=bearer(KEY), **more)


def _stored() -> list[dict[str, Any]]:
    return [row.data for row in firestore.client().query(Query("provider_cache", parent=f"users/{UID}"))]


def _ask(server: Provider, **more: Any) -> dict[str, Any]:
    return calls.call(_service(server), QUESTION, cache_for=DAY, **more)


def test_a_kept_answer_is_not_asked_for_again(call: Context, time: VirtualClock) -> None:
    with Provider(lambda n: answer({"n": n})) as server:
        used = [_ask(server, used=lambda found: Usage("oracle", usd=0.5))["n"] for _ in range(2)]
        assert used == [1, 1]
        assert call.meter.usage == [Usage("oracle", usd=0.5), Usage("oracle", cached=True)]
        time.advance(DAY)
        assert _ask(server)["n"] == 2
    assert len(server.requests) == 2


def test_each_user_asks_for_themselves(call: Context) -> None:
    with Provider(lambda n: answer({"n": n})) as server:
        _ask(server)
        with context.bound(Context(principal=Principal("bob"))):
            assert _ask(server)["n"] == 2


def test_without_a_user_nothing_is_kept(local_settings: object) -> None:
    with Provider(lambda n: answer({"n": n})) as server, context.bound(Context()) as call:
        assert [_ask(server)["n"] for _ in range(2)] == [1, 2]
    assert call.meter.cost.rpcs == 0


def test_what_it_costs_in_the_store(call: Context) -> None:
    with Provider(lambda n: answer({})) as server:
        _ask(server)
        assert (call.meter.cost.rpcs, call.meter.cost.commits) == (3, 2)
        _ask(server)
        assert (call.meter.cost.rpcs, call.meter.cost.commits) == (4, 2)


def test_two_at_once_make_one_request(call: Context) -> None:
    go = threading.Event()

    def reply(n: int) -> Reply:
        go.wait(10)
        return answer({"n": n})

    with Provider(reply) as server:
        first: list[dict[str, Any]] = []

        def ask() -> None:
            with context.bound(call):
                first.append(_ask(server))

        thread = threading.Thread(target=ask)
        thread.start()
        eventually(lambda: server.requests)
        with pytest.raises(Underway) as raised:
            _ask(server)
        assert raised.value.retriable
        assert 0 < (raised.value.retry_after or 0) <= 5
        go.set()
        thread.join()
        assert first == [_ask(server)] == [{"n": 1}]
    assert len(server.requests) == 1


def test_the_question_of_one_who_died_is_asked_after_the_lease(call: Context, time: VirtualClock) -> None:
    with Provider(lambda n: answer({"n": n})) as server:
        question = calls.answers.Question(UID, _service(server), QUESTION, DAY)
        calls.answers.take_turn(question, None)  # and no more is heard of it
        with pytest.raises(Underway):
            _ask(server)
        time.advance(timedelta(minutes=1))
        assert _ask(server)["n"] == 1


def test_a_failed_question_can_be_asked_again_at_once(call: Context) -> None:
    with Provider(lambda n: Reply(400) if n == 1 else answer({"n": n})) as server:
        with pytest.raises(ProviderError):
            _ask(server)
        assert _ask(server)["n"] == 2
    assert len(call.meter.usage) == 1


def test_an_answer_that_is_none_is_not_kept(call: Context) -> None:
    def check(found: dict[str, Any]) -> None:
        if found["n"] == 1:
            raise ProviderError("It says no.")

    with Provider(lambda n: answer({"n": n})) as server:
        with pytest.raises(ProviderError, match="says no"):
            _ask(server, check=check)
        assert _ask(server, check=check)["n"] == 2


def test_an_answer_too_large_to_keep_is_still_an_answer(call: Context) -> None:
    noise = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(900_000))
    with Provider(lambda n: answer({"text": noise})) as server:
        assert _ask(server)["text"] == noise
    assert _stored() == []


def test_a_dry_run_asks_nobody(call: Context) -> None:
    with Provider(lambda n: answer({})) as server, withholding.withhold(), pytest.raises(Withheld, match="oracle"):
        _ask(server)
    assert server.requests == []


def _number(n: int) -> Request:
    return Request("/ask", {"q": n})


def test_it_tries_again_while_there_is_time(call: Context) -> None:
    failures = {1: Reply(503), 2: Reply(429, headers={"Retry-After": "0"})}
    with Provider(lambda n: failures.get(n) or answer({"n": n})) as server:
        assert _ask(server)["n"] == 3
    assert call.meter.usage == [Usage("oracle")]


def test_a_short_retry_after_is_waited_for(call: Context) -> None:
    with Provider(lambda n: Reply(429, headers={"Retry-After": "1.5"}) if n == 1 else answer({"n": n})) as server:
        started = monotonic()
        assert _ask(server)["n"] == 2
    assert monotonic() - started >= 1.5


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_retry_after_is_left_to_the_engine(status: int, call: Context, time: VirtualClock) -> None:
    at = format_datetime(time.now().astimezone(UTC) + timedelta(seconds=90), usegmt=True)
    for header in ("90", at):
        with Provider(lambda n, header=header: Reply(status, headers={"Retry-After": header})) as server:  # type: ignore[misc]
            with pytest.raises((TooManyRequests, Unavailable)) as raised:
                _ask(server)
            assert raised.value.retry_after == 90
            assert len(server.requests) == 1


def test_attempts_end(call: Context, configure: Callable[..., None]) -> None:
    configure(provider_attempts=2)
    with Provider(lambda n: Reply(500)) as server, pytest.raises(Unavailable, match="not available"):
        _ask(server)
    assert len(server.requests) == 2
    assert call.meter.usage == []


def test_a_paid_request_that_was_lost_is_not_repeated(call: Context) -> None:
    with Provider(lambda n: Reply(seconds=2)) as server:
        with pytest.raises(Ambiguous, match="may have charged"):
            calls.call(_service(server, seconds=0.2), QUESTION, cache_for=DAY)
        with pytest.raises(Unavailable, match="in time"):
            calls.call(_service(server, seconds=0.2), Request("/ask", {"q": "why"}, paid=False), cache_for=DAY)
    assert len(server.requests) == 2
    assert call.meter.usage == [Usage("oracle")]


def test_a_refusal_whose_words_do_not_arrive_is_still_a_refusal(call: Context) -> None:
    cut = Reply(401, b"{", headers={"Content-Length": "4096"})
    with Provider(lambda n: cut) as server, pytest.raises(ProviderError, match="ORACLE_KEY"):
        _ask(server)


def test_a_service_that_cannot_be_reached_is_tried_again_though_paid(call: Context) -> None:
    with Provider() as server:
        pass
    with pytest.raises(Unavailable, match="cannot be reached"):
        _ask(server)


def test_a_breaker_opens_probes_and_closes(call: Context, time: VirtualClock, configure: Callable[..., None]) -> None:
    configure(provider_attempts=1)
    healthy = False
    with Provider(lambda n: answer({"n": n}) if healthy else Reply(500)) as server:

        def ask(words: str) -> None:
            with pytest.raises(Unavailable, match=words):
                _ask(server)

        for _ in range(breaker.FAILURES):
            ask("not available")
        ask("left alone")
        assert len(server.requests) == breaker.FAILURES
        time.advance(breaker.REST)
        ask("not available")  # the probe
        ask("left alone")
        assert len(server.requests) == breaker.FAILURES + 1
        healthy = True
        time.advance(breaker.REST)
        assert _ask(server)["n"] == breaker.FAILURES + 2
        assert calls.call(_service(server), _number(1), cache_for=DAY)["n"] == breaker.FAILURES + 3


def test_of_many_one_is_the_probe(time: VirtualClock) -> None:
    gate = breaker.Breaker()
    for _ in range(breaker.FAILURES):
        gate.failed()
    time.advance(breaker.REST)
    gate.check("It")
    with pytest.raises(Unavailable) as raised:
        gate.check("It")
    assert raised.value.retry_after == breaker.REST.total_seconds()


def test_a_refusal_does_not_open_the_breaker(call: Context) -> None:
    with Provider(lambda n: Reply(401)) as server:
        for n in range(breaker.FAILURES + 1):
            with pytest.raises(ProviderError, match="check ORACLE_KEY"):
                calls.call(_service(server), _number(n), cache_for=DAY)


def test_the_key_stays_a_secret(call: Context, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quoting = json.dumps({"error": f"the key {KEY} is wrong"}).encode()
    with Provider(lambda n: Reply(401, quoting) if n == 1 else answer({"ok": True})) as server:
        with pytest.raises(ProviderError) as raised:
            _ask(server)
        _ask(server)
    told = " ".join([raised.value.detail, caplog.text, *(str(record.__dict__) for record in caplog.records)])
    assert "a provider refused" in told
    assert KEY not in told
    assert KEY not in str(_stored())
    assert KEY not in repr(_service(server))
    assert server.requests[0]["headers"]["authorization"] == f"Bearer {KEY}"
