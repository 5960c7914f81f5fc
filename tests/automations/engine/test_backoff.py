"""A provider may say how long to wait, and a step may be patient for days; by branch or by loop, it goes on at last."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from tests.automations.played import find, notify, reach, records, start, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply


@pytest.fixture
def receiver() -> Iterator[Provider]:
    with Provider(lambda n: Reply()) as provider:
        yield provider


def _call(receiver: Provider, **more: Any) -> dict[str, Any]:
    return {"id": "call", "action": "call_webhook", "config": {"url": receiver.url}, **more}


def _wait_seconds(run: dict[str, Any]) -> float:
    last = datetime.fromisoformat(run["attempts"][-1]["at"])
    return (datetime.fromisoformat(run["waiting_for"]["until"]) - last).total_seconds()


def test_retry_after_is_kept_to(api: Api, cloud: LocalCloud, receiver: Provider) -> None:
    receiver.reply = lambda n: Reply(429, headers={"Retry-After": "3600"}) if n == 1 else Reply()
    id, run = start(api, _call(receiver, retry={"max_attempts": 2, "initial_seconds": 1}))
    assert _wait_seconds(reach(api, id, run, "waiting")) >= 3600
    cloud.clock.advance(timedelta(minutes=59))
    assert (find(api, id, run)["status"], len(receiver.requests)) == ("waiting", 1)
    cloud.clock.advance(timedelta(minutes=2))
    reach(api, id, run, "success")
    assert len({request["headers"]["webhook-id"] for request in receiver.requests}) == 1


def test_for_days(api: Api, cloud: LocalCloud, receiver: Provider) -> None:
    receiver.reply = lambda n: Reply(503)
    days = {"max_attempts": 4, "initial_seconds": 86_400, "multiplier": 2, "max_seconds": 3 * 86_400, "jitter": 0}
    id, run = start(api, _call(receiver, retry=days))
    for number, expected in ((1, 1), (2, 2), (3, 3)):
        eventually(lambda: len(find(api, id, run)["attempts"]) == number)  # noqa: B023
        waits = reach(api, id, run, "waiting")
        assert _wait_seconds(waits) == pytest.approx(expected * 86_400, abs=5)
        cloud.clock.advance(timedelta(days=expected, seconds=5))
    ended = reach(api, id, run, "failed")
    assert (len(receiver.requests), len(records(api, id, run)[0]["attempts"])) == (4, 4)
    assert "HTTP 503" in ended["error"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"on_error": "continue"}, ["after", "next", "next"]),
        ({"on_error": "branch", "on_error_steps": [notify("sorry")]}, ["after", "next", "next", "sorry"]),
        ({}, []),
    ],
)
def test_within_a_loop(api: Api, receiver: Provider, more: dict[str, Any], told: list[str]) -> None:
    receiver.reply = lambda n: Reply(400) if n == 1 else Reply()
    inner = [_call(receiver, **more), notify("next")]
    loop = {"id": "each", "action": "for_each", "config": {"items": [1, 2], "steps": inner}}
    id, run = start(api, loop, notify("after"))
    ended = reach(api, id, run, "success", "failed")
    assert (ended["status"], titles(api)) == ("success" if more else "failed", told)


def test_a_failed_run_is_in_the_dead_letter_list_and_goes_on_at_a_click(api: Api, receiver: Provider) -> None:
    receiver.reply = lambda n: Reply(400) if n == 1 else Reply()
    id, run = start(api, notify("before"), _call(receiver), notify("after"))
    reach(api, id, run, "failed")
    (dead,) = api.get("/api/automations/executions", status="failed")["executions"]
    assert (dead["id"], "refused the call (HTTP 400)" in dead["error"]) == (run, True)
    assert dead["results"]["call"]["status"] == "failed"
    api.post(f"/api/automations/{id}/executions/{run}/retry")
    reach(api, id, run, "success")
    assert (titles(api), api.get("/api/automations/executions", status="failed")["total"]) == (["after", "before"], 0)
