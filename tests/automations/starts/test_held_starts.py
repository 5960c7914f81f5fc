"""While a budget is used up, what would start is stored, held, told of, and begins when the pause is over."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.authoring import service
from shared.automations.definitions.restrictions import Budget, Limits
from shared.automations.engine import runner
from shared.automations.operations import pauses
from shared.automations.runs.queue import message
from shared.automations.starts import document_events, matching
from shared.domains.system_logs import service as system_logs
from shared.kit import clock, failpoint
from shared.kit.ids import new_id
from shared.settings import Settings
from shared.store.changes import Change
from tests.automations import seed
from tests.automations.budgeted import automation, executions, work
from tests.automations.played import notify, titles
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.times_of_day import go_to
from tests.fixtures.waiting import eventually

ONE = Limits(daily=Budget(steps=1))


def _paused(trigger: str = "prospect_status_changed", *, limits: Limits = ONE, **more: Any) -> str:
    """An automation whose budget one run has used up."""
    id = seed.automation(notify("n"), trigger=trigger, limits=limits, **more)
    service.activate(seed.UID, id)
    runner.run(seed.execution(id), until=clock.now() + timedelta(seconds=60))
    assert automation(id).status == "paused"
    return id


def _changed(prospect: str = "p1") -> Change:
    before, after = ({"name": "Ann", "status": status} for status in ("new", "contacted"))
    return Change(new_id(), seed.UID, "prospects", prospect, before, after, clock.now())


def _logs(wanted: str) -> list[str]:
    return [log.message for log in system_logs.repository.select(seed.UID) if wanted in log.message]


def _raise(id: str) -> None:
    service.update(seed.UID, id, {"limits": {}}, None)


def _by_a_person(id: str, cloud: LocalCloud) -> None:
    _raise(id)
    service.activate(seed.UID, id)


def _by_the_day(id: str, cloud: LocalCloud) -> None:
    _raise(id)
    cloud.clock.advance(timedelta(days=1, minutes=1))
    assert pauses.sweep() == {"resumed": 1, "failed": 0}


@pytest.mark.parametrize("go_on", [_by_a_person, _by_the_day])
def test_events_are_held_told_of_and_begin_later(
    local_settings: Settings, cloud: LocalCloud, go_on: Callable[[str, LocalCloud], None]
) -> None:
    id = _paused()
    changes = [_changed(f"p{number}") for number in range(40)]
    for change in (*changes, *changes[:5]):  # some are delivered twice
        document_events.take(change)
    held = [run for run in executions(id) if run.paused]
    assert (len(held), len(_logs("is held before it begins"))) == (40, 40)
    assert {(run.status, run.paused_by, run.sequence, run.due_at) for run in held} == {
        ("waiting", "automation", 0, None)
    }
    go_on(id, cloud)
    assert not any(run.paused for run in executions(id))
    work(id, cloud)
    assert {run.status for run in executions(id)} == {"success"}
    assert len(executions(id)) == 41


def test_a_changed_definition_is_what_later_events_start(local_settings: Settings, cloud: LocalCloud) -> None:
    id = _paused()
    document_events.take(_changed("p1"))
    step = {"id": "new", "action": "send_notification", "config": {"title": "new"}}
    service.update(seed.UID, id, {"steps": [step]}, None)
    document_events.take(_changed("p2"))
    assert sorted(run.definition for run in executions(id) if run.paused) == [1, 2]
    assert automation(id).status == "paused"


def test_a_run_that_is_held_too_late_goes_on_all_the_same(local_settings: Settings, cloud: LocalCloud) -> None:
    """Its event was read while the automation was paused, and is committed after the runs were let go; at each
    boundary of the store its function may die, and is called again."""
    boundary = 0
    while True:
        boundary += 1
        id, change = _paused(), _changed()
        listening = matching.subscribed(change)
        _raise(id)
        service.activate(seed.UID, id)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(document_events, "subscribed", lambda change: listening)  # noqa: B023
            failpoint.arm(boundary)
            with suppress(failpoint.Crash):
                document_events.take(change)
            passed_all = failpoint.armed()
            failpoint.arm(None)
            document_events.take(change)
        work(id, cloud)
        assert sorted(run.status for run in executions(id)) == ["success"] * 2
        service.delete(seed.UID, id, None)
        if passed_all:
            return


def test_a_contact_that_may_enter_once_is_held_once(local_settings: Settings, cloud: LocalCloud) -> None:
    id = _paused(reentry="never")
    for _ in range(3):
        document_events.take(_changed())
    assert len([run for run in executions(id) if run.paused]) == 1
    _by_a_person(id, cloud)
    work(id, cloud)
    assert [run.status for run in executions(id)] == ["success"] * 2


def test_an_automation_that_is_switched_off_instead_drops_what_it_held(
    local_settings: Settings, cloud: LocalCloud
) -> None:
    id = _paused()
    document_events.take(_changed())
    service.deactivate(seed.UID, id)
    document_events.take(_changed("p2"))
    for run in executions(id):  # as the messages of the deactivation have it
        runner.run(message(run), until=clock.now() + timedelta(seconds=60))
    assert sorted(run.status for run in executions(id)) == ["cancelled", "success"]
    cloud.clock.advance(timedelta(days=2))
    assert pauses.sweep()["resumed"] == 0


def test_calls_are_taken_and_begin_later(api: Api, cloud: LocalCloud, served: Served) -> None:
    id = api.automation("webhook", notify("n"), limits={"daily": {"steps": 1}})
    url = api.get(f"/api/automations/{id}")["automation"]["trigger_config"]["url"]
    api.post(url, {"no": 1})
    eventually(lambda: api.get(f"/api/automations/{id}")["automation"]["status"] == "paused")
    ids = {api.post(url, {"no": number})["execution_id"] for number in (2, 3)}
    assert {run["id"] for run in api.executions(id) if run["paused"]} == ids
    paused = api.get(f"/api/automations/{id}")["automation"]
    assert "daily budget of 1 steps" in paused["paused_reason"]
    assert any("go on by themselves" in n["message"] for n in api.get("/api/notifications")["notifications"])
    cloud.clock.advance(timedelta(days=1, minutes=1))
    assert served.tick("paused_automations") == {"resumed": 1, "failed": 0}
    eventually(lambda: titles(api).count("n") == 2)
    eventually(lambda: api.get(f"/api/automations/{id}")["automation"]["status"] == "paused")
    assert api.get(f"/api/automations/{id}")["automation"]["paused_until"] > paused["paused_until"]


@pytest.mark.parametrize(("misfire", "started"), [("skip", 1), ("run_once", 2), ("catch_up", 4)])
def test_times_that_passed_meanwhile_are_dealt_with_as_missed(
    api: Api, served: Served, cloud: LocalCloud, misfire: str, started: int
) -> None:
    config = {"cron": "0 */6 * * *", "misfire": misfire}
    id = api.automation("schedule", notify("n"), limits={"daily": {"steps": 1}}, trigger_config=config)
    go_to(cloud.clock, 3)
    api.post(f"/api/automations/{id}/activate")
    api.post(f"/api/automations/{id}/run")
    eventually(lambda: api.get(f"/api/automations/{id}")["automation"]["status"] == "paused")
    cloud.clock.advance(timedelta(hours=21, minutes=1))  # past 6, 12, 18 o'clock and midnight
    assert served.tick("due_automations")["started"] == 0
    api.put(f"/api/automations/{id}", {"limits": {}})
    assert served.tick("paused_automations")["resumed"] == 1
    assert served.tick("due_automations")["started"] == started
    assert api.get(f"/api/automations/{id}")["automation"]["next_run_at"].endswith("T06:00:00Z")
