"""Each sweep: two at once do each row once, one that dies loses nothing, and users who own nothing else stop none."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta

import pytest

from shared.context import Context, bound
from shared.gcp import firestore
from shared.kit import failpoint
from shared.kit.clock import VirtualClock
from shared.settings import Settings
from tests.automations.rivals import Runner
from tests.automations.scenario import standing_clock
from tests.fixtures.due import HOUR, SWEEPS, Due

NUMBER = 8
AGAIN = timedelta(minutes=3)  # after that, what was postponed and not handed over is overdue again
every_sweep = pytest.mark.parametrize("due", SWEEPS, ids=lambda due: due.name)


@pytest.fixture(autouse=True)
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock(HOUR) as standing:
        yield standing


def _plant(due: Due, number: int, time: VirtualClock) -> None:
    assert not any(firestore.client().batch_write(due.plant(number)))
    time.advance(timedelta(seconds=30))


def _done(due: Due) -> int:
    return due.sweep()[due.counted]


@every_sweep
def test_two_at_once_do_each_row_once(due: Due, time: VirtualClock) -> None:
    number = 2 * min(due.batch, 60) + 5
    _plant(due, number, time)
    gate = threading.Barrier(2)

    def together() -> int:
        gate.wait(10)
        return _done(due)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(copy_context().run, together) for _ in range(2)]
        done = sum(each.result() for each in both)
    assert done + _done(due) == number
    assert _done(due) == 0


@every_sweep
@pytest.mark.parametrize("boundary", range(1, 7))
def test_one_that_is_overtaken_at_any_write_counts_no_row_of_the_other(
    due: Due, time: VirtualClock, boundary: int
) -> None:
    _plant(due, NUMBER, time)
    done: list[int] = []
    slow = Runner(lambda: done.append(_done(due)))
    slow.start()
    for _ in range(boundary - 1):
        slow.step()
    done.append(_done(due))
    while not slow.over:
        slow.step()
    assert sum(done) + _done(due) == NUMBER


@every_sweep
def test_one_that_dies_before_its_first_write_leaves_all_to_the_next(due: Due, time: VirtualClock) -> None:
    _plant(due, NUMBER, time)
    failpoint.arm(1)
    with pytest.raises(failpoint.Crash):
        due.sweep()
    failpoint.arm(None)
    assert _done(due) == NUMBER


@every_sweep
@pytest.mark.parametrize("boundary", [2, 3])
def test_one_that_dies_half_way_is_followed_by_one_that_ends_it(due: Due, time: VirtualClock, boundary: int) -> None:
    _plant(due, NUMBER, time)
    failpoint.arm(boundary)
    try:
        died = _done(due) < 0
    except failpoint.Crash:
        died = True
    failpoint.arm(None)
    time.advance(AGAIN)
    second = _done(due)
    if died and due.counted == "sent":  # none of them was handed over, or one
        assert second >= NUMBER
    assert _done(due) == 0


@every_sweep
def test_a_tick_with_nothing_due_costs_a_read_or_two(due: Due, time: VirtualClock) -> None:
    with bound(Context()) as call:
        assert _done(due) == 0
    assert call.meter.cost.rpcs == call.meter.cost.reads <= 2
