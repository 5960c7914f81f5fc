"""Two and three runners of one execution, in any order of their steps, with whatever else can happen in between:
each outside effect takes place at most once, each run ends, and nothing that was told is lost."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.automations.rivals import Room
from tests.automations.scenario import standing_clock
from tests.providers.fake import Provider

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("local_settings")]

_STEPS = 8  # of a runner, at most, until what came of its call is recorded
_HAPPENS = ["sweep", "event", "cancel", "answer", "die 0", "die 1", "lose 0", "lose 1", "end 0"]


def _shuffled(runners: int, happens: list[str]) -> st.SearchStrategy[list[str]]:
    steps = [f"step {runner}" for runner in range(runners) for _ in range(_STEPS)]
    return st.permutations([*steps, *happens])


moves = st.tuples(st.integers(2, 3), st.lists(st.sampled_from(_HAPPENS), max_size=4)).flatmap(
    lambda drawn: _shuffled(*drawn)
)


@pytest.fixture
def receiver() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


def _play(room: Room, move: str) -> None:
    match move.split():
        case "step", number if int(number) >= len(room.runners):
            room.start()
        case "step", number:
            room.step(int(number))
        case "end", number:
            room.to_the_end(int(number))
        case "lose", number:
            room.lose(int(number))
        case "die", number:
            room.die(int(number))
        case ["sweep"]:
            room.sweep()
        case ["event"]:
            room.event()
        case ["cancel"]:
            room.cancel()
        case ["answer"]:
            room.answer()


@pytest.mark.parametrize("limited", [False, True], ids=["at once", "in a place"])
def test_two_runners_in_every_order(receiver: Provider, limited: bool) -> None:
    """Of both their starts, places, claims, calls, answers and records; the one that begins is the first."""
    steps = [1, 1, 1] if not limited else [2, 1, 1, 1]
    moves = len(steps) + 2
    for second in combinations(range(1, 2 * moves), moves):
        with standing_clock() as time:
            room = Room(receiver, time, limited=limited)
            left = [iter(steps), iter(steps)]
            for place in range(2 * moves):
                _move(room, int(place in second), left)
            room.check()


def _move(room: Room, runner: int, left: list[Iterator[int]]) -> None:
    """The runner starts, takes the next of its steps, or goes on to its end."""
    if runner == len(room.runners):
        room.start()
        return
    steps = next(left[runner], None)
    for _ in range(steps or 0):
        room.step(runner)
    if steps is None:
        room.to_the_end(runner)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), moves)
def test_any_order_of_what_can_happen(receiver: Provider, limited: bool, played: list[str]) -> None:
    with standing_clock() as time:
        room = Room(receiver, time, limited=limited)
        for move in played:
            _play(room, move)
        room.check()
