"""Concurrency, rate, debounce and daily budgets: what is too much waits, or pauses the automation."""

import random
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.restrictions import Limits, Rate
from shared.automations.engine import rates, runner
from shared.gcp import firestore
from shared.gcp.writes import Write, delete
from shared.kit import clock
from shared.settings import Settings
from tests.automations import seed
from tests.automations.played import notify, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

DELAY = {"action": "delay", "config": {"seconds": 600}}


def _runs(api: Api, id: str, number: int) -> None:
    for _ in range(number):
        api.post(f"/api/automations/{id}/run")


def _statuses(api: Api, id: str) -> list[str]:
    return sorted(run["status"] for run in api.executions(id))


def test_a_rate_spreads_the_runs(api: Api, cloud: LocalCloud) -> None:
    id = api.automation("manual", notify("n"), limits={"rate": {"count": 2, "seconds": 3600}})
    _runs(api, id, 5)
    eventually(lambda: _statuses(api, id) == ["success"] * 2 + ["waiting"] * 3)
    for done in (2, 4, 4, 5):
        cloud.clock.advance(timedelta(minutes=31))
        eventually(lambda: _statuses(api, id) == ["success"] * done + ["waiting"] * (5 - done))  # noqa: B023


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_no_minute_sees_more_starts(local_settings: Settings, cloud: LocalCloud, count: int) -> None:
    id = seed.automation(notify("n"), limits=Limits(rate=Rate(count=count)))
    automation = definition_store.automations.get(seed.UID, id)
    pauses, starts = random.Random(count), []
    for _ in range(4 * count + 4):
        turns, _ = rates.take_turns(seed.stored(seed.execution(id)), automation)
        starts.append(turns[id].at)
        cloud.clock.advance(timedelta(seconds=pauses.choice((0, 0, 5, 40))))
    minutes = [sum(start <= other < start + timedelta(seconds=59.9) for other in starts) for start in starts]
    assert max(minutes) == count


def test_one_at_a_time(api: Api, cloud: LocalCloud) -> None:
    """A place that is left is taken at once: nobody's clock has to move."""
    id = api.automation("manual", notify("n"), DELAY, notify("m"), limits={"concurrency": 1})
    _runs(api, id, 4)
    eventually(lambda: len(titles(api)) == 4)
    eventually(lambda: _statuses(api, id) == ["waiting"] * 4)
    cloud.clock.advance(timedelta(minutes=11))
    eventually(lambda: _statuses(api, id) == ["success"] * 4)
    assert len(titles(api)) == 8


def test_all_of_a_users_one_at_a_time(api: Api) -> None:
    api.put("/api/automations/limits", {"concurrency": 1})
    ids = [api.automation("manual", notify("n"), notify("m")) for _ in range(3)]
    for id in ids:
        _runs(api, id, 2)
    eventually(lambda: all(_statuses(api, id) == ["success"] * 2 for id in ids))
    assert len(titles(api)) == 12


def test_a_place_that_nobody_was_called_for_is_taken_later(local_settings: Settings, cloud: LocalCloud) -> None:
    id = seed.automation(notify("n"), limits=Limits(concurrency=1))
    place = f"users/{seed.UID}/meters/{id}~slot~0"
    firestore.client().commit([Write(place, {"execution_id": "another"})])
    message = seed.execution(id)
    assert runner.run(message, until=clock.now() + timedelta(seconds=9)) == "done"
    queued = seed.stored(message)
    assert (queued.status, queued.queued_at is not None, queued.wake_at == queued.due_at) == ("waiting", True, False)
    firestore.client().commit([delete(place)])
    assert queued.wake_at
    cloud.clock.advance(queued.wake_at - clock.now())
    assert runner.run(message, until=clock.now() + timedelta(seconds=9)) == "ended"
    assert (seed.stored(message).status, seed.stored(message).queued_at) == ("success", None)


def test_only_the_last_of_a_flurry(api: Api, cloud: LocalCloud) -> None:
    id = api.automation("prospect_status_changed", notify("n"), limits={"debounce_seconds": 60})
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    for number, status in enumerate(("contacted", "replied", "contacted"), start=1):
        api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": status}))
        eventually(lambda: _statuses(api, id) == ["waiting"] * number)  # noqa: B023
    cloud.clock.advance(timedelta(seconds=61))
    eventually(lambda: _statuses(api, id) == ["cancelled", "cancelled", "success"])
    done = next(run for run in api.executions(id) if run["status"] == "success")
    assert done["event"]["data"]["status"] == "contacted"
    assert titles(api) == ["n"]


def _spend(api: Api, **limits: Any) -> str:
    id = api.automation("manual", notify("a"), DELAY, notify("b"), limits=limits)
    _runs(api, id, 1)
    eventually(lambda: _statuses(api, id) == ["waiting"])
    return id


def test_a_spent_budget_pauses_the_automation(api: Api, cloud: LocalCloud) -> None:
    id = _spend(api, daily={"steps": 2})
    _runs(api, id, 2)
    eventually(lambda: api.get(f"/api/automations/{id}")["automation"]["status"] == "paused")
    assert "is paused" in " ".join(titles(api))
    cloud.clock.advance(timedelta(hours=25))
    eventually(lambda: [run["paused"] for run in api.executions(id)] == [True] * 3)
    assert "b" not in titles(api)
    api.put(f"/api/automations/{id}", {"limits": {}})
    api.post(f"/api/automations/{id}/activate")
    eventually(lambda: titles(api).count("a") == 3)
    eventually(lambda: all(run["waiting_for"] or run["completed_at"] for run in api.executions(id)))  # in their delay
    cloud.clock.advance(timedelta(minutes=11))
    eventually(lambda: _statuses(api, id) == ["success"] * 3)
    assert titles(api).count("b") == 3


def test_no_more_steps_than_a_day_may_bring(api: Api) -> None:
    id = api.automation("manual", *(notify(f"n{number}") for number in range(5)), limits={"daily": {"steps": 3}})
    _runs(api, id, 1)
    eventually(lambda: [run["paused"] for run in api.executions(id)] == [True])
    assert sorted(title for title in titles(api) if len(title) == 2) == ["n0", "n1", "n2"]
    logs = api.get("/api/system/logs", category="automation")["logs"]
    assert [(log["error_class"], log["related_id"]) for log in logs] == [("blocked_automation", id)]
    assert "daily budget of 3 steps is used up" in logs[0]["message"]


def test_a_users_limits_hold_for_all(api: Api) -> None:
    assert api.put("/api/automations/limits", {"rate": {"count": 1, "seconds": 60}})["limits"]["rate"]["count"] == 1
    one, two = (api.automation("manual", notify("n")) for _ in range(2))
    _runs(api, one, 1)
    _runs(api, two, 1)
    eventually(lambda: _statuses(api, one) + _statuses(api, two) in (["success", "waiting"], ["waiting", "success"]))
    assert api.get("/api/automations/limits")["limits"]["rate"] == {"count": 1, "seconds": 60}
