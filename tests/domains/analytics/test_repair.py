"""Planted drift is found and mended; what is on its way is left alone."""

from datetime import timedelta

import pytest

from shared.automations.starts import document_events
from shared.domains.analytics import folding, repair, rollups
from shared.domains.analytics.cells import ALL, Cell, Tally
from shared.domains.analytics.contributions import METRICS_OF, SOURCES
from shared.domains.system_logs import service as system_logs
from shared.gcp import firestore
from shared.kit.clock import VirtualClock
from tests.domains.analytics.world import NOW, World, recount, rolled_up

pytestmark = pytest.mark.usefixtures("time")


def _days(number: int, time: VirtualClock) -> int:
    """Nights with their checks: how many cells were mended."""
    mended = 0
    for _ in range(number):
        time.advance(timedelta(days=1))
        folding.sweep()
        for _ in range(3):
            mended += repair.sweep()["mended"]
            time.advance(timedelta(minutes=65))
    return mended


def test_planted_drift_is_found_mended_and_logged(uid: str, time: VirtualClock) -> None:
    world = World(uid, seed=5)
    for _ in range(60):
        world.step()
    world.deliver()
    off = {Cell(NOW, "outreach_sent", ALL): 5, Cell(NOW - timedelta(days=40), "outreach_drafted", "kind~initial"): -2}
    firestore.client().commit(rollups.to_count(uid, "planted", Tally(off)))
    assert rolled_up(uid) != recount(uid)
    assert _days(len(METRICS_OF), time) == 2
    assert rolled_up(uid) == recount(uid)
    [entry] = [*system_logs.repository.each(uid)]
    assert entry.message == "Analytics were off from outreach in 2 counts, and are mended."
    assert _days(len(METRICS_OF), time) == 0


def test_an_event_on_its_way_is_no_drift(uid: str, time: VirtualClock) -> None:
    world = World(uid, seed=6)
    world.write("prospects", "p0", {"created_at": NOW, "tags": ["a"]})
    world.deliver()
    late = World(uid, seed=7)
    late.write("prospects", "p1", {"created_at": NOW, "tags": ["a"]})
    time.advance(timedelta(days=1, hours=2))
    folding.sweep()
    assert repair.sweep() == {"checked": 1, "suspected": 2, "mended": 0}
    assert repair.sweep()["checked"] == 0  # within the hour
    document_events.take(late.events[0])
    time.advance(timedelta(minutes=61))
    assert repair.sweep() == {"checked": 1, "suspected": 0, "mended": 0}
    assert rolled_up(uid) == recount(uid)


def test_more_than_is_mended_at_a_time_is_mended_in_one_night(uid: str, time: VirtualClock) -> None:
    """Such as the counts of a backup that was taken at another time; keys as long as they get."""
    keys = [f"template~{number:04}{chr(0x1F600) * 124}" for number in range(2 * repair.MOST + 100)]
    drift = Tally({Cell(NOW - timedelta(hours=n % 90), "outreach_sent", key): 1 for n, key in enumerate(keys)})
    firestore.client().commit(rollups.to_count(uid, "planted", drift))
    assert _days(1, time) == 0  # of prospects
    time.advance(timedelta(days=1))
    mended = 0
    for _ in range(6):
        mended += repair.sweep()["mended"]
        time.advance(timedelta(minutes=61))
    assert mended == len(keys)
    assert rolled_up(uid) == Tally()
    assert repair.sweep()["checked"] == 0


def test_every_source_has_its_metrics() -> None:
    assert METRICS_OF.keys() == SOURCES.keys()
    every = [metric for metrics in METRICS_OF.values() for metric in metrics]
    assert len(every) == len(set(every))
