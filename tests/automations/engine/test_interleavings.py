"""Whatever crashes, comes twice, late or out of order: a run completes once, with each effect once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kit import failpoint
from tests.automations.scenario import Scenario, crash_at_each, standing_clock
from tests.providers.fake import Provider, Reply

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("local_settings")]

boundaries = st.integers(1, 12)
moves = st.one_of(
    st.tuples(st.just("event"), st.none()),
    st.tuples(st.just("deliver"), st.sampled_from([0.0, 60.0])),
    st.tuples(st.just("rivals"), st.none()),
    st.tuples(st.just("crash"), boundaries),
    st.tuples(st.just("wait"), st.sampled_from([1, 130, 3_700])),
    st.tuples(st.just("sweep"), st.none()),
    st.tuples(st.just("answer"), st.none()),
)


@pytest.fixture
def receiver() -> Iterator[Provider]:
    with Provider(lambda n: Reply()) as provider:
        yield provider


def _play(scenario: Scenario, move: str, value: Any) -> None:
    match move:
        case "event":
            scenario.happen()
        case "deliver":
            scenario.deliver(seconds=value)
        case "rivals":
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda _: scenario.deliver(), range(2)))
        case "crash":
            failpoint.arm(value)
        case "wait":
            scenario.wait(value)
        case "sweep":
            scenario.sweep()
        case _:
            scenario.answer()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(moves, max_size=30))
def test_any_order_of_what_can_happen(receiver: Provider, played: list[tuple[str, Any]]) -> None:
    with standing_clock() as time:
        scenario = Scenario(receiver, time)
        try:
            for move, value in played:
                _play(scenario, move, value)
        finally:
            failpoint.arm(None)
        scenario.check()


@pytest.mark.parametrize("copies", [1, 2], ids=["once", "twice"])
def test_a_crash_at_every_boundary(receiver: Provider, copies: int) -> None:
    """Of the event, the steps, the hand-overs, the wake-ups, the answers and the call."""
    with standing_clock() as time:
        boundaries, in_doubt = crash_at_each(lambda: Scenario(receiver, time), copies)
    assert boundaries > 20  # before and after: the start, its message, six commits, their messages, the answers
    assert in_doubt == 2  # died with the call under way, or with its answer not yet recorded
