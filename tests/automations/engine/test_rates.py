"""A rate holds in every stretch of time: with runners in parallel, late ones, and after one has died."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import sleep

import pytest

from infra.local.cloud import LocalCloud
from shared import context
from shared.automations.authoring import limits
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.restrictions import Limits, Rate
from shared.automations.engine import rates, runner
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.runs.queue import message
from shared.context import Context
from shared.gcp import firestore, writes
from shared.kit import clock, failpoint
from shared.settings import Settings
from tests.automations import seed
from tests.automations.played import notify


def _most(starts: list[datetime], seconds: float) -> int:
    """How many starts the fullest stretch of so many seconds has."""
    window = timedelta(seconds=seconds)
    return max(sum(start <= other < start + window for other in starts) for start in starts)


def _started(run: Execution) -> datetime:
    return run_store.step_records(seed.UID, run.id)[0].started_at


def _run(run: Execution) -> None:
    with context.bound(Context()):
        runner.run(message(run), until=clock.now() + timedelta(seconds=60))


@pytest.mark.parametrize(("of_user", "least"), [(False, 32), (True, 32), (False, 2)])
def test_no_stretch_sees_more_starts_however_many_runners_there_are(
    local_settings: Settings, monkeypatch: pytest.MonkeyPatch, of_user: bool, least: int
) -> None:
    """In real time; each runner takes a run on when it is due, or somewhat later, as a cold one does."""
    monkeypatch.setattr(rates, "_LEAST_PLACES", least)  # with 2, the rate has five rotations
    rate = Limits(rate=Rate(count=10, seconds=3))
    if of_user:
        limits.set_of_user(seed.UID, rate)
    id = seed.automation(notify("a"), limits=Limits() if of_user else rate)
    waiting = [seed.stored(seed.execution(id)) for _ in range(35)]
    luck, ended = random.Random(1), []
    with ThreadPoolExecutor(12) as pool:
        while waiting:
            due = [run for run in waiting if run.wake_at is None or run.wake_at <= clock.now()]
            list(pool.map(_run, [run for run in due if luck.random() < 0.8]))
            sleep(luck.choice((0.01, 0.05, 0.4)))  # between looks, as a task queue has them
            states = [run_store.executions.get(seed.UID, run.id) for run in waiting]
            ended += [run for run in states if run.status in TERMINAL]
            waiting = [run for run in states if run.status not in TERMINAL]
    assert {run.status for run in ended} == {"success"}
    assert _most([_started(run) for run in ended], 3) <= 10


@pytest.mark.parametrize("luck_seed", range(4))
def test_late_runs_put_off_those_behind_them_and_lose_no_turn(
    local_settings: Settings, cloud: LocalCloud, luck_seed: int
) -> None:
    """By a clock that jumps: runs come for their turns late by anything up to half a period."""
    luck = random.Random(luck_seed)
    id = seed.automation(notify("a"), limits=Limits(rate=Rate(count=2, seconds=60)))
    waiting = [seed.stored(seed.execution(id)) for _ in range(10)]
    begin = clock.now()
    while waiting:
        due = [run for run in waiting if run.wake_at is None or run.wake_at <= clock.now()]
        for run in luck.sample(due, len(due)):
            _run(run)
        states = [run_store.executions.get(seed.UID, run.id) for run in waiting]
        waiting = [run for run in states if run.status not in TERMINAL]
        cloud.clock.advance(timedelta(seconds=luck.uniform(1, 30)))
    starts = [_started(run) for run in run_store.executions.select(seed.UID)]
    assert _most(starts, 60) <= 2
    assert max(starts) - begin < timedelta(seconds=5 * (60 + 30 + 10))


def test_a_run_whose_runner_died_before_its_first_step_takes_its_turn_anew(
    local_settings: Settings, cloud: LocalCloud
) -> None:
    rate = Rate(count=1, seconds=60)
    id = seed.automation(notify("a"), limits=Limits(rate=rate))
    first, second = (seed.stored(seed.execution(id)) for _ in range(2))
    failpoint.arm(5)  # both commits of its turn are done, that of its step is not
    with pytest.raises(failpoint.Crash):
        _run(first)
    failpoint.arm(None)
    cloud.clock.advance(timedelta(seconds=64))
    _run(second)
    assert run_store.executions.get(seed.UID, second.id).status == "success"
    cloud.clock.advance(timedelta(seconds=20))
    _run(first)
    waiting = run_store.executions.get(seed.UID, first.id)
    assert waiting.status == "waiting"
    assert waiting.wake_at
    assert waiting.wake_at - _started(second) >= timedelta(seconds=60)


def _begin_now(id: str, number: int) -> int:
    """How many of so many runs that ask at once begin at once."""
    automation = definition_store.automations.get(seed.UID, id)
    runs = [seed.stored(seed.execution(id)) for _ in range(number)]
    with ThreadPoolExecutor(20) as pool:
        return sum(begins is None for _, begins in pool.map(lambda run: rates.take_turns(run, automation), runs))


@pytest.mark.parametrize("count", [1, 5, 63])
def test_of_80_at_once_a_small_rate_lets_exactly_as_many_begin(local_settings: Settings, count: int) -> None:
    id = seed.automation(notify("a"), limits=Limits(rate=Rate(count=count, seconds=3600)))
    assert _begin_now(id, 80) == count


def test_a_large_rate_lets_no_more_begin_and_all_but_what_chance_holds_back(local_settings: Settings) -> None:
    id = seed.automation(notify("a"), limits=Limits(rate=Rate(count=64, seconds=3600)))
    assert 64 * 0.7 < _begin_now(id, 80) <= 64
    meter = f"users/{seed.UID}/meters/{id}~rate~64~3600"
    numbers = firestore.client().get_all([f"{meter}~next~{part}" for part in range(2)])
    assert sum(number.data["number"] for number in numbers if number) == 80
    assert firestore.client().get(meter) is None


def test_places_that_an_undivided_rotation_has_given_out_are_honoured(local_settings: Settings) -> None:
    """What an earlier version has stored: all places of a rate are taken for some hours."""
    id = seed.automation(notify("a"), limits=Limits(rate=Rate(count=64, seconds=3600)))
    meter, later = f"users/{seed.UID}/meters/{id}~rate~64~3600", clock.now() + timedelta(hours=5)
    taken = {"arrival": later.timestamp(), "shift": 0}
    firestore.client().commit([writes.create(f"{meter}~{place}", taken) for place in range(64)])
    automation = definition_store.automations.get(seed.UID, id)
    for _ in range(20):
        _, begins = rates.take_turns(seed.stored(seed.execution(id)), automation)
        assert begins is not None
        assert begins >= later - timedelta(seconds=1)


def test_a_turn_costs_two_commits_and_one_that_has_come_a_read(local_settings: Settings, cloud: LocalCloud) -> None:
    id = seed.automation(notify("a"), limits=Limits(rate=Rate(count=1, seconds=60)))
    automation = definition_store.automations.get(seed.UID, id)
    run = seed.stored(seed.execution(id))
    rates.take_turns(run, automation)
    with context.bound(Context()) as call:
        turns, begins = rates.take_turns(run, automation)
    assert (call.meter.cost.commits, call.meter.cost.rpcs, begins is not None) == (2, 2, True)
    assert begins
    run.turns = turns
    cloud.clock.advance(begins - clock.now() + timedelta(seconds=0.5))
    with context.bound(Context()) as call:
        assert rates.take_turns(run, automation)[1] is None
    assert (call.meter.cost.commits, call.meter.cost.rpcs) == (0, 1)
