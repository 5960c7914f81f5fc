"""An outside POST leaves once, however many runners a run has, and only so many leave at once as may.

`LOAD_RUNS` and `LOAD_ROUNDS` make it a script: 20 rounds of 200 runs are LOAD_RUNS=200 LOAD_ROUNDS=20.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from infra.chaos.receiver import Receiver
from infra.local.cloud import LocalCloud
from infra.local.courier import Disorder
from infra.local.stack import Stack
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

RUNS = int(os.environ.get("LOAD_RUNS", "30"))
ROUNDS = int(os.environ.get("LOAD_ROUNDS", "1"))
AT_ONCE = 5

pytestmark = pytest.mark.slow


@pytest.fixture
def rivals(cloud: LocalCloud, project: str) -> Iterator[Stack]:
    """A stack in which each message comes twice, and a runner hands over after each step: every run has rivals."""
    cloud.courier.disorder = Disorder(copies=2)
    with Stack(cloud, project=project, copies=2, run_schedules=False, env={"RUN_SECONDS": "0.01"}) as stack:
        yield stack
    cloud.courier.disorder = Disorder()


def _call(id: str, receiver: Receiver) -> dict[str, Any]:
    return {"id": id, "action": "call_webhook", "config": {"url": receiver.url}}


def _import(api: Api, number: int) -> None:
    api.import_csv("name,email\n" + "".join(f"P{n},p{n}@x.io\n" for n in range(number)))


def _ended(api: Api, id: str, number: int) -> bool:
    return bool(api.get(f"/api/automations/{id}/executions", limit=1, status="success")["total"] == number)


@pytest.mark.timeout(120 + 3 * RUNS)
@pytest.mark.parametrize("round", range(ROUNDS))
def test_each_once_and_no_more_than_so_many_at_the_same_time(rivals: Stack, round: int) -> None:
    with Receiver(0.3) as receiver, Api(rivals.url, rivals.project, uid=f"user-{round}") as api:
        id = api.automation("new_prospect_added", _call("w", receiver), limits={"concurrency": AT_ONCE})
        _import(api, RUNS)
        eventually(lambda: _ended(api, id, RUNS), patience=60 + 2 * RUNS)
        eventually(rivals.idle)
        assert (len(receiver.calls), Counter(receiver.keys.values())) == (RUNS, {1: RUNS})
        assert receiver.most_at_once <= AT_ONCE


@pytest.mark.timeout(120 + 3 * RUNS)
def test_a_place_is_held_for_each_attempt(rivals: Stack) -> None:
    """The first attempt is refused, and the run waits without a place; by the second it may have to queue up again."""
    with Receiver(0.2, busy=True) as receiver, Api(rivals.url, rivals.project) as api:
        retry = {"max_attempts": 3, "initial_seconds": 1, "multiplier": 1}
        calls = [{**_call(name, receiver), "retry": retry} for name in ("first", "second")]
        id = api.automation("new_prospect_added", *calls, limits={"concurrency": AT_ONCE})
        _import(api, RUNS // 2)
        eventually(lambda: _ended(api, id, RUNS // 2), patience=60 + 2 * RUNS)
        eventually(rivals.idle)
        assert Counter(receiver.keys.values()) == {2: RUNS}
        assert receiver.most_at_once <= AT_ONCE


@pytest.mark.timeout(120 + 3 * RUNS)
def test_a_run_that_its_own_step_wakes_calls_once(rivals: Stack) -> None:
    """Its second step makes the event that its last one waits for: a runner is sent while another is at work."""
    with Receiver(0.04) as receiver, Api(rivals.url, rivals.project) as api:
        status = {"id": "st", "action": "update_prospect_status", "config": {"status": "contacted"}}
        wait = {"id": "wait", "action": "wait_for_event", "config": {"event": "prospect_status_changed", "timeout": 60}}
        calls = [_call(name, receiver) for name in ("a", "b", "c", "d")]
        id = api.automation("new_prospect_added", calls[0], status, *calls[1:], wait)
        _import(api, RUNS)
        eventually(lambda: _ended(api, id, RUNS), patience=60 + 2 * RUNS)
        eventually(rivals.idle)
        assert (len(receiver.calls), Counter(receiver.keys.values())) == (4 * RUNS, {1: 4 * RUNS})
        outputs = [run["results"]["wait"]["output"] for run in api.executions(id)]
        assert all(output["happened"] for output in outputs)
