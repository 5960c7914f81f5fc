"""A schedule starts its automation at each of its times, once; what was missed is dealt with as it says."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.definitions import store as definition_store
from shared.automations.starts import schedules
from shared.context import Context, bound
from shared.gcp import firestore, writes
from shared.kit import clock
from tests.automations.played import notify
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

HOURLY = {"cron": "0 * * * *"}


def _scheduled(api: Api, **config: Any) -> str:
    return api.automation("schedule", notify("told"), trigger_config={**HOURLY, **config})


def _automation(api: Api, id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/automations/{id}")["automation"]
    return found


def _to_hour(cloud: LocalCloud, hours: int = 1, *, and_minutes: float = 0.1) -> datetime:
    """Move the clock behind the next full hour, or a later one; answers that hour."""
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
    cloud.clock.advance(hour - now + timedelta(minutes=and_minutes))
    return hour


def _logs(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/api/system/logs", category="automation")["logs"]
    return found


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_it_runs_at_its_time_once(api: Api, served: Served, cloud: LocalCloud) -> None:
    id = _scheduled(api, timezone="Asia/Kolkata", cron="30 * * * *")
    assert served.tick("due_automations") == {"due": 0, "started": 0, "missed": 0, "failed": 0}
    hour = _to_hour(cloud)  # half past in Kolkata is a full hour in UTC
    assert _automation(api, id)["next_run_at"] == _iso(hour)
    assert served.tick("due_automations") == {"due": 1, "started": 1, "missed": 0, "failed": 0}
    assert served.tick("due_automations")["due"] == 0
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])
    run = api.executions(id)[0]
    assert (run["triggered_by"], run["event"]["data"]["scheduled_for"]) == ("schedule", _iso(hour))
    assert run["event"]["data"]["occurrence"].endswith(":30:00+05:30")
    after = _automation(api, id)
    assert (after["next_run_at"], after["execution_count"]) == (_iso(hour + timedelta(hours=1)), 1)
    assert [entry["level"] for entry in _logs(api)] == []
    titles = [event["title"] for event in api.get("/api/activity", type="automation")["activities"]]
    assert "Automation updated" not in titles  # nobody changed it: its time moved on


def test_its_next_time_is_shown_while_it_is_active(api: Api) -> None:
    id = api.automation("schedule", "send_notification", trigger_config=HOURLY, active=False)
    assert _automation(api, id)["next_run_at"] is None
    active = api.post(f"/api/automations/{id}/activate")["automation"]
    assert active["next_run_at"] == _automation(api, id)["next_run_at"] > _iso(clock.now())
    changed = api.put(f"/api/automations/{id}", {"trigger_config": {"cron": "0 8 1 1 *", "timezone": "Europe/Berlin"}})
    assert changed["automation"]["next_run_at"].endswith("-01-01T07:00:00Z")
    assert api.put(f"/api/automations/{id}", {"name": "New"})["automation"]["next_run_at"].endswith("-01-01T07:00:00Z")
    assert api.put(f"/api/automations/{id}", {"trigger": "manual"})["automation"]["next_run_at"] is None
    api.put(f"/api/automations/{id}", {"trigger": "schedule", "trigger_config": HOURLY})
    assert _automation(api, id)["next_run_at"]
    assert api.post(f"/api/automations/{id}/deactivate")["automation"]["next_run_at"] is None


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "trigger_config.cron"),
        ({"cron": "0 8 * *"}, "trigger_config.cron"),
        ({"cron": "0 0 31 2 *"}, "trigger_config.cron"),
        ({**HOURLY, "timezone": "Mars/Base"}, "trigger_config.timezone"),
        ({**HOURLY, "misfire": "never"}, "trigger_config.misfire"),
        ({**HOURLY, "grace_seconds": 59}, "trigger_config.grace_seconds"),
        ({**HOURLY, "odd": 1}, "trigger_config.odd"),
    ],
)
def test_a_bad_schedule_names_its_field(api: Api, config: dict[str, Any], field: str) -> None:
    body = {"name": "A", "trigger": "schedule", "trigger_config": config, "actions": ["send_notification"]}
    answer = api.http.post("/api/automations", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    if field.endswith("cron") and config:
        assert "0 8 * * MON is each Monday at 8:00" in answer.json()["detail"]


@pytest.mark.parametrize(("misfire", "made_up"), [("skip", 0), ("run_once", 1), ("catch_up", 9)])
def test_missed_times(api: Api, served: Served, cloud: LocalCloud, misfire: str, made_up: int) -> None:
    id = _scheduled(api, misfire=misfire)
    hour = _to_hour(cloud, 10)
    assert served.tick("due_automations") == {"due": 1, "started": made_up + 1, "missed": 9, "failed": 0}
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"] * (made_up + 1))
    times = sorted(run["event"]["data"]["scheduled_for"] for run in api.executions(id))
    assert times == [_iso(hour - timedelta(hours=back)) for back in range(made_up, -1, -1)]
    entry = _logs(api)[0]
    assert (entry["level"], entry["metadata"]["missed"]) == ("warning", 9)
    assert f"missed 9 times; {made_up} made up for, {9 - made_up} left out" in entry["message"]
    assert _automation(api, id)["next_run_at"] == _iso(hour + timedelta(hours=1))


@pytest.mark.parametrize(
    ("misfire", "late", "started"),
    [("skip", 4.5, 1), ("run_once", 4.5, 2), ("catch_up", 4.5, 5), ("skip", 0.5, 1), ("run_once", 0.5, 1)],
)
def test_of_several_minutes_that_are_due_at_once_the_last_alone_is_on_time(
    api: Api, served: Served, cloud: LocalCloud, misfire: str, late: float, started: int
) -> None:
    id = _scheduled(api, misfire=misfire, cron="* * * * *")
    served.tick("due_automations")
    next_minute = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    cloud.clock.advance(next_minute - clock.now() + timedelta(minutes=late))
    counts = served.tick("due_automations")
    assert (counts["started"], counts["missed"]) == (started, round(late - 0.5))
    runs = sorted(api.executions(id), key=lambda run: str(run["event"]["data"]["scheduled_for"]))
    assert [run["event"]["data"]["missed"] for run in runs] == [True] * (started - 1) + [False]


@pytest.mark.parametrize(("grace", "late", "started"), [(600, 8, 1), (600, 12, 0), (300, 8, 0), (None, 4, 1)])
def test_how_late_is_missed_can_be_set(
    api: Api, served: Served, cloud: LocalCloud, grace: int | None, late: float, started: int
) -> None:
    _scheduled(api, misfire="skip", **({"grace_seconds": grace} if grace else {}))
    _to_hour(cloud, and_minutes=late)
    assert served.tick("due_automations") == {"due": 1, "started": started, "missed": 1 - started, "failed": 0}
    assert [f"more than {grace} seconds late" in log["explanation"] for log in _logs(api)] == [True] * (1 - started)


def test_catching_up_is_bounded_and_says_what_it_leaves_out(api: Api, served: Served, cloud: LocalCloud) -> None:
    _scheduled(api, cron="*/10 * * * *", misfire="catch_up", filter="after.scheduled_for > '2026'")
    _to_hour(cloud, 30)
    counts = served.tick("due_automations")
    assert counts["started"] == 100 + 1
    assert f"100 made up for, {counts['missed'] - 100} left out" in _logs(api)[0]["message"]


def test_a_filter_that_cannot_judge_says_so(api: Api, served: Served, cloud: LocalCloud) -> None:
    id = _scheduled(api, filter="after.nothing > 1")
    _to_hour(cloud)
    served.tick("due_automations")
    [entry] = [log for log in api.get("/api/system/logs", level="warning")["logs"] if "cannot be" in log["message"]]
    assert (entry["related_id"], api.executions(id)) == (id, [])


def test_a_filter_keeps_it_from_running(api: Api, served: Served, cloud: LocalCloud) -> None:
    id = _scheduled(api, filter="after.scheduled_for < '2026'")
    hour = _to_hour(cloud)
    assert (served.tick("due_automations")["due"], api.executions(id)) == (1, [])
    assert _automation(api, id)["next_run_at"] == _iso(hour + timedelta(hours=1))


def _switch_off(api: Api, id: str) -> None:
    api.post(f"/api/automations/{id}/deactivate")


def _pause(api: Api, id: str) -> None:
    firestore.client().commit([writes.update(f"users/{api.uid}/automations/{id}", {"status": "paused"})])


def _halt(api: Api, id: str) -> None:
    api.post("/api/automations/kill-switch", {"on": True})


@pytest.mark.parametrize("stop", [_switch_off, _pause, _halt])
def test_what_is_stopped_does_not_run_and_does_not_make_up(
    api: Api, served: Served, cloud: LocalCloud, stop: Callable[[Api, str], None]
) -> None:
    id = _scheduled(api, misfire="catch_up")
    stop(api, id)
    _to_hour(cloud, 3)
    assert served.tick("due_automations")["started"] == 0
    api.post("/api/automations/kill-switch", {"on": False})
    api.post(f"/api/automations/{id}/activate")
    assert served.tick("due_automations")["started"] == 0
    _to_hour(cloud)
    assert served.tick("due_automations")["started"] == 1
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])


def test_sweeps_at_once_start_once(api: Api, served: Served, cloud: LocalCloud) -> None:
    ids = [_scheduled(api, misfire="catch_up") for _ in range(3)]
    _to_hour(cloud, 4)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: served.tick("due_automations"), range(4)))
    assert sum(count["started"] for count in counts) == 3 * 4
    assert served.tick("due_automations")["due"] == 0
    eventually(lambda: {run["status"] for id in ids for run in api.executions(id)} == {"success"})
    assert [len(api.executions(id)) for id in ids] == [4, 4, 4]
    assert [_automation(api, id)["execution_count"] for id in ids] == [4, 4, 4]


def test_one_commit_an_automation(api: Api, served: Served, cloud: LocalCloud) -> None:
    for _ in range(3):
        _scheduled(api, misfire="catch_up")
    _to_hour(cloud, 4)
    with bound(Context()) as call:
        assert schedules.sweep()["started"] == 3 * 4
    assert (call.meter.cost.commits, call.meter.cost.rpcs) == (3, 5)  # a query, a read of the switch


def test_times_that_ran_before_do_not_run_again(api: Api, served: Served, cloud: LocalCloud) -> None:
    """As when the clocks are turned back: what is new still runs."""
    id = _scheduled(api, misfire="catch_up")
    hour = _to_hour(cloud)
    assert served.tick("due_automations")["started"] == 1
    firestore.client().commit([writes.update(f"users/{api.uid}/automations/{id}", {"next_run_at": hour})])
    _to_hour(cloud)
    assert served.tick("due_automations")["started"] == 1
    eventually(lambda: _automation(api, id)["execution_count"] == 2)


def test_one_that_cannot_be_read_says_so_and_stops_nobody(api: Api, served: Served, cloud: LocalCloud) -> None:
    broken, good = _scheduled(api), _scheduled(api)
    path = f"users/{api.uid}/automations/{broken}"
    firestore.client().commit([writes.update(path, {"trigger_config": {"cron": "0 * * * *", "timezone": "Old/Zone"}})])
    _to_hour(cloud)
    assert served.tick("due_automations") == {"due": 2, "started": 1, "missed": 0, "failed": 1}
    assert served.tick("due_automations")["due"] == 0
    eventually(lambda: len(api.executions(good)) == 1)
    entry = _logs(api)[0]
    assert (entry["level"], entry["related_id"]) == ("error", broken)
    assert "set its times anew" in entry["message"]


def test_monday_at_eight_is_eight_in_summer_and_winter(api: Api) -> None:
    id = api.automation(
        "schedule", "send_notification", trigger_config={"cron": "0 8 * * MON", "timezone": "Europe/Berlin"}
    )
    automation = definition_store.automations.get(api.uid, id)
    for month, expected in ((1, 7), (7, 6)):
        found = schedules.next_run(automation, datetime(2026, month, 1, tzinfo=UTC))
        assert found is not None
        assert (found.hour, found.weekday()) == (expected, 0)
