"""Executions are counted in shards of the user's, which no start reads and no two starts often share."""

from datetime import timedelta

import pytest

from shared.automations.definitions import counters
from shared.gcp import firestore
from shared.kit import clock
from shared.kit.ids import new_id

pytestmark = pytest.mark.usefixtures("local_settings")


def _count(uid: str, automation_id: str) -> counters.Count:
    return counters.total(firestore.client().get_all(counters.paths(uid)), automation_id)


def test_each_automation_has_its_own_figures_and_the_latest_start() -> None:
    now = clock.now()
    starts = {"a": 40, "b-1.c": 3}
    for id, number in starts.items():
        for minute in reversed(range(number)):
            at = now - timedelta(minutes=minute)
            firestore.client().commit([counters.to_count("ann", id, new_id(), at)])
    assert {id: _count("ann", id) for id in starts} == {id: counters.Count(n, now) for id, n in starts.items()}
    assert _count("ann", "never") == counters.Count()
    assert _count("bob", "a") == counters.Count()
    written = [shard for shard in firestore.client().get_all(counters.paths("ann")) if shard]
    assert len(written) > counters.SHARDS // 2


def test_a_forgotten_automation_leaves_the_others_figures() -> None:
    for id in ("a", "b"):
        for _ in range(5):
            firestore.client().commit([counters.to_count("ann", id, new_id(), clock.now())])
    firestore.client().apply_each(counters.to_forget("ann", "a"))
    assert (_count("ann", "a").executions, _count("ann", "b").executions) == (0, 5)
