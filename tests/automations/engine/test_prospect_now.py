"""`prospect` is the person as they are when the step is done; `event`, `before` and `after` stay as they were."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.engine import runner
from shared.automations.runs import queue
from shared.automations.runs.requests import RunInput
from shared.automations.starts import manual
from shared.context import Context, bound
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.kit import clock
from tests.automations import seed
from tests.automations.played import notify, reach, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

DELAY = {"id": "days", "action": "delay", "config": {"seconds": 86_400}}


def _told(text: str, **more: Any) -> dict[str, Any]:
    return notify(f"n{len(text)}", config={"title": text}, **more)


def _waits(api: Api, *steps: dict[str, Any]) -> tuple[str, str, str]:
    """A prospect, and a run about them that waits for a day: the automation's and the execution's id."""
    id = api.automation("new_prospect_added", DELAY, *steps)
    prospect = api.post("/api/prospects", {"name": "Ann", "company": "Acme"})["prospect"]["id"]
    run = eventually(lambda: api.executions(id))[0]["id"]
    reach(api, id, run, "waiting")
    return prospect, id, run


def test_after_a_delay(api: Api, cloud: LocalCloud) -> None:
    told = _told("{{ prospect.name }} {{ prospect.status }} {{ prospect.company }}, was {{ event.status }}")
    remind = _told("Remind", when="prospect.status == 'new'")
    prospect, id, run = _waits(api, told, remind)
    api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": "contacted"}))
    cloud.clock.advance(timedelta(days=1, seconds=1))
    reach(api, id, run, "success")
    assert titles(api) == ["Ann contacted Acme, was new"]


def test_in_a_run_that_another_starts_later(api: Api, cloud: LocalCloud) -> None:
    other = api.automation("manual", _told("{{ prospect.status }}, was {{ event.status }}"))
    prospect, id, run = _waits(api, {"action": "run_automation", "config": {"automation_id": other}})
    api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": "contacted"}))
    cloud.clock.advance(timedelta(days=1, seconds=1))
    reach(api, id, run, "success")
    assert titles(api) == ["contacted, was new"]


@pytest.mark.parametrize("wait", [True, False])
def test_in_a_run_that_another_starts_at_once(api: Api, wait: bool) -> None:
    other = api.automation("manual", _told("{{ prospect.status }} {{ prospect.more }}"))
    moves = {"action": "update_prospect_status", "config": {"status": "contacted"}}
    sub = {"action": "run_automation", "config": {"automation_id": other, "wait": wait, "input": {"more": "x"}}}
    api.automation("new_prospect_added", moves, sub)
    api.post("/api/prospects", {"name": "Ann"})
    eventually(lambda: titles(api) == ["contacted x"])


def test_one_who_is_gone_is_as_the_event_has_told(api: Api, cloud: LocalCloud) -> None:
    prospect, id, run = _waits(api, _told("{{ prospect.name }}"))
    api.ok(api.http.delete(f"/api/prospects/{prospect}"))
    eventually(lambda: "Prospect deleted" in {event["title"] for event in api.get("/api/activity")["activities"]})
    cloud.clock.advance(timedelta(days=1, seconds=1))
    ended = reach(api, id, run, "success", "cancelled", "failed")
    assert (ended["status"], titles(api)) == ("success", ["Ann"])


@pytest.mark.parametrize("pause", [[], [{"action": "delay", "config": {"seconds": 0}}]])
def test_what_its_own_steps_have_changed(api: Api, pause: list[dict[str, Any]]) -> None:
    moves = {"action": "update_prospect_status", "config": {"status": "contacted"}}
    id = api.automation("new_prospect_added", moves, *pause, _told("{{ prospect.name }} {{ prospect.status }}"))
    api.post("/api/prospects", {"name": "Ann"})
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])
    assert titles(api) == ["Ann contacted"]


def test_an_analysis_can_be_told_of(api: Api) -> None:
    id = api.automation(
        "new_prospect_added", "analyze_prospect", _told("{{ prospect.fit_score }}", when="prospect.fit_score > 0.0")
    )
    prospect = api.post("/api/prospects", {"name": "Ann", "company": "Acme"})["prospect"]["id"]
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])
    assert titles(api) == [str(api.get(f"/api/prospects/{prospect}")["prospect"]["fit_score"])]


@pytest.mark.usefixtures("local_settings")
def test_it_costs_a_read_only_after_a_wait(cloud: LocalCloud) -> None:
    moves = {"action": "update_prospect_status", "config": {"status": "contacted"}}
    told = [_told("{{ prospect.name }} {{ prospect.status }}", id=f"n{n}") for n in range(6)]
    prospect = prospects.create(seed.UID, ProspectInput(name="Ann"))
    id = seed.automation(moves, *told[:3], DELAY, *told[3:])
    run = queue.message(manual.run(seed.UID, id, RunInput(document_id=prospect.id)))
    with bound(Context()) as call:
        runner.run(run, until=clock.now() + timedelta(seconds=60))
    assert (call.meter.cost.reads, call.meter.cost.commits) == (
        3,
        1,
    )  # of them one by the step that changes the prospect
    cloud.clock.advance(timedelta(days=1, seconds=1))
    with bound(Context()) as call:
        runner.run(run, until=clock.now() + timedelta(seconds=60))
    assert (call.meter.cost.reads, call.meter.cost.commits) == (3, 1)
    assert seed.stored(run).status == "success"
