"""Branches, loops and delays cost no more than other steps: n commits at most, and two reads a runner."""

from datetime import timedelta
from typing import Any

import pytest

from shared.automations.engine import runner
from shared.automations.runs import store as run_store
from shared.context import Context, bound
from shared.kit import clock
from tests.automations import seed
from tests.automations.played import notify
from tests.automations.scenario import standing_clock

pytestmark = pytest.mark.usefixtures("served")
BRANCH = {"action": "branch", "config": {"when": "input.go", "then": [notify("yes")], "else": [notify("no")]}}
LOOP = {"action": "for_each", "config": {"items": [1, 2, 3], "steps": [notify("told")]}}
INNER = {"action": "for_each", "config": {"items": [1, 2], "steps": [BRANCH]}}


@pytest.mark.parametrize("steps", [[BRANCH], [LOOP], [notify("one"), LOOP, BRANCH], [INNER, notify("z")]])
def test_the_start_aside_it_is_one_commit(steps: list[dict[str, Any]]) -> None:
    message = seed.execution(seed.automation(*steps), go=True)
    with bound(Context()) as call:
        runner.run(message, until=clock.now() + timedelta(seconds=60))
    assert seed.stored(message).status == "success"
    assert (call.meter.cost.commits, call.meter.cost.reads) == (1, 2)


def test_a_delay_is_one_commit_more() -> None:
    delay = {"action": "delay", "config": {"seconds": 60}}
    message = seed.execution(seed.automation(LOOP, delay, BRANCH), go=True)
    costs = []
    with standing_clock() as standing:
        for _ in range(2):
            with bound(Context()) as call:
                runner.run(message, until=clock.now() + timedelta(seconds=60))
            costs.append((call.meter.cost.commits, call.meter.cost.reads))
            standing.advance(timedelta(seconds=61))
    steps = run_store.step_records(seed.UID, message.execution_id)
    assert (seed.stored(message).status, len(steps)) == ("success", 7)
    assert costs == [(1, 2), (1, 2)]
