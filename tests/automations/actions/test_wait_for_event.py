"""A run waits for something to happen; what happens before it waits is not lost."""

from datetime import timedelta
from typing import Any

from infra.local.cloud import LocalCloud
from tests.automations.played import find, notify, reach, records, stored
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def _wait(**config: Any) -> dict[str, Any]:
    return {"id": "wait", "action": "wait_for_event", "config": {"event": "prospect_status_changed", **config}}


def _started(api: Api, *steps: dict[str, Any], name: str = "Ann") -> tuple[str, str, str]:
    id = api.automation("new_prospect_added", *steps)
    prospect = api.post("/api/prospects", {"name": name})["prospect"]["id"]
    eventually(lambda: api.executions(id))
    return id, api.executions(id)[0]["id"], prospect


def _move(api: Api, prospect: str, status: str) -> None:
    api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": status}))


def test_the_event_wakes_it(api: Api) -> None:
    id, run, prospect = _started(api, _wait(), notify("after"))
    reach(api, id, run, "waiting")
    other = api.post("/api/prospects", {"name": "Bob"})["prospect"]["id"]
    _move(api, other, "contacted")
    _move(api, prospect, "replied")
    ended = reach(api, id, run, "success", "failed")
    assert ended["results"]["wait"]["output"]["event"]["data"]["status"] == "replied"


def test_an_event_that_comes_early_is_kept(api: Api, cloud: LocalCloud) -> None:
    id, run, prospect = _started(api, {"action": "delay", "config": {"seconds": 600}}, _wait(), notify("after"))
    reach(api, id, run, "waiting")
    _move(api, prospect, "replied")
    eventually(lambda: stored(api, run).signals)
    assert find(api, id, run)["status"] == "waiting"
    cloud.clock.advance(timedelta(minutes=11))
    ended = reach(api, id, run, "success", "failed")
    assert ended["results"]["wait"]["output"]["happened"] is True
    assert stored(api, run).signals == {}


def test_a_match_says_which(api: Api) -> None:
    id, run, prospect = _started(api, _wait(match="after.status == 'replied' && after.name == event.name"))
    reach(api, id, run, "waiting")
    _move(api, prospect, "contacted")
    eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 2)
    assert find(api, id, run)["status"] == "waiting"
    _move(api, prospect, "replied")
    assert reach(api, id, run, "success", "failed")["status"] == "success"


def test_the_time_is_up(api: Api, cloud: LocalCloud) -> None:
    go_on, _, _ = _started(api, _wait(timeout=60), notify("late", when="steps.wait.timed_out"))
    fail, _, _ = _started(api, _wait(timeout=60, on_timeout="fail"), name="Bob")
    eventually(lambda: {run["status"] for run in api.executions(fail)} == {"waiting"})
    eventually(lambda: {run["status"] for run in api.executions(go_on)} == {"waiting"})
    cloud.clock.advance(timedelta(seconds=61))
    eventually(lambda: {run["status"] for run in api.executions(go_on)} == {"success"})
    eventually(lambda: {run["status"] for run in api.executions(fail)} == {"failed"})


def test_an_unknown_event_is_refused(api: Api) -> None:
    body = {"name": "A", "trigger": "manual", "steps": [_wait(event="odd")]}
    answer = api.http.post("/api/automations", json=body)
    assert (answer.status_code, "prospect_status_changed" in answer.text) == (422, True)


def test_a_match_knows_the_prospect_of_a_run_about_another_document(api: Api) -> None:
    wait = _wait(event="outreach_replied", match="after.prospect_id == prospect.id")
    id = api.automation("manual", wait, notify("after"))
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    run = api.post(f"/api/automations/{id}/run", {"input": {"prospect_id": prospect}})["execution"]["id"]
    reach(api, id, run, "waiting")
    message = api.post("/api/outreach", {"prospect_id": prospect, "subject": "s", "body": "b"})["outreach"]["id"]
    api.post(f"/api/outreach/{message}/reply", {"message": "Yes"})
    assert reach(api, id, run, "success", "failed")["results"]["wait"]["output"]["happened"] is True


def test_a_run_waits_for_what_its_own_version_says(api: Api) -> None:
    """Whatever is changed meanwhile: the match, the step's name, or that there is such a step."""
    id, run, prospect = _started(api, _wait(match="after.status == 'replied'"), notify("after"))
    reach(api, id, run, "waiting")
    for step in ({**_wait(), "id": "other"}, notify("n"), _wait(match="after.status == 'meeting_booked'")):
        api.put(f"/api/automations/{id}", {"steps": [step]})
    _move(api, prospect, "meeting_booked")
    _move(api, prospect, "replied")
    ended = reach(api, id, run, "success", "failed")
    assert ended["results"]["wait"]["output"]["event"]["data"]["status"] == "replied"


def test_events_that_come_together_are_one_for_each_item(api: Api) -> None:
    loop = {"id": "each", "action": "for_each", "config": {"items": [1, 2], "steps": [_wait(), notify("after")]}}
    id, run, prospect = _started(api, {"id": "ask", "action": "approval", "config": {"message": "m"}}, loop)
    reach(api, id, run, "waiting")
    for number, status in enumerate(("contacted", "replied"), start=1):
        _move(api, prospect, status)
        eventually(lambda: len(stored(api, run).signals.get("wait", {})) == number)  # noqa: B023
    api.post(f"/api/automations/{id}/executions/{run}/approve")
    reach(api, id, run, "success", "failed")
    taken = [one["output"]["event"]["data"]["status"] for one in records(api, id, run) if one["step"] == "wait"]
    assert taken == ["contacted", "replied"]
