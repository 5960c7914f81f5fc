"""However the automation that was run ends, the run that waits for it goes on; and it ends with that run."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from tests.automations.played import notify, reach, start, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

DELAY = {"action": "delay", "config": {"seconds": 9999}}


def _waiting(api: Api, **more: Any) -> tuple[str, str, str, str]:
    """A run and its child: the automation's and the execution's id of both."""
    other = api.automation("manual", DELAY)
    step = {"id": "sub", "action": "run_automation", "config": {"automation_id": other}, **more}
    id, run = start(api, step, notify("after"))
    child = reach(api, id, run, "waiting")["results"]["sub"]["output"]["execution_id"]
    reach(api, other, child, "waiting")
    return id, run, other, child


def _cancel(api: Api, id: str, run: str) -> None:
    api.post(f"/api/automations/{id}/executions/{run}/cancel")


def _switch_off(api: Api, id: str, run: str) -> None:
    api.post(f"/api/automations/{id}/deactivate")


def _delete(api: Api, id: str, run: str) -> None:
    api.ok(api.http.delete(f"/api/automations/{id}"))


ENDS = pytest.mark.parametrize("end", [_cancel, _switch_off, _delete])


@ENDS
def test_its_end_is_the_steps_failure(api: Api, end: Callable[[Api, str, str], None]) -> None:
    id, run, other, child = _waiting(api)
    end(api, other, child)
    ended = reach(api, id, run, "failed", "success")
    assert (ended["status"], "ended as cancelled" in ended["error"]) == ("failed", True)


@ENDS
def test_it_ends_with_the_run_that_waits(api: Api, end: Callable[[Api, str, str], None]) -> None:
    id, run, other, child = _waiting(api)
    end(api, id, run)
    reach(api, other, child, "cancelled")
    eventually(lambda: [e["status"] for e in api.executions(id)] == ["cancelled"])
    assert titles(api) == []


def test_it_stops_where_the_run_that_waits_would(api: Api, cloud: LocalCloud) -> None:
    """One who has answered hears nothing more, whichever of the two would have written."""
    other = api.automation("manual", DELAY, notify("late"))
    between = api.automation("manual", {"action": "run_automation", "config": {"automation_id": other}})
    sub = {"action": "run_automation", "config": {"automation_id": between}}
    id = api.automation("new_prospect_added", sub, notify("after"), stop_when=["replied"])
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    child = eventually(lambda: api.executions(other))[0]["id"]
    reach(api, other, child, "waiting")
    api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": "replied"}))
    cloud.clock.advance(timedelta(seconds=10_000))
    ended = [reach(api, other, child, "cancelled", "success")]
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["cancelled"])
    ended += [*api.executions(between), *api.executions(id)]  # whichever looks first stops, and the others with it
    assert any("Ann is now replied" in str(run["error"]) for run in ended)
    assert titles(api) == []


def test_a_failure_can_be_passed_over(api: Api) -> None:
    id, run, other, child = _waiting(api, on_error="continue")
    _cancel(api, other, child)
    reach(api, id, run, "success")
    assert titles(api) == ["after"]


def test_one_for_each_item_of_a_list(api: Api) -> None:
    fails = {"action": "analyze_prospect", "when": "input.who == 'Bob'"}
    other = api.automation("manual", fails, notify("n", config={"title": "For {{ input.who }}"}))
    config = {"automation_id": other, "input": {"who": "{{ item }}"}}
    sub = {"action": "run_automation", "config": config}
    loop = {"id": "each", "action": "for_each", "config": {"items": ["Ann", "Bob", "Cy"], "steps": [sub]}}
    id, run = start(api, {**loop, "on_error": "continue"}, notify("z"))
    ended = reach(api, id, run, "success", "failed")
    assert (ended["status"], ended["results"]["each"]["output"]) == ("success", {"count": 3, "failed": 1})
    assert titles(api) == ["For Ann", "For Cy", "z"]
