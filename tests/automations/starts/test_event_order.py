"""What happened last counts, not what was handled last: debounce, and events that runs wait for."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.authoring import service
from shared.automations.definitions.restrictions import Limits
from shared.automations.engine import runner
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.automations.runs.queue import message
from shared.automations.starts import document_events
from shared.kit import clock
from shared.kit.ids import new_id
from shared.settings import Settings
from shared.store.changes import Change
from tests.automations import seed
from tests.automations.played import notify, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

DEBOUNCE = Limits(debounce_seconds=60)


def _listening(*steps: dict[str, Any], **more: Any) -> str:
    id = seed.automation(*steps, trigger="prospect_status_changed", **more)
    service.activate(seed.UID, id)
    return id


def _moved(old: str, new: str, *, ago: float) -> Change:
    """The prospect moved to another status so many seconds ago."""
    before, after = ({"name": "Ann", "status": status} for status in (old, new))
    at = clock.now() - timedelta(seconds=ago)
    return Change(new_id(), seed.UID, "prospects", "p1", before, after, at, fresh=False)


def _all(id: str) -> list[Execution]:
    return [run for run in run_store.executions.select(seed.UID) if run.automation_id == id]


def _let_run(id: str) -> None:
    for run in _all(id):
        runner.run(message(run), until=clock.now() + timedelta(seconds=60))


@pytest.mark.parametrize("handled", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_the_last_to_happen_runs_whatever_order_they_are_handled_in(
    local_settings: Settings, cloud: LocalCloud, handled: tuple[int, ...]
) -> None:
    id = _listening(notify("n"), limits=DEBOUNCE)
    happened = [
        _moved("new", "contacted", ago=30),
        _moved("contacted", "replied", ago=20),
        _moved("replied", "meeting", ago=10),
    ]
    for number in handled:
        document_events.take(happened[number - 1])
    _let_run(id)
    cloud.clock.advance(timedelta(seconds=61))
    _let_run(id)
    ended = {str(run.event.data["status"]): run.status for run in _all(id)}
    assert ended == {"contacted": "cancelled", "replied": "cancelled", "meeting": "success"}


def test_of_two_in_one_commit_one_runs(local_settings: Settings, cloud: LocalCloud) -> None:
    id = _listening(notify("n"), limits=DEBOUNCE)
    one = _moved("new", "contacted", ago=1)
    two = Change(new_id(), seed.UID, "prospects", "p1", one.before, one.after, one.time, fresh=False)
    for change in (one, two):
        document_events.take(change)
    _let_run(id)
    cloud.clock.advance(timedelta(seconds=61))
    _let_run(id)
    assert sorted(run.status for run in _all(id)) == ["cancelled", "success"]


def test_a_flurry_of_calls_from_outside_is_one(api: Api, cloud: LocalCloud) -> None:
    id = api.automation("webhook", notify("n", config={"title": "{{ event.no }}"}), limits={"debounce_seconds": 60})
    url = api.get(f"/api/automations/{id}")["automation"]["trigger_config"]["url"]
    for number in range(5):
        api.post(url, {"no": f"call {number}"})
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["waiting"] * 5)
    cloud.clock.advance(timedelta(seconds=61))
    eventually(lambda: sorted(run["status"] for run in api.executions(id)) == ["cancelled"] * 4 + ["success"])
    assert titles(api) == ["call 4"]


def test_calls_about_several_prospects_are_a_flurry_each(api: Api, cloud: LocalCloud) -> None:
    id = api.automation("webhook", notify("n", config={"title": "{{ event.no }}"}), limits={"debounce_seconds": 60})
    url = api.get(f"/api/automations/{id}")["automation"]["trigger_config"]["url"]
    for number, prospect in enumerate(("p1", "p2", "p1", None)):
        api.post(url, {"no": f"call {number}", **({"prospect_id": prospect} if prospect else {})})
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["waiting"] * 4)
    cloud.clock.advance(timedelta(seconds=61))
    eventually(lambda: titles(api) == ["call 1", "call 2", "call 3"])


def test_a_run_that_was_left_out_runs_where_a_person_wants_it(api: Api, cloud: LocalCloud) -> None:
    id = api.automation("webhook", notify("n", config={"title": "{{ event.no }}"}), limits={"debounce_seconds": 60})
    url = api.get(f"/api/automations/{id}")["automation"]["trigger_config"]["url"]
    for number in range(2):
        api.post(url, {"no": f"call {number}"})
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["waiting"] * 2)
    cloud.clock.advance(timedelta(seconds=61))
    eventually(lambda: titles(api) == ["call 1"])
    [left] = [run for run in api.executions(id) if run["status"] == "cancelled"]
    api.post(f"/api/automations/{id}/executions/{left['id']}/retry")
    eventually(lambda: titles(api) == ["call 0", "call 1"])


def test_a_run_does_not_take_what_happened_before_its_beginning_for_news(
    local_settings: Settings, cloud: LocalCloud
) -> None:
    wait = {"id": "wait", "action": "wait_for_event", "config": {"event": "prospect_status_changed"}}
    id = _listening(wait, notify("n"))
    document_events.take(_moved("contacted", "replied", ago=10))
    _let_run(id)
    document_events.take(_moved("new", "contacted", ago=20))  # delivered late
    first = next(run for run in _all(id) if run.event.data["status"] == "replied")
    assert (first.status, first.signals) == ("waiting", {})
    document_events.take(_moved("replied", "meeting", ago=5))
    first = next(run for run in _all(id) if run.event.data["status"] == "replied")
    assert len(first.signals["wait"]) == 1
