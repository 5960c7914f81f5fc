"""A provider is asked only so often a minute by a user, and by all users together."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared import context
from shared.context import Context, Principal
from shared.errors import NotYet, TooManyRequests
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit.clock import VirtualClock
from shared.providers import calls
from shared.providers.calls import Request
from tests.providers.conftest import UID
from tests.providers.fake import Provider, answer

DAY = timedelta(days=1)


def _service(server: Provider) -> calls.Provider:
    return calls.Provider("oracle", "The oracle", server.url)


def _number(n: int) -> Request:
    return Request("/ask", {"n": n})


def _stored() -> list[dict[str, Any]]:
    return [row.data for row in firestore.client().query(Query("provider_cache", parent=f"users/{UID}"))]


def _turns(number: int, *, first: int = 0) -> list[float]:
    """Seconds until each of so many requests may be sent, all made at once."""
    turns = []
    with Provider(lambda n: answer({})) as server:
        for n in range(first, first + number):
            try:
                calls.call(_service(server), _number(n))
                turns.append(0.0)
            except NotYet as wait:
                turns.append(wait.retry_after or 0.0)
    return turns


@pytest.mark.parametrize("kept", [DAY, None])
def test_a_user_waits_for_a_turn_and_takes_it_once(
    kept: timedelta | None, call: Context, time: VirtualClock, configure: Callable[..., None]
) -> None:
    configure(provider_calls_per_minute=2)
    with Provider(lambda n: answer({"n": n})) as server:
        service = _service(server)

        def ask(n: int) -> float:
            """Seconds to wait; 0 where it was asked."""
            try:
                calls.call(service, _number(n), cache_for=kept)
            except TooManyRequests as error:
                return round(error.retry_after or 0)
            return 0

        assert [ask(n) for n in range(5)] == [0, 30, 60, 90, 120]
        time.advance(timedelta(seconds=10))
        assert [ask(n) for n in (1, 2)] == [20, 50]  # their turns are theirs: no further one is taken
        time.advance(timedelta(seconds=20))
        assert [ask(n) for n in (1, 2, 3)] == [0, 30, 60]
        time.advance(timedelta(seconds=90))
        assert [ask(n) for n in (2, 3, 4)] == [0, 0, 0]
        assert ask(9) == 30  # and no turn was used up by asking again
    assert len(server.requests) == 5
    assert len(_stored()) == (6 if kept else 1)


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_no_minute_has_more_calls_than_the_limit(
    limit: int, call: Context, time: VirtualClock, configure: Callable[..., None]
) -> None:
    configure(provider_calls_per_minute=limit)
    turns = _turns(2 * limit + 2)
    assert turns[0] == 0.0
    assert all(sum(start <= turn < start + 59.9 for turn in turns) <= limit for start in turns)


def test_all_users_together_may_have_a_limit_too(call: Context, configure: Callable[..., None]) -> None:
    configure(provider_calls_per_minute_of_all=1)
    with Provider(lambda n: answer({})) as server:
        calls.call(_service(server), _number(1))
        with context.bound(Context(principal=Principal("bob"))), pytest.raises(NotYet) as raised:
            calls.call(_service(server), _number(1))
        assert raised.value.retry_after == pytest.approx(60, abs=1)
    assert len(server.requests) == 1


def test_the_limit_of_all_users_is_kept_in_several_documents(call: Context, configure: Callable[..., None]) -> None:
    configure(provider_calls_per_minute=10_000, provider_calls_per_minute_of_all=150)
    turns = _turns(200)
    assert all(sum(start <= turn < start + 59.9 for turn in turns) <= 150 for start in turns)
    parts = firestore.client().get_all([f"meters/oracle~calls~{number}" for number in range(4)])
    assert [meter is not None for meter in parts] == [True, True, False, False]


def _background() -> Any:
    return context.bound(Context(principal=Principal(UID), background=True))


@pytest.mark.parametrize("limit", [4, 10, 60])
def test_however_much_is_asked_in_the_background_half_is_left(
    limit: int, call: Context, time: VirtualClock, configure: Callable[..., None]
) -> None:
    configure(provider_calls_per_minute=limit)
    with _background():
        behind = _turns(3 * limit)
    assert behind[0] == 0.0
    assert all(sum(start <= turn < start + 59.9 for turn in behind) <= limit // 2 for start in behind)
    half = [turn for turn in _turns(limit // 2, first=1_000) if turn < 59.9]
    assert half[0] == 0.0
    assert len(half) == limit // 2


def test_a_turn_of_the_background_is_waited_for_once_and_then_one_of_all(
    call: Context, time: VirtualClock, configure: Callable[..., None]
) -> None:
    configure(provider_calls_per_minute=4)
    with Provider(lambda n: answer({"n": n})) as server, _background():
        service = _service(server)

        def ask(n: int) -> float:
            try:
                calls.call(service, _number(n), cache_for=DAY)
            except NotYet as wait:
                return round(wait.retry_after or 0)
            return 0

        assert [ask(n) for n in range(3)] == [0, 30, 60]
        assert [ask(n) for n in range(3)] == [0, 30, 60]  # the first from the cache, the others at their turns
        time.advance(timedelta(seconds=30))
        assert [ask(n) for n in range(3)] == [0, 0, 30]
        with context.bound(Context(principal=Principal(UID))):
            assert ask(2) == 0  # whoever waits does not wait for the background's turn
    assert len(server.requests) == 3
