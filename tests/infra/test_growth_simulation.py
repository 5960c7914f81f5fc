"""The simulation queues as a textbook says: little below a limit, without end above it."""

import pytest

from infra.growth import simulation
from infra.growth.limits import Limit


def _limit(*, places: int, rate: float, by_id: bool) -> Limit:
    return Limit("x", "o", "all", places=places, rate=rate, uses=1, by_id=by_id, then="")


def test_one_place_waits_as_a_queue_with_constant_service_does() -> None:
    """M/D/1: the mean wait is load / (2 (1 - load)) services (Pollaczek and Khinchine)."""
    limit, load = _limit(places=1, rate=10, by_id=False), 0.5
    outcome = simulation.run([limit], simulation.arrivals(10 * load, seconds=20_000))
    assert sum(outcome.waits) / len(outcome.waits) == pytest.approx(load / (2 * (1 - load)) / 10, rel=0.1)


def test_above_the_limit_the_wait_grows_with_time() -> None:
    limit = _limit(places=30, rate=5, by_id=True)
    outcome = simulation.run([limit], simulation.arrivals(300, seconds=20))
    assert max(outcome.waits) == pytest.approx(20, rel=0.5)
    assert outcome.worst == "x"


def test_places_that_an_id_chooses_make_wait_though_others_are_free() -> None:
    times = simulation.arrivals(80, seconds=200)
    chosen, free = (simulation.run([_limit(places=10, rate=10, by_id=by_id)], times).p95 for by_id in (True, False))
    assert chosen > 3 * free
