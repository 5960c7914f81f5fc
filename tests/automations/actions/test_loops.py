"""An automation does not start itself, and automations that start each other stop."""

import logging
from typing import Any

import pytest

from shared.automations.definitions.models import MAX_DEPTH
from shared.kit import clock
from tests.automations.played import notify
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.times_of_day import go_to
from tests.fixtures.waiting import eventually


def _status(status: str, **more: object) -> dict[str, object]:
    return {"action": "update_prospect_status", "config": {"status": status, **more}}


def _blocked(api: Api) -> list[dict[str, Any]]:
    """What the user reads of starts that were not allowed."""
    entries = api.get("/api/system/logs", category="automation", search="not started")["logs"]
    return [entry for entry in entries if entry["error_class"] == "blocked_automation"]


def test_an_automation_does_not_start_itself(api: Api) -> None:
    id = api.automation("new_prospect_added", _status("contacted"))
    own = api.automation("prospect_status_changed", _status("replied"))
    api.post("/api/prospects", {"name": "Ann"})
    eventually(lambda: [run["status"] for run in api.executions(own)] == ["success"])
    eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 3)  # added, contacted, replied
    assert len(api.executions(id)) == len(api.executions(own)) == 1
    entry = eventually(lambda: _blocked(api))[0]
    assert (entry["level"], entry["related_id"]) == ("warning", own)
    assert "It would have started itself" in entry["message"]
    assert entry["metadata"]["caused_by"]["execution_id"] == api.executions(own)[0]["id"]


def test_a_pair_stops_at_the_depth_bound(api: Api) -> None:
    start = api.automation("new_prospect_added", _status("contacted"))
    ping = api.automation("prospect_status_changed", _status("replied"), trigger_config={"to": "contacted"})
    pong = api.automation("prospect_status_changed", _status("contacted"), trigger_config={"to": "replied"})
    api.post("/api/prospects", {"name": "Ann"})
    expected = 1 + 1 + MAX_DEPTH  # added, the first change, and one change for each further depth
    eventually(lambda: api.get("/api/activity", type="prospect")["total"] == expected)
    runs = [len(api.executions(id)) for id in (start, ping, pong)]
    assert sum(runs) == 1 + MAX_DEPTH
    depths = sorted(run["event"]["depth"] for id in (ping, pong) for run in api.executions(id))
    assert depths == list(range(1, MAX_DEPTH + 1))
    entry = eventually(lambda: _blocked(api))[0]
    assert f"stop at depth {MAX_DEPTH}" in entry["message"]


def test_a_pair_costs_no_more_than_its_bound(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    """Each round is two commits: one starts the run, and the run itself is one."""
    with caplog.at_level(logging.INFO, logger="app"):
        ping = api.automation("prospect_status_changed", _status("replied"), trigger_config={"to": "contacted"})
        pong = api.automation("prospect_status_changed", _status("contacted"), trigger_config={"to": "replied"})
        prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
        caplog.clear()
        api.http.patch(f"/api/prospects/{prospect}", json={"status": "contacted"})
        eventually(lambda: _blocked(api))
        eventually(lambda: [run["status"] for id in (ping, pong) for run in api.executions(id)] == ["success"] * 6)
    entries = [entry for record in caplog.records if (entry := getattr(record, "fields", None))]
    taken = [entry["cost"]["commits"] for entry in entries if entry.get("document") == f"prospects/{prospect}"]
    ended = [entry["execution_id"] for entry in entries if entry.get("kind") == "execution"]
    assert len(ended) == 1 + MAX_DEPTH
    changes = 1 + 1 + MAX_DEPTH  # a person's, and one of each run
    assert changes <= len(taken) <= changes + 1  # that it was added may be told late
    assert set(taken) == {1}
    assert len(_blocked(api)) == 1


def test_what_follows_by_itself_from_a_run_is_the_runs(api: Api, served: Served) -> None:
    """The schedule announces a follow-up that a run has planned: that run is the cause."""
    go_to(served.cloud.clock, 10)  # later in the day the schedule asks twice, and may meet the run's at once
    plan = {"action": "add_calendar_event", "config": {"in_days": 0}}
    id = api.automation("follow_up_event_due", plan)
    other = api.automation("follow_up_event_due", notify("told"))
    api.post("/api/calendar", {"scheduled_date": f"{clock.now():%Y-%m-%d}", "type": "follow_up"})
    assert served.tick("follow_ups_due") == {"announced": 1}
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])
    assert served.tick("follow_ups_due") == {"announced": 1}
    eventually(lambda: sorted(run["event"]["depth"] for run in api.executions(other)) == [0, 1])
    assert "It would have started itself" in eventually(lambda: _blocked(api))[0]["message"]
    assert len(api.executions(id)) == 1
