"""An automation does not start itself, and automations that start each other stop."""

from shared.automations.models import MAX_DEPTH
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def _status(status: str, **more: object) -> dict[str, object]:
    return {"action": "update_prospect_status", "config": {"status": status, **more}}


def test_an_automation_does_not_start_itself(api: Api) -> None:
    id = api.automation("new_prospect_added", _status("contacted"))
    own = api.automation("prospect_status_changed", _status("replied"))
    api.post("/api/prospects", {"name": "Ann"})
    eventually(lambda: [run["status"] for run in api.executions(own)] == ["success"])
    eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 3)  # added, contacted, replied
    assert len(api.executions(id)) == len(api.executions(own)) == 1


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
