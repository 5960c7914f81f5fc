"""A start reserves the steps that it begins with, so that they share a commit; near its limit a budget stays exact."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared import context
from shared.automations.authoring import limits, service
from shared.automations.authoring.validation import AutomationInput, StepInput
from shared.automations.definitions.restrictions import Budget, Limits, Rate
from shared.automations.engine import budget_parts, reservations, runner
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.runs.queue import RunMessage, message
from shared.automations.starts import document_events
from shared.context import Context
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.errors import Unavailable
from shared.kit import clock, failpoint
from shared.kit.ids import new_id
from shared.meter import Cost
from shared.store.changes import Change
from tests.automations.budgeted import automation, executions, meters, records, work
from tests.automations.played import notify
from tests.automations.seed import UID

pytestmark = pytest.mark.usefixtures("local_settings")
THREE = [notify("a"), notify("b"), notify("c")]


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reservations, "_TOTALS", {})


def _daily(steps: int) -> Limits:
    return Limits(daily=Budget(steps=steps))


def _active(bound: Limits, *steps: dict[str, Any]) -> str:
    given = [StepInput.model_validate(step) for step in steps or THREE]
    made = service.create(UID, AutomationInput(name="Test", trigger="new_prospect_added", steps=given, limits=bound))
    service.activate(UID, made.id)
    return made.id


def _take(change: Change | None = None) -> Cost:
    """An event that starts a run."""
    if change is None:
        made = prospects.create(UID, ProspectInput(name="Ann"))
        change = Change(new_id(), UID, "prospects", made.id, None, made.stored(), clock.now())
    with context.bound(Context(function="prospect_written")) as call:
        document_events.take(change)
    return call.meter.cost


def _serve(sent: RunMessage) -> Cost:
    with context.bound(Context()) as call:
        runner.run(sent, until=clock.now() + timedelta(seconds=60))
    return call.meter.cost


def _counts(*scopes: str) -> tuple[int, int]:
    return sum(meters("steps", *scopes)), sum(meters("reserved", *scopes))


@pytest.mark.parametrize("of_user", [False, True])
def test_far_from_the_limit_a_run_is_two_commits(of_user: bool) -> None:
    if of_user:
        limits.set_of_user(UID, _daily(50_000))
    id = _active(_daily(10_000))
    start = _take()
    (run,) = executions(id)
    assert (start.rpcs, start.commits, run.reserved_steps, len(run.reserved)) == (2, 1, 3, 1 + of_user)
    assert _counts(id) == (0, 3)
    end = _serve(message(run))
    assert (end.rpcs, end.commits) == (2, 1)
    assert (executions(id)[0].status, _counts(id)) == ("success", (3, 0))
    assert not of_user or _counts("all") == (3, 0)


def test_a_message_of_an_earlier_version_asks_for_what_was_reserved() -> None:
    id = _active(_daily(10_000))
    _take()
    (run,) = executions(id)
    cost = _serve(RunMessage(uid=UID, execution_id=run.id, automation_id=id))
    assert (executions(id)[0].status, cost.commits, _counts(id)) == ("success", 2, (3, 0))


@pytest.mark.parametrize("bound", [Limits(rate=Rate(count=1), daily=Budget(steps=1_000)), Limits()])
def test_one_that_may_wait_before_it_begins_reserves_nothing(bound: Limits) -> None:
    id = _active(bound)
    _take()
    assert [run.reserved for run in executions(id)] == [{}]


def test_an_event_that_comes_twice_reserves_once() -> None:
    id = _active(_daily(1_000))
    made = prospects.create(UID, ProspectInput(name="Ann"))
    change = Change(new_id(), UID, "prospects", made.id, None, made.stored(), clock.now())
    _take(change)
    _take(change)
    assert _counts(id) == (0, 3)


@pytest.mark.parametrize(("budget", "parts"), [(50, False), (80, True), (7, False), (1, False)])
def test_runs_that_begin_at_once_near_the_limit_use_all_of_it_and_no_more(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, budget: int, parts: bool
) -> None:
    if parts:
        monkeypatch.setattr(budget_parts, "_LEAST", 5)
    id = _active(_daily(budget), *[notify(f"n{number}") for number in range(5)])
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: _take(), range(24)))
    work(id, cloud, rounds=40)
    assert (records(id), _counts(id)) == (budget, (budget, 0))
    assert automation(id).status == "paused"
    service.update(UID, id, {"limits": _daily(1_000).model_dump()}, None)
    service.activate(UID, id)
    work(id, cloud, rounds=40)
    assert (records(id), _counts(id)) == (24 * 5, (24 * 5, 0))


def test_runs_that_wait_keep_nothing_from_those_that_are_at_work() -> None:
    """More starts than the budget has steps: no more than half of it is reserved ahead, whoever asks first goes on."""
    id = _active(_daily(60))
    for _ in range(40):
        _take()
    waiting = executions(id)
    assert _counts(id) == (0, 30)
    unreserved = next(run for run in waiting if not run.reserved)
    _serve(message(unreserved))
    assert next(run for run in executions(id) if run.id == unreserved.id).status == "success"


def test_a_lowered_budget_holds_for_what_was_reserved_before(cloud: LocalCloud) -> None:
    id = _active(_daily(100))
    for _ in range(6):
        _take()
    service.update(UID, id, {"limits": _daily(4).model_dump()}, None)
    work(id, cloud)
    assert (records(id), _counts(id)) == (4, (4, 0))


def test_a_new_day_asks_anew(cloud: LocalCloud) -> None:
    id = _active(_daily(100))
    _take()
    cloud.clock.advance(timedelta(days=1))
    work(id, cloud)
    assert (records(id), meters("steps", id), sum(meters("reserved", id))) == (3, [0, 3], 0)


def test_one_that_is_cancelled_before_it_begins_gives_back_what_it_has_reserved() -> None:
    id = _active(_daily(100))
    _take()
    service.deactivate(UID, id)
    (run,) = executions(id)
    _serve(message(run))
    assert (executions(id)[0].status, _counts(id)) == ("cancelled", (0, 0))


def _served(run: Execution, cloud: LocalCloud) -> None:
    try:
        _serve(message(run))
    except (failpoint.Crash, Unavailable):
        cloud.clock.advance(timedelta(minutes=4))


def test_a_crash_at_any_boundary_leaves_the_counts_right(cloud: LocalCloud) -> None:
    boundary = 0
    while True:
        boundary += 1
        id = _active(_daily(1_000))
        made = prospects.create(UID, ProspectInput(name="Ann"))
        change = Change(new_id(), UID, "prospects", made.id, None, made.stored(), clock.now())
        failpoint.arm(boundary)
        for _ in range(8):
            try:
                document_events.take(change)
            except failpoint.Crash:
                continue
            for run in executions(id):
                _served(run, cloud)
        passed_all = failpoint.armed()
        failpoint.arm(None)
        assert [run.status for run in executions(id)] == ["success"]
        assert executions(id)[0].status in TERMINAL
        assert (records(id), _counts(id)) == (3, (3, 0))
        service.delete(UID, id, None)
        if passed_all:
            break
    assert boundary > 4
