"""A run that is taken up again takes up the run that it had waited for: what that one did is not done twice."""

from typing import Any

import pytest

from tests.automations.played import find, notify, reach, records, start, stored, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

FAILS = {"id": "check", "action": "analyze_prospect"}  # there is no prospect


def _sub(other: str, **config: Any) -> dict[str, Any]:
    return {"id": "sub", "action": "run_automation", "config": {"automation_id": other, **config}}


def _mend(api: Api, id: str) -> None:
    api.put(f"/api/automations/{id}", {"steps": [notify("before"), notify("check")]})


def _retry(api: Api, id: str, run: str, **how: str) -> None:
    api.post(f"/api/automations/{id}/executions/{run}/retry", how)


def _failed(api: Api, **config: Any) -> tuple[str, str, str, str]:
    """A run and the run it has waited for, each with its automation."""
    other = api.automation("manual", notify("before"), FAILS)
    id, run = start(api, _sub(other, **config), notify("after"))
    reach(api, id, run, "failed")
    [child] = api.executions(other)
    assert records(api, id, run)[-1]["output"]["execution_id"] == child["id"]
    return id, run, other, child["id"]


def test_it_goes_on_where_it_failed(api: Api) -> None:
    id, run, other, child = _failed(api)
    for _ in range(2):
        _retry(api, id, run)
        eventually(lambda: find(api, id, run)["status"] == "failed")
    _mend(api, other)
    _retry(api, id, run)
    ended = reach(api, id, run, "success", "failed")
    assert ended["status"] == "success", ended["error"]
    assert titles(api) == ["after", "before", "check"]
    assert ended["results"]["sub"]["output"]["results"]["check"]["status"] == "success"
    assert [one["id"] for one in api.executions(other)] == [child]
    assert stored(api, child).generation == 3


def test_one_that_was_taken_up_by_hand_counts(api: Api) -> None:
    id, run, other, child = _failed(api)
    _mend(api, other)
    _retry(api, other, child, version="current")
    reach(api, other, child, "success")
    assert find(api, id, run)["status"] == "failed"
    _retry(api, id, run)
    assert reach(api, id, run, "success", "failed")["results"]["sub"]["output"]["execution_id"] == child
    assert titles(api) == ["after", "before", "check"]


def test_with_other_input_it_is_another_run(api: Api) -> None:
    id, run, other, _ = _failed(api, input={"who": "Ann"})
    _mend(api, other)
    api.put(f"/api/automations/{id}", {"steps": [_sub(other, input={"who": "Bob"}), notify("after")]})
    _retry(api, id, run, version="current")
    reach(api, id, run, "success")
    assert [one["status"] for one in api.executions(other)] == ["success", "failed"]
    assert titles(api) == ["after", "before", "before", "check"]


def test_where_its_step_is_gone_it_goes_on_with_its_own_version(api: Api) -> None:
    id, run, other, child = _failed(api)
    api.put(f"/api/automations/{other}", {"steps": [notify("new")]})
    _retry(api, id, run)
    reach(api, other, child, "failed")
    reach(api, id, run, "failed")
    assert [one["id"] for one in api.executions(other)] == [child]
    assert stored(api, child).generation == 1
    assert titles(api) == ["before"]


@pytest.mark.parametrize("failing", [0, 1])
def test_within_a_loop_it_is_the_items_own(api: Api, failing: int) -> None:
    other = api.automation("manual", notify("n", config={"title": "For {{ input.who }}"}), FAILS)
    steps = [notify("n", config={"title": "For {{ input.who }}"}), {**FAILS, "when": "input.who == 'B'"}]
    api.put(f"/api/automations/{other}", {"steps": steps})
    sub = _sub(other, input={"who": "{{ item }}"})
    items = ["B", "A"] if failing == 0 else ["A", "B"]
    id, run = start(api, {"id": "each", "action": "for_each", "config": {"items": items, "steps": [sub]}})
    reach(api, id, run, "failed")
    api.put(f"/api/automations/{other}", {"steps": [steps[0], notify("check")]})
    _retry(api, id, run)
    ended = reach(api, id, run, "success", "failed")
    assert ended["status"] == "success", ended["error"]
    assert [title for title in titles(api) if title.startswith("For")] == ["For A", "For B"]
    assert len(api.executions(other)) == 2


def test_what_its_own_run_has_changed_makes_no_other_of_it(api: Api) -> None:
    moves = {"action": "update_prospect_status", "config": {"status": "contacted"}}
    fails = {"id": "check", "action": "analyze_prospect", "config": {"prospect_id": "gone"}}
    other = api.automation("manual", notify("before"), moves, fails)
    id = api.automation("new_prospect_added", _sub(other, input={"was": "{{ prospect.status }}"}))
    api.post("/api/prospects", {"name": "Ann"})
    run = eventually(lambda: api.executions(id))[0]["id"]
    reach(api, id, run, "failed")
    api.put(f"/api/automations/{other}", {"steps": [notify("before"), moves, notify("check")]})
    _retry(api, id, run)
    reach(api, id, run, "success")
    assert titles(api) == ["before", "check"]


def test_while_it_is_being_stopped_no_other_begins(api: Api) -> None:
    """Retries of the parent at the very time that its cancelled child comes to its end, several at once."""
    other = api.automation("manual", notify("before"), {"id": "pause", "action": "delay", "config": {"seconds": 9999}})
    id, run = start(api, _sub(other))
    child = eventually(lambda: api.executions(other))[0]["id"]
    reach(api, other, child, "waiting")
    for _ in range(3):
        api.post(f"/api/automations/{id}/executions/{run}/cancel")
        reach(api, id, run, "cancelled")
        _retry(api, id, run)
        reach(api, id, run, "waiting")
        eventually(lambda: find(api, other, child)["status"] == "waiting" and not find(api, other, child)["error"])
    assert ([one["id"] for one in api.executions(other)], titles(api)) == ([child], ["before"])
