"""Two and three runners of one execution, in any order of their steps, with whatever else can happen in between:
each outside effect takes place at most once, each run ends, and nothing that was told is lost.

Every run of the suite plays other orders; LOAD_ORDERS=500 plays more at once.
"""

import os
from collections.abc import Iterable, Iterator
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.automations.rivals import Room
from tests.automations.scenario import standing_clock
from tests.providers.fake import Provider

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("local_settings")]

ORDERS = int(os.environ.get("LOAD_ORDERS", "75"))
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


Moves = tuple[int, ...]  # of which runner each is


class Played:
    """The orders that were played, each as the moves of runners that had not ended."""

    def __init__(self) -> None:
        self.orders: set[Moves] = set()
        self._ended: dict[Moves, set[int]] = {}  # who had, after these moves

    def note(self, moves: Moves, room: Room) -> None:
        self._ended[moves] = {number for number, runner in enumerate(room.runners) if runner.over}

    def has(self, order: Iterable[int]) -> bool:
        """Whether an order comes to one that was played: they differ in moves of runners that had ended."""
        moves: Moves = ()
        for runner in order:
            if moves not in self._ended:
                return False
            if runner not in self._ended[moves]:
                moves = (*moves, runner)
        return moves in self.orders


@pytest.mark.parametrize("limited", [False, True], ids=["at once", "in a place"])
def test_two_runners_in_every_order(receiver: Provider, limited: bool) -> None:
    """Of both their starts, places, claims, calls, answers and records; the one that begins is the first."""
    steps = [1, 1, 1] if not limited else [2, 1, 1, 1]
    moves = len(steps) + 2
    played = Played()
    for second in combinations(range(1, 2 * moves), moves):
        order = [int(place in second) for place in range(2 * moves)]
        if played.has(order):
            continue
        with standing_clock() as time:
            _play_order(Room(receiver, time, limited=limited), order, steps, played)
    assert len(played.orders) > 2 * len(steps)


def _play_order(room: Room, order: list[int], steps: list[int], played: Played) -> None:
    left = [iter(steps), iter(steps)]
    moves: Moves = ()
    played.note(moves, room)
    for runner in order:
        if runner == len(room.runners) or not room.runners[runner].over:
            _move(room, runner, left)
            moves = (*moves, runner)
            played.note(moves, room)
    room.check()
    played.orders.add(moves)


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


def test_after_a_persons_answer_a_place_is_taken_first(receiver: Provider) -> None:
    """The runner died with its claim, and its place was left while the person was asked."""
    with standing_clock() as time:
        room = Room(receiver, time, limited=True)
        room.start()
        for _ in range(3):  # its place before and after, its claim before
            room.step(0)
        room.die(0)
        room.sweep()
        room.to_the_end(1)
        room.answer()
        room.start()
        room.to_the_end(2)
        assert room.calls() == 1
        room.check()


@pytest.mark.parametrize("called", [False, True], ids=["the claim is given back", "the outcome is recorded"])
def test_a_runner_that_stood_still_beyond_its_lease_settles_its_claim(receiver: Provider, called: bool) -> None:
    """Before it called, or after. Meanwhile a person was asked, who need not answer any more."""
    with standing_clock() as time:
        room = Room(receiver, time)
        room.start()
        room.step(0)
        if called:
            room.step(0)
        room.sweep()
        room.to_the_end(1)
        asked = room.find().waiting
        assert (asked and asked.kind, room.calls()) == ("review", int(called))
        room.to_the_end(0)  # and hands over, as its time is up
        assert room.find().waiting is None
        room.start()
        room.to_the_end(2)
        waits = room.find().waiting
        assert (waits and waits.kind, room.calls()) == ("event", 1)
        room.check()


@settings(max_examples=ORDERS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), moves)
def test_any_order_of_what_can_happen(receiver: Provider, limited: bool, played: list[str]) -> None:
    with standing_clock() as time:
        room = Room(receiver, time, limited=limited)
        for move in played:
            _play(room, move)
        room.check()
