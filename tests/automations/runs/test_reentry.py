"""A contact enters an automation once, or again after some days, where its definition says so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any, Literal

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.authoring import service
from shared.automations.definitions import store as definition_store
from shared.automations.runs import entries
from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.automations.runs.queue import RunMessage
from shared.automations.starts import document_events
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit import clock, failpoint
from shared.kit.ids import new_id
from shared.settings import Settings
from shared.store.changes import Change
from tests.automations import seed
from tests.automations.played import notify, play, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

NEVER: Literal["never"] = "never"
WEEKLY = {"after_days": 7}


def _changed(prospect: str = "p1", *, ago: float = 0) -> Change:
    before, after = ({"name": "Ann", "status": status} for status in ("new", "contacted"))
    at = clock.now() - timedelta(seconds=ago)
    return Change(new_id(), seed.UID, "prospects", prospect, before, after, at)


def _listening(reentry: Any, **more: Any) -> str:
    id = seed.automation(notify("n"), trigger="prospect_status_changed", reentry=reentry, **more)
    service.activate(seed.UID, id)
    return id


def _all(id: str) -> list[Execution]:
    return [run for run in run_store.executions.select(seed.UID) if run.automation_id == id]


@pytest.mark.parametrize(("reentry", "entered"), [(NEVER, 1), (WEEKLY, 1), ("always", 12)])
def test_of_many_events_at_once_one_starts_a_run(local_settings: Settings, reentry: Any, entered: int) -> None:
    id = _listening(reentry)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(document_events.take, [_changed() for _ in range(12)]))
    assert len(_all(id)) == entered
    assert service.get(seed.UID, id).execution_count == entered


def test_each_contact_has_its_own_entry(local_settings: Settings) -> None:
    id = _listening(NEVER)
    for prospect in ("p1", "p2", "p1"):
        document_events.take(_changed(prospect))
    assert sorted(str(run.subject) for run in _all(id)) == ["p1", "p2"]


def test_an_event_that_is_delivered_again_starts_what_it_has_started(local_settings: Settings) -> None:
    id, change = _listening(NEVER), _changed()
    for _ in range(3):
        document_events.take(change)
    assert len(_all(id)) == 1
    assert _warnings() == []


def test_after_some_days_it_may_enter_again(local_settings: Settings, cloud: LocalCloud) -> None:
    id = _listening(WEEKLY)
    document_events.take(_changed())
    cloud.clock.advance(timedelta(days=6, hours=23))
    document_events.take(_changed())
    assert len(_all(id)) == 1
    cloud.clock.advance(timedelta(hours=2))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(document_events.take, [_changed() for _ in range(4)]))
    assert len(_all(id)) == 2
    cloud.clock.advance(timedelta(days=6))
    document_events.take(_changed())
    assert len(_all(id)) == 2  # it counts from the last time


def test_an_event_of_before_the_entry_that_comes_late_does_not_enter(local_settings: Settings) -> None:
    id = _listening(WEEKLY)
    document_events.take(_changed())
    document_events.take(_changed(ago=30 * 86_400))
    assert len(_all(id)) == 1


def test_who_entered_before_the_restriction_has_entered(local_settings: Settings) -> None:
    id = _listening("always")
    document_events.take(_changed())
    service.update(seed.UID, id, {"reentry": NEVER}, None)
    document_events.take(_changed())
    document_events.take(_changed("p2"))
    assert sorted(str(run.subject) for run in _all(id)) == ["p1", "p2"]


def test_what_a_crash_has_cut_off_is_completed(local_settings: Settings) -> None:
    """At each boundary of the store: delivered again, the event starts one run; another event starts none."""
    boundary = 0
    while True:
        boundary += 1
        id, change = _listening(NEVER), _changed()
        failpoint.arm(boundary)
        with suppress(failpoint.Crash):
            document_events.take(change)
        passed_all = failpoint.armed()
        failpoint.arm(None)
        document_events.take(change)
        document_events.take(_changed())
        assert len(_all(id)) == 1
        service.delete(seed.UID, id, None)
        if passed_all:
            return


def test_a_second_event_says_why_it_starts_nothing(local_settings: Settings) -> None:
    id = _listening(NEVER)
    for _ in range(3):
        document_events.take(_changed())
    [entry] = _warnings()
    assert entry["error_class"] == "blocked_automation"
    assert "may not enter again (reentry: never)" in entry["message"]
    [run] = _all(id)
    assert (entry["metadata"]["subject"], entry["metadata"]["execution_id"]) == ("p1", run.id)


def _by_hand(api: Api, id: str, prospect: str) -> int:
    return api.http.post(f"/api/automations/{id}/run", json={"document_id": prospect}).status_code


def _by_call(api: Api, id: str, prospect: str) -> int:
    url = api.get(f"/api/automations/{id}")["automation"]["trigger_config"]["url"]
    answer = api.post(url, {"prospect_id": prospect})
    return 201 if answer["execution_id"] else 409


@pytest.mark.parametrize(("trigger", "enter"), [("manual", _by_hand), ("webhook", _by_call)])
def test_it_holds_for_starts_by_hand_and_by_call(api: Api, trigger: str, enter: Callable[[Api, str, str], int]) -> None:
    id = api.automation(trigger, notify("n"), reentry=NEVER)
    ann, bob = (api.post("/api/prospects", {"name": name})["prospect"]["id"] for name in ("Ann", "Bob"))
    assert [enter(api, id, prospect) for prospect in (ann, ann, bob)] == [201, 409, 201]
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"] * 2)


def test_a_refusal_by_hand_names_the_ways_out(api: Api) -> None:
    id = api.automation("manual", {"action": "use_template", "config": {"template_id": "none"}}, reentry=WEEKLY)
    ann = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    assert _by_hand(api, id, ann) == 201
    eventually(lambda: api.executions(id)[0]["status"] == "failed")
    run = api.executions(id)[0]["id"]
    refused = api.http.post(f"/api/automations/{id}/run", json={"document_id": ann})
    assert f"Change reentry, or retry the execution {run}." in refused.json()["detail"]
    api.post(f"/api/automations/{id}/executions/{run}/retry", {"start_from": "start"})  # which is no entry
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"] * 2)
    api.put(f"/api/automations/{id}", {"reentry": "always"})
    assert _by_hand(api, id, ann) == 201


def test_a_run_without_a_contact_is_not_restricted(api: Api) -> None:
    id = api.automation("manual", notify("n"), reentry=NEVER)
    for _ in range(2):
        api.post(f"/api/automations/{id}/run")
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"] * 2)


def test_an_automation_that_runs_it_goes_on_without(api: Api) -> None:
    inner = api.automation("manual", notify("inner"), reentry=NEVER)
    step = {"id": "run", "action": "run_automation", "config": {"automation_id": inner}}
    first, second = (play(api, step, notify("after"), prospect_id="p1") for _ in range(2))
    assert [run["status"] for run in (first, second)] == ["success"] * 2
    assert "started" not in first["results"]["run"]["output"]
    assert second["results"]["run"]["output"] == {"started": False}
    assert "may not enter again" in second["results"]["run"]["message"]
    assert titles(api) == ["after", "after", "inner"]


def test_the_entries_go_with_the_automation(api: Api) -> None:
    id = api.automation("manual", notify("n"), reentry=NEVER)
    ann = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    _by_hand(api, id, ann)
    assert len(_entries(api.uid)) == 1
    api.ok(api.http.delete(f"/api/automations/{id}"))
    eventually(lambda: _entries(api.uid) == [])


@pytest.mark.parametrize("reentry", ["sometimes", {"after_days": 0}, {"after": 3}])
def test_another_setting_is_refused_by_name(api: Api, reentry: Any) -> None:
    body = {"name": "A", "trigger": "manual", "actions": ["send_notification"], "reentry": reentry}
    answer = api.http.post("/api/automations", json=body)
    assert answer.status_code == 422
    assert {error["field"].split(".")[0] for error in answer.json()["errors"]} == {"reentry"}


def test_what_is_set_is_answered_exported_and_kept(api: Api) -> None:
    id = api.automation("manual", "send_notification", reentry=WEEKLY)
    got = api.get(f"/api/automations/{id}")["automation"]
    assert got["reentry"] == WEEKLY
    assert api.put(f"/api/automations/{id}", {"name": "New"})["automation"]["reentry"] == WEEKLY
    exported = api.get(f"/api/automations/{id}/export")
    assert api.post("/api/automations/import", exported)["automation"]["reentry"] == WEEKLY


def test_a_run_that_is_stored_already_is_not_in_its_own_way(local_settings: Settings) -> None:
    message: RunMessage = seed.execution(seed.automation(notify("n")), prospect_id="p1")
    stored = seed.stored(message)
    assert entries.start(stored, NEVER) is None


def _entries(uid: str) -> list[Any]:
    return list(firestore.client().query(Query("automation_entries", parent=f"users/{uid}")))


def _warnings() -> list[dict[str, Any]]:
    return [row.data for row in firestore.client().query(Query("system_logs", parent=f"users/{seed.UID}"))]


@pytest.mark.parametrize(("reentry", "days", "runs_then"), [(NEVER, 400, 1), (WEEKLY, 6, 1), (WEEKLY, 8, 2)])
def test_a_run_that_was_stored_without_its_events_time_is_an_entry(
    local_settings: Settings, reentry: Any, days: int, runs_then: int
) -> None:
    id = _listening(reentry)
    definition = definition_store.automations.get(seed.UID, id).definition
    event = TriggerEvent(
        id="e", trigger="prospect_status_changed", collection="prospects", document_id="p1", data={"name": "Ann"}
    )
    run = build_execution(seed.UID, id, "Test", definition, event)
    run.happened_at, run.started_at = None, clock.now() - timedelta(days=days)
    run_store.executions.create(run)
    document_events.take(_changed())
    assert len(_all(id)) == runs_then
