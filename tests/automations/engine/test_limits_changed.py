"""Limits that are changed hold for the runs that wait already, not only for those that come."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from shared.automations.authoring import limits, service
from shared.automations.definitions.restrictions import Limits, Rate
from shared.automations.engine import runner
from shared.automations.operations import overdue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.automations.runs.queue import message
from shared.gcp import firestore
from shared.kit import clock
from shared.settings import Settings
from tests.automations import seed
from tests.automations.played import notify
from tests.automations.scenario import standing_clock

DAILY = Limits(rate=Rate(count=1, seconds=86_400))


def _under_way() -> list[Execution]:
    return [run for run in run_store.executions.select(seed.UID) if run.completed_at is None]


def _run_all() -> Counter[str]:
    for run in _under_way():
        runner.run(message(run), until=clock.now() + timedelta(seconds=60))
    return Counter(run.status for run in run_store.executions.select(seed.UID))


def _change(id: str, wanted: Limits, *, of_user: bool) -> None:
    if of_user:
        limits.set_of_user(seed.UID, wanted)
    else:
        service.update(seed.UID, id, {"limits": wanted.model_dump()}, None)


@pytest.mark.parametrize("of_user", [False, True])
@pytest.mark.parametrize("first", [DAILY, Limits(debounce_seconds=86_400)])
@pytest.mark.parametrize("then", [Limits(), Limits(rate=Rate(count=100, seconds=1))])
def test_runs_that_wait_go_on_by_the_limits_as_they_are_now(
    local_settings: Settings, first: Limits, then: Limits, of_user: bool
) -> None:
    with standing_clock() as time:
        id = seed.automation(notify("n"))
        _change(id, first, of_user=of_user)
        for number in range(6):
            seed.execution(id, prospect_id=f"p{number}")
        assert _run_all()["waiting"] >= 5
        _change(id, then, of_user=of_user)
        for _ in range(3):
            _run_all()
            time.advance(timedelta(seconds=60))
        assert _run_all() == {"success": 6}


def test_a_lower_rate_spreads_those_that_wait(local_settings: Settings) -> None:
    with standing_clock() as time:
        id = seed.automation(notify("n"), limits=Limits(rate=Rate(count=1, seconds=60)))
        for _ in range(4):
            seed.execution(id)
        assert _run_all() == {"success": 1, "waiting": 3}
        _change(id, DAILY, of_user=False)
        time.advance(timedelta(hours=1))
        assert _run_all() == {"success": 2, "waiting": 2}
        time.advance(timedelta(hours=12))
        assert _run_all() == {"success": 2, "waiting": 2}


def test_a_run_that_waits_for_something_else_is_left_alone(local_settings: Settings) -> None:
    with standing_clock():
        pause: dict[str, Any] = {"action": "delay", "config": {"seconds": 3_600}}
        id = seed.automation(pause, notify("n"), limits=Limits(rate=Rate(count=5, seconds=60)))
        waiting = seed.execution(id)
        _run_all()
        before = firestore.client().get(run_store.executions.path(seed.UID, waiting.execution_id))
        _change(id, Limits(), of_user=False)
        assert firestore.client().get(run_store.executions.path(seed.UID, waiting.execution_id)) == before


def test_a_change_whose_messages_are_lost_is_made_up_for(local_settings: Settings) -> None:
    with standing_clock() as time:
        id = seed.automation(notify("n"), limits=DAILY)
        for _ in range(2):
            seed.execution(id)
        _run_all()
        _change(id, Limits(), of_user=False)
        time.advance(timedelta(minutes=2))
        assert overdue.sweep()["sent"] >= 1
