"""An account's deletion dies at every commit, meets a store that refuses, and is asked for twice: it ends all the same,
and takes nothing of anybody else."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta
from itertools import count
from random import Random

import pytest

from shared import context
from shared.context import Context
from shared.domains.account import deletion, repository
from shared.domains.account.models import DeletionProgress
from shared.errors import Unavailable
from shared.gcp import firestore, writes
from shared.kit import clock, failpoint
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.settings import Settings
from tests.automations.scenario import standing_clock
from tests.fixtures.accounts import below, everything, furnish, traces
from tests.fixtures.crashes import crashes

SETTLED = timedelta(minutes=16)
A_DAY = timedelta(hours=26)


@pytest.fixture
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        yield standing


@pytest.fixture
def uid() -> str:
    return f"user-{new_id()}"


def _delete(uid: str) -> DeletionProgress:
    return deletion.begin(uid) if deletion.close(uid) else deletion.progress(uid)


def _finish(time: VirtualClock) -> None:
    for later in (timedelta(minutes=6), timedelta(minutes=6), SETTLED, A_DAY):
        time.advance(later)
        deletion.sweep()


def test_it_ends_wherever_it_dies(time: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "BATCH", 5)
    bob = f"user-{new_id()}"
    furnish(bob, 4)
    bobs = {path: row for path, row in everything().items() if path in traces(bob)}
    for boundary in count(1):
        ann = f"user-{new_id()}"
        furnish(ann, 4)
        links = [path for path in traces(ann) if path.startswith("unsubscribe_tokens")]
        died = crashes(boundary, lambda: _delete(ann))  # noqa: B023
        if repository.find(ann) is None:
            assert boundary == 1, "only before its first commit may it be forgotten"
            assert len(below(ann)) == 20
            _delete(ann)
        time.advance(timedelta(minutes=6))
        crashes(boundary, deletion.sweep)
        _finish(time)
        assert traces(ann) == []
        assert [everything()[path][0]["closed"] for path in links] == [True]
        stone = everything()[repository.tombstone_path(ann)][0]
        assert (stone["state"], "due_at" in stone, stone["expires_at"] > clock.now()) == ("deleted", False, True)
        if not died:
            break
    assert boundary > 2 * (
        1 + 3 + 1 + 4 + 1
    )  # before and after tombstone, those outside, automations, the rest, record
    assert {path: row for path, row in everything().items() if path in traces(bob)} == bobs


def test_a_store_that_refuses_every_second_time_only_delays_it(
    time: VirtualClock, uid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "BATCH", 5)
    furnish(uid, 10)
    chance = Random(7)

    def refuse() -> None:
        if chance.random() < 0.5:  # before a write, or after it, when it is applied already
            raise Unavailable("The store takes nothing right now.")

    def refused(call: Callable[[], object]) -> None:
        def run() -> None:
            failpoint.stop_at(refuse)
            with suppress(Unavailable):
                call()

        copy_context().run(run)

    refused(lambda: _delete(uid))
    if repository.find(uid) is None:
        _delete(uid)
    for _ in range(60):
        time.advance(timedelta(minutes=6))
        refused(deletion.sweep)
    assert below(uid) == {}
    _finish(time)
    assert traces(uid) == []


def test_asked_for_many_times_at_once_it_is_one(time: VirtualClock, uid: str) -> None:
    furnish(uid, 10)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda context: context.run(_delete, uid), [copy_context() for _ in range(8)]))
    assert {answer.requested_at for answer in answers} == {clock.now()}
    assert below(uid) == {}
    _finish(time)
    assert traces(uid) == []


def test_what_is_written_behind_a_pass_is_met_by_a_later_one_and_only_then_it_ends(
    time: VirtualClock, uid: str
) -> None:
    furnish(uid, 1)
    assert _delete(uid).state == "verifying"
    for later in (SETTLED, A_DAY):
        firestore.client().commit([writes.create(f"users/{uid}/activity/late", {"title": "from a call under way"})])
        time.advance(later)
        deletion.sweep()
        assert below(uid) == {}
        assert _delete(uid).state == "verifying"  # its last pass has met something
    time.advance(timedelta(hours=2))
    deletion.sweep()
    assert traces(uid) == []
    assert _delete(uid).state == "deleted"
    time.advance(timedelta(days=31))
    assert not deletion.is_closed(uid)
    furnish(uid, 1)  # the same person, anew
    assert _delete(uid).state == "verifying"
    assert below(uid) == {}


def test_two_ticks_at_once_do_the_work_of_one(time: VirtualClock, uid: str) -> None:
    _delete(uid)
    time.advance(SETTLED)
    with ThreadPoolExecutor(2) as pool:
        served = list(pool.map(lambda context: context.run(deletion.sweep), [copy_context() for _ in range(2)]))
    assert sum(each["deletions_served"] for each in served) == 1


@pytest.mark.timeout(280)
def test_what_it_costs_grows_with_the_documents_alone(time: VirtualClock, uid: str) -> None:
    rows = 3_000
    names = [f"users/{uid}/prospects/{n}" for n in range(rows)]
    made = [writes.create(name, {"name": "Ann"}) for name in names]
    assert not any(firestore.client().batch_write(made, announced=False))
    with context.bound(Context()) as call:
        progress = _delete(uid)
        while progress.state == "deleting":
            time.advance(timedelta(minutes=6))
            deletion.sweep()
            progress = _delete(uid)
    assert progress.documents == rows
    cost = call.meter.cost
    assert cost.writes <= rows + 5
    assert cost.reads <= rows + 40
    assert cost.rpcs <= 2 * rows / 500 + 40
