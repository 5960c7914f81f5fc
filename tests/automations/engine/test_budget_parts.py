"""A large budget of steps is counted in parts: none passes its share, and all of it is used before the day is over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from infra.local.cloud import LocalCloud
from shared import context
from shared.automations.authoring import service
from shared.automations.definitions.restrictions import Budget, Limits
from shared.automations.engine import budget_parts, limits, runner
from shared.automations.runs.models import TERMINAL
from shared.automations.runs.queue import message
from shared.context import Context
from shared.errors import Unavailable
from shared.gcp import firestore, writes
from shared.kit import clock, failpoint
from shared.settings import Settings
from tests.automations import seed
from tests.automations.budgeted import automation, executions, meters, records, work
from tests.automations.played import notify

STEPS = [notify(f"n{number}") for number in range(4)]


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a budget of 80 steps has 16 parts, of five steps each."""
    monkeypatch.setattr(budget_parts, "_LEAST", 5)


def _limited(steps: int) -> Limits:
    return Limits(daily=Budget(steps=steps))


def _set(id: str, steps: int) -> None:
    service.update(seed.UID, id, {"limits": _limited(steps).model_dump()}, None)
    service.activate(seed.UID, id)


def _started(id: str, number: int) -> None:
    for _ in range(number):
        seed.execution(id)


def _meter(id: str) -> str:
    return limits.meter(seed.UID, f"{id}~{clock.now():%Y-%m-%d}")


def test_runs_at_once_use_all_of_the_budget_and_no_part_passes_its_share(
    local_settings: Settings, cloud: LocalCloud
) -> None:
    id = seed.automation(*STEPS, limits=_limited(80))
    _started(id, 30)
    work(id, cloud, rounds=30)
    assert records(id) == 80
    assert automation(id).status == "paused"
    assert meters("steps", id) == [5] * 16
    assert sum(meters("reserved", id)) == 0
    _set(id, 1_000)
    work(id, cloud, rounds=30)
    assert records(id) == 30 * 4
    assert {run.status for run in executions(id)} == {"success"}


@pytest.mark.parametrize(("lowered", "done"), [(64, 64), (50, 50), (3, 40), (40, 40)])
def test_a_budget_that_is_lowered_counts_what_all_parts_have_counted(
    local_settings: Settings, cloud: LocalCloud, lowered: int, done: int
) -> None:
    id = seed.automation(*STEPS, limits=_limited(80))
    _started(id, 10)
    work(id, cloud)
    assert records(id) == 40
    _set(id, lowered)
    _started(id, 10)
    work(id, cloud, rounds=30)
    assert records(id) == max(done, 40)
    assert sum(meters("steps", id)) == max(done, 40)
    assert automation(id).status == "paused"


def test_a_step_that_is_delivered_twice_at_once_counts_once(local_settings: Settings, cloud: LocalCloud) -> None:
    id = seed.automation(*STEPS, limits=_limited(400))
    _started(id, 12)

    def run(number: int) -> None:
        with context.bound(Context()):
            runner.run(message(runs[number % 12]), until=clock.now() + timedelta(seconds=60))

    runs = executions(id)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(run, range(36)))
    work(id, cloud)
    assert (records(id), sum(meters("steps", id)), sum(meters("reserved", id))) == (48, 48, 0)


def test_a_crash_amid_a_move_to_another_part_leaves_the_counts_right(
    local_settings: Settings, cloud: LocalCloud
) -> None:
    boundary = 0
    while True:
        boundary += 1
        id = seed.automation(*STEPS, limits=_limited(80))
        run = seed.execution(id)
        full = budget_parts.of_run(_meter(id), 80, run.execution_id)
        firestore.client().commit([writes.create(full, {"steps": 3, "reserved": 0})])
        failpoint.arm(boundary)
        for _ in range(20):
            try:
                runner.run(run, until=clock.now() + timedelta(seconds=60))
            except (failpoint.Crash, Unavailable):
                cloud.clock.advance(timedelta(minutes=4))
            if seed.stored(run).status in TERMINAL:
                break
            cloud.clock.advance(timedelta(minutes=4))
        passed_all = failpoint.armed()
        failpoint.arm(None)
        assert seed.stored(run).status == "success"
        assert (sum(meters("steps", id)), sum(meters("reserved", id))) == (3 + 4, 0)
        if passed_all:
            return


def test_a_part_with_room_costs_what_an_undivided_budget_does(local_settings: Settings) -> None:
    costs = []
    for steps in (4, 400):
        id = seed.automation(*STEPS, limits=_limited(steps + 1))
        run = seed.execution(id)
        with context.bound(Context()) as call:
            runner.run(run, until=clock.now() + timedelta(seconds=60))
        assert seed.stored(run).status == "success"
        cost = call.meter.cost
        costs.append((cost.rpcs, cost.commits, cost.reads, cost.writes))
    assert costs[0] == costs[1]
