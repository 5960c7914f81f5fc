"""A daily budget is never passed, what was not spent is given back, and what it holds back goes on the next day."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.authoring import limits, service
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.restrictions import Budget, Limits
from shared.automations.engine import budget_pause, runner
from shared.automations.engine.budgets import UsedUp
from shared.automations.operations import control, pauses
from shared.automations.runs.models import TERMINAL
from shared.automations.runs.queue import message
from shared.context import Context, bound
from shared.domains.contacts import service as contacts
from shared.domains.contacts.models import ContactPolicy
from shared.domains.system_logs import service as system_logs
from shared.errors import Unavailable
from shared.gcp import firestore
from shared.kit import clock, failpoint
from shared.settings import Settings
from tests.automations import seed
from tests.automations.budgeted import automation, draft, executions, meters, records, resend, work
from tests.automations.played import notify
from tests.fixtures.times_of_day import go_to
from tests.providers.fake import answer

SEND = {"id": "send", "action": "send_outreach"}
DELAY = {"action": "delay", "config": {"seconds": 3600}}


def _limited(**daily: Any) -> Limits:
    return Limits(daily=Budget(**daily))


def _raised(id: str, **daily: Any) -> None:
    service.update(seed.UID, id, {"limits": _limited(**daily).model_dump()}, None)
    service.activate(seed.UID, id)


@pytest.mark.parametrize("of_user", [False, True])
def test_no_more_steps_are_recorded_than_the_budget_has_however_many_runs_work_at_once(
    local_settings: Settings, cloud: LocalCloud, of_user: bool
) -> None:
    steps = [notify(f"n{number}") for number in range(6)]
    if of_user:
        limits.set_of_user(seed.UID, _limited(steps=50))
    id = seed.automation(*steps, limits=Limits() if of_user else _limited(steps=50))
    for _ in range(12):
        seed.execution(id)
    work(id, cloud)
    assert records(id) == 50
    assert automation(id).status == "paused"
    scope = "all" if of_user else id
    assert (meters("steps", scope), meters("reserved", scope)) == ([50], [0])
    limits.set_of_user(seed.UID, Limits())
    _raised(id, steps=500)
    work(id, cloud)
    assert records(id) == 12 * 6
    assert {run.status for run in executions(id)} == {"success"}


def test_a_wait_counts_once_and_holds_nothing_back(local_settings: Settings, cloud: LocalCloud) -> None:
    id = seed.automation(notify("a"), DELAY, notify("b"), limits=_limited(steps=9))
    for _ in range(3):
        seed.execution(id)
    for _ in range(2):
        for run in executions(id):
            runner.run(message(run), until=clock.now() + timedelta(seconds=60))
        cloud.clock.advance(timedelta(hours=2))
    work(id, cloud)
    assert [run.status for run in executions(id)] == ["success"] * 3
    assert records(id) == 9


def test_a_raised_budget_of_mails_lets_as_many_more_leave(local_settings: Settings, cloud: LocalCloud) -> None:
    with resend() as provider:
        id = seed.automation(SEND, limits=_limited(mails=5))
        for number in range(20):
            seed.execution(id, outreach_id=draft(number))
        work(id, cloud)
        assert (len(provider.requests), meters("mails", id)) == (5, [5])
        for allowed in (12, 40):
            _raised(id, mails=allowed)
            work(id, cloud)
            assert len(provider.requests) == min(allowed, 20)
    assert {run.status for run in executions(id)} == {"success"}
    assert meters("mails", id) == [20]


@pytest.mark.parametrize("end", ["refused", "cancelled", "cancelled_between_attempts"])
def test_a_mail_that_did_not_leave_gives_its_count_back(local_settings: Settings, cloud: LocalCloud, end: str) -> None:
    refusal = answer({"message": "no"}, 422 if end == "refused" else 503)
    with resend(refusal):
        id = seed.automation(SEND, limits=_limited(mails=5))
        run = seed.execution(id, outreach_id=draft(1))
        if end == "cancelled":
            control.cancel(seed.UID, id, run.execution_id)
        runner.run(run, until=clock.now() + timedelta(seconds=60))
        if end == "cancelled_between_attempts":
            assert (seed.stored(run).status, meters("mails", id)) == ("waiting", [1])
            control.cancel(seed.UID, id, run.execution_id)
            runner.run(run, until=clock.now() + timedelta(seconds=60))
        assert seed.stored(run).status in TERMINAL
        assert sum(meters("mails", id)) == 0


def test_a_mail_that_is_tried_again_on_another_day_counts_on_that_day(
    local_settings: Settings, cloud: LocalCloud
) -> None:
    go_to(cloud.clock, 22)
    with resend(answer({}, 503)) as provider:
        id = seed.automation(SEND, limits=_limited(mails=5))
        run = seed.execution(id, outreach_id=draft(1))
        runner.run(run, until=clock.now() + timedelta(seconds=60))
        cloud.clock.advance(timedelta(hours=4))
        provider.reply = lambda n: answer({"id": "mail"})
        runner.run(run, until=clock.now() + timedelta(seconds=60))
    assert seed.stored(run).status == "success"
    assert meters("mails", id) == [0, 1]


def test_a_crash_at_any_boundary_leaves_the_counts_right(local_settings: Settings, cloud: LocalCloud) -> None:
    boundary = 0
    with resend() as provider:
        while True:
            boundary += 1
            id = seed.automation(notify("a"), SEND, notify("b"), limits=_limited(steps=1_000, mails=1_000))
            run = seed.execution(id, outreach_id=draft(boundary))
            failpoint.arm(boundary)
            for _ in range(20):
                try:
                    runner.run(run, until=clock.now() + timedelta(seconds=60))
                except (failpoint.Crash, Unavailable):
                    cloud.clock.advance(timedelta(minutes=4))
                stored = seed.stored(run)
                if stored.status in TERMINAL:
                    break
                if stored.waiting and stored.waiting.kind == "review":
                    outcome = control.Resume(outcome="sent")
                    control.resume(seed.UID, id, run.execution_id, outcome)
                cloud.clock.advance(timedelta(minutes=4))
            passed_all = failpoint.armed()
            failpoint.arm(None)
            assert seed.stored(run).status == "success", seed.stored(run).error
            assert [sum(meters(kind, id)) for kind in ("steps", "mails", "reserved")] == [3, 1, 0]
            if passed_all:
                break
    assert len({request["headers"]["idempotency-key"] for request in provider.requests}) == boundary


def test_a_runner_that_knows_the_old_budget_does_not_pause_the_raised_one(
    local_settings: Settings, cloud: LocalCloud
) -> None:
    id = seed.automation(notify("a"), notify("b"), limits=_limited(steps=1))
    stale = automation(id)
    service.update(seed.UID, id, {"limits": _limited(steps=100).model_dump()}, None)

    def asked(current: Any) -> UsedUp | None:
        return UsedUp("it is", clock.now()) if current.limits.daily.steps == 1 else None

    assert budget_pause.pause(stale, asked).status == "inactive"
    assert automation(id).status == "inactive"


def test_the_day_is_that_of_the_users_time_zone(local_settings: Settings) -> None:
    contacts.set_policy(seed.UID, ContactPolicy(time_zone="Pacific/Kiritimati"))
    id = seed.automation(notify("a"), limits=_limited(steps=1))
    daily = automation(id).limits.daily
    assert daily is not None
    assert daily.time_zone == "Pacific/Kiritimati"
    run = seed.execution(id)
    runner.run(run, until=clock.now() + timedelta(seconds=60))
    paused = automation(id)
    assert paused.paused_until is not None
    local = paused.paused_until + timedelta(hours=14)
    assert (local.hour, local.minute) == (0, 0)
    assert timedelta() < paused.paused_until - clock.now() <= timedelta(days=1)


def test_with_the_new_day_it_goes_on_by_itself_and_says_so(local_settings: Settings, cloud: LocalCloud) -> None:
    id = seed.automation(notify("a"), limits=_limited(steps=3))
    service.activate(seed.UID, id)
    for _ in range(8):
        seed.execution(id)
    work(id, cloud)
    assert (records(id), pauses.sweep()["resumed"]) == (3, 0)
    for done in (6, 8):
        until = automation(id).paused_until
        assert until is not None
        cloud.clock.advance(until - clock.now() + timedelta(seconds=1))
        assert pauses.sweep()["resumed"] == 1
        assert (automation(id).status, automation(id).paused_until) == ("active", None)
        work(id, cloud)
        assert records(id) == done
    told = [log.message for log in system_logs.repository.select(seed.UID)]
    assert sum("goes on: a new day has begun" in one for one in told) == 2


def test_one_that_was_not_active_is_not_made_so(local_settings: Settings, cloud: LocalCloud) -> None:
    id = seed.automation(notify("a"), limits=_limited(steps=1))
    for _ in range(2):
        seed.execution(id)
    work(id, cloud)
    assert automation(id).status == "paused"
    cloud.clock.advance(timedelta(days=1, minutes=1))
    pauses.sweep()
    work(id, cloud)
    assert (automation(id).status, records(id)) == ("paused", 2)
    cloud.clock.advance(timedelta(days=1, minutes=1))
    pauses.sweep()
    assert automation(id).status == "inactive"


@pytest.mark.parametrize("by", ["a_new_day", "a_person"])
def test_a_resumption_that_dies_anywhere_is_completed(local_settings: Settings, cloud: LocalCloud, by: str) -> None:
    boundary = 0
    while True:
        boundary += 1
        id = seed.automation(notify("a"), limits=_limited(steps=2))
        service.activate(seed.UID, id)
        for _ in range(4):
            seed.execution(id)
        work(id, cloud)
        assert sorted(run.paused for run in executions(id)) == [False, False, True, True]
        cloud.clock.advance(timedelta(days=1, minutes=1))
        failpoint.arm(boundary)
        with suppress(failpoint.Crash):
            pauses.sweep() if by == "a_new_day" else service.activate(seed.UID, id)
        passed_all = failpoint.armed()
        failpoint.arm(None)
        pauses.sweep()
        work(id, cloud)
        assert {run.status for run in executions(id)} == {"success"}
        service.delete(seed.UID, id, None)
        if passed_all:
            return


def test_who_pauses_or_switches_it_off_himself_is_not_overruled(local_settings: Settings, cloud: LocalCloud) -> None:
    for status in ("paused", "inactive"):
        id = seed.automation(notify("a"), limits=_limited(steps=1))
        service.activate(seed.UID, id)
        runner.run(seed.execution(id), until=clock.now() + timedelta(seconds=60))
        assert automation(id).paused_until
        if status == "paused":
            service.update(seed.UID, id, {"status": "inactive"}, None)
            service.update(seed.UID, id, {"status": "active"}, None)
        service.update(seed.UID, id, {"status": status}, None)
        cloud.clock.advance(timedelta(days=2))
        assert pauses.sweep()["resumed"] == 0
        assert automation(id).status == status


def test_what_is_counted_costs_one_commit_a_run_more(local_settings: Settings) -> None:
    id = seed.automation(*[notify(f"n{n}") for n in range(4)], limits=_limited(steps=100))
    run = seed.execution(id)
    with bound(Context()) as call:
        runner.run(run, until=clock.now() + timedelta(seconds=60))
    assert seed.stored(run).status == "success"
    assert (call.meter.cost.commits, call.meter.cost.rpcs) == (1 + 1, 1 + 2)


def _held(id: str) -> list[bool]:
    return sorted(run.paused for run in executions(id))


def test_nothing_is_written_twice_to_the_store_for_a_pause(local_settings: Settings, cloud: LocalCloud) -> None:
    """Of many runners that meet the used-up budget, one pauses the automation."""
    id = seed.automation(notify("a"), limits=_limited(steps=1))
    for _ in range(12):
        seed.execution(id)
    work(id, cloud)
    assert _held(id) == [False] + [True] * 11
    path = definition_store.automations.path(seed.UID, id)
    before = firestore.client().get(path)
    work(id, cloud)
    after = firestore.client().get(path)
    assert before
    assert after
    assert before.version == after.version
