"""A place under a limit of concurrency costs no commit where light steps follow; no more runs are at work than may."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.authoring import limits
from shared.automations.definitions.restrictions import Limits
from shared.automations.engine import runner
from shared.automations.runs.models import Execution
from shared.automations.runs.queue import RunMessage
from shared.context import Context, bound
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.kit import clock, failpoint
from shared.settings import Settings
from tests.automations import seed
from tests.automations.budgeted import executions, work
from tests.automations.played import notify
from tests.providers.fake import Provider, Reply

STATUS = {"id": "status", "action": "update_prospect_status", "config": {"status": "contacted"}}
DELAY = {"id": "pause", "action": "delay", "config": {"seconds": 3_600}}
ONE = Limits(concurrency=1)


@pytest.fixture
def receiver(local_settings: Settings) -> Iterator[Provider]:
    with Provider(lambda n: Reply()) as provider:
        yield provider


def _call(receiver: Provider) -> dict[str, Any]:
    return {"id": "call", "action": "call_webhook", "config": {"url": receiver.url}}


def _run(message: RunMessage) -> tuple[Execution, int]:
    """The run after one invocation, and the commits of that."""
    with bound(Context()) as call:
        runner.run(message, until=clock.now() + timedelta(seconds=60))
    return seed.stored(message), call.meter.cost.commits


def _places() -> list[str]:
    return [
        row.path for row in firestore.client().query(Query("meters", parent=f"users/{seed.UID}")) if "slot" in row.path
    ]


@pytest.mark.parametrize("of_user", [False, True])
def test_light_steps_share_the_commit_that_takes_the_place(local_settings: Settings, of_user: bool) -> None:
    if of_user:
        limits.set_of_user(seed.UID, Limits(concurrency=3))
    ended, commits = _run(seed.execution(seed.automation(notify("a"), notify("b"), notify("c"), limits=ONE)))
    assert (ended.status, ended.slots, commits, _places()) == ("success", [], 1, [])


@pytest.mark.parametrize("light_first", [False, True])
def test_a_call_has_its_place_before_it_leaves(receiver: Provider, light_first: bool) -> None:
    seen: list[list[str]] = []

    def reply(number: int) -> Reply:
        seen.append(_places())
        return Reply()

    receiver.reply = reply
    steps = [notify("a"), _call(receiver), notify("b")][0 if light_first else 1 :]
    ended, commits = _run(seed.execution(seed.automation(*steps, limits=ONE)))
    assert (ended.status, commits, _places()) == ("success", 3, [])  # with its place, with its claim, with its outcome
    assert [len(places) for places in seen] == [1]


def test_a_delay_leaves_the_place_in_the_commit_that_takes_it(local_settings: Settings, cloud: LocalCloud) -> None:
    message = seed.execution(seed.automation(notify("a"), DELAY, notify("b"), limits=ONE))
    asleep, commits = _run(message)
    assert (asleep.status, asleep.slots, commits, _places()) == ("waiting", [], 1, [])
    cloud.clock.advance(timedelta(hours=2))
    ended, commits = _run(message)
    assert (ended.status, commits, _places()) == ("success", 2, [])  # the end of the wait, and all behind it


def test_one_that_finds_no_place_stands_in_line(local_settings: Settings, cloud: LocalCloud) -> None:
    id = seed.automation(notify("a"), limits=ONE)
    place = f"users/{seed.UID}/meters/{id}~slot~0"
    firestore.client().commit([writes.create(place, {"execution_id": "another"})])
    queued, _ = _run(seed.execution(id))
    assert (queued.status, queued.sequence, queued.queued_at is not None) == ("waiting", 0, True)
    firestore.client().commit([writes.delete(place)])
    work(id, cloud)
    assert [run.status for run in executions(id)] == ["success"]


@pytest.mark.parametrize("light_first", [False, True])
def test_no_more_are_at_work_than_may_however_many_runs_begin_at_once(
    receiver: Provider, cloud: LocalCloud, light_first: bool
) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def reply(number: int) -> Reply:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.05)
        with lock:
            at_once -= 1
        return Reply()

    receiver.reply = reply
    steps = [notify("a"), _call(receiver), notify("b")][0 if light_first else 1 :]
    id = seed.automation(*steps, limits=Limits(concurrency=2))
    for _ in range(18):
        seed.execution(id)
    work(id, cloud, rounds=30)
    assert {run.status for run in executions(id)} == {"success"}
    assert (len(receiver.requests), _places()) == (18, [])
    assert most == 2


def test_a_step_whose_write_is_refused_fails_in_its_place(local_settings: Settings) -> None:
    person = prospects.create(seed.UID, ProspectInput(name="Ann"))
    message = seed.execution(seed.automation(notify("a"), STATUS, limits=ONE), prospect_id=person.id)
    prospects.repository.delete(seed.UID, person.id)
    ended, _ = _run(message)
    assert (ended.status, ended.failed_step, ended.results["a"].status) == ("failed", "status", "success")
    assert _places() == []


def test_a_crash_anywhere_leaves_no_place_taken(receiver: Provider, cloud: LocalCloud) -> None:
    boundary = 0
    while True:
        boundary += 1
        id = seed.automation(notify("a"), DELAY, notify("b"), limits=ONE)
        run = seed.execution(id)
        failpoint.arm(boundary)
        for _ in range(10):
            with suppress(failpoint.Crash):
                runner.run(run, until=clock.now() + timedelta(seconds=60))
            cloud.clock.advance(timedelta(hours=2))
        passed_all = failpoint.armed()
        failpoint.arm(None)
        assert (seed.stored(run).status, seed.stored(run).sequence, _places()) == ("success", 3, [])
        if passed_all:
            break
    assert boundary > 4
