"""`waiting_for` tells clients why a run does not go on, whatever keeps it from going on."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.automations.runs import wait_views, waits
from tests.automations.played import find, notify, play, reach, start
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply

DELAY = {"id": "pause", "action": "delay", "config": {"seconds": 9_999}}
ASK = {"id": "ask", "action": "approval", "config": {"message": "May it leave?"}}


@pytest.fixture
def failing() -> Iterator[Provider]:
    with Provider(lambda n: Reply(503)) as provider:
        yield provider


def _waits(api: Api, *steps: dict[str, Any], **data: Any) -> dict[str, Any]:
    waiting: dict[str, Any] = reach(api, *start(api, *steps, **data), "waiting")["waiting_for"]
    return waiting


def test_a_run_that_has_ended_waits_for_nothing(api: Api) -> None:
    assert play(api, notify("n"))["waiting_for"] is None


def test_a_time(api: Api) -> None:
    waiting = _waits(api, DELAY)
    assert (waiting["kind"], waiting["step"]) == ("time", "pause")
    assert re.fullmatch(r"Waits until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.", waiting["what"])
    assert waiting["what"][12:31] == waiting["until"][:19].replace("T", " ")


def test_an_approval_within_a_loop(api: Api) -> None:
    waiting = _waits(api, {"id": "each", "action": "for_each", "config": {"items": [1], "steps": [ASK]}})
    assert (waiting["kind"], waiting["step"], waiting["what"]) == (
        "approval",
        "ask[0]",
        "Waits for an approval: May it leave?",
    )


def test_an_event_and_another_automation(api: Api) -> None:
    event = {"id": "wait", "action": "wait_for_event", "config": {"event": "vault_item_added", "match": "true"}}
    waiting = _waits(api, event)
    assert (waiting["kind"], waiting["what"]) == ("event", "Waits for vault item added.")
    other = api.automation("manual", DELAY)
    waiting = _waits(api, {"id": "sub", "action": "run_automation", "config": {"automation_id": other}})
    assert (waiting["kind"], waiting["what"]) == ("automation", "Waits for Test.")


def test_another_attempt(api: Api, failing: Provider) -> None:
    call = {"action": "call_webhook", "config": {"url": failing.url, "method": "GET"}}
    waiting = _waits(api, {**call, "retry": {"max_attempts": 2, "initial_seconds": 900, "jitter": 0}})
    assert (waiting["kind"], waiting["step"]) == ("retry", None)
    assert re.match(r"Tries again at \d{4}-\d\d-\d\d \d\d:\d\d UTC: .*503", waiting["what"])


def test_whoever_holds_it(api: Api) -> None:
    id, run = start(api, DELAY)
    reach(api, id, run, "waiting")
    held = api.post(f"/api/automations/{id}/executions/{run}/pause")["execution"]
    person = {"kind": "held", "until": None, "what": "A person holds it until it is resumed.", "step": None}
    assert held["waiting_for"] == person
    api.post(f"/api/automations/{id}/executions/{run}/resume")
    eventually(lambda: find(api, id, run)["waiting_for"]["kind"] == "time")
    api.post("/api/automations/kill-switch", {"on": True})
    assert find(api, id, run)["waiting_for"]["what"].startswith("The kill switch is on")


def test_a_turn_where_a_rate_is_limited(api: Api) -> None:
    id = api.automation("manual", notify("n"), limits={"rate": {"count": 1, "seconds": 3_600}})
    for _ in range(2):
        api.post(f"/api/automations/{id}/run")
    kinds = eventually(lambda: [run["waiting_for"]["kind"] for run in api.executions(id) if run["waiting_for"]])
    assert kinds == ["turn"]


def test_a_dry_run_tells_what_would_be_waited_for(api: Api) -> None:
    id = api.automation("manual", notify("n"), ASK, active=False)
    told = api.post(f"/api/automations/{id}/dry-run", {})["steps"]
    assert [step["waiting_for"] and step["waiting_for"]["what"] for step in told] == [
        None,
        "Waits for an approval: May it leave?",
    ]


def test_every_wait_is_told_in_a_sentence() -> None:
    """With a kind and a text of its own."""
    at = datetime(2030, 1, 1, tzinfo=UTC)
    all_of_them: list[waits.Wait] = [
        waits.Step("time", at, "Waits until then."),
        waits.Review("m"),
        waits.Inquiry(at, "m"),
        waits.Retry(at, "m"),
        waits.Turn(at),
        waits.Place(at, None),
        waits.Limits(at),
        *(waits.Held(by, None) for by in ("person", "automation", "kill_switch")),
    ]
    views = [wait_views.WaitView.of_wait(wait, None) for wait in all_of_them]
    assert len({view.what for view in views}) == len(views)
    assert [view.kind for view in views] == [
        *("time", "review", "inquiry", "retry", "turn", "place", "limits"),
        *["held"] * 3,
    ]
