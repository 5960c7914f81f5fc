"""What becomes of each step is one line of the log, once it is stored."""

import logging
from typing import Any

import pytest

from infra.chaos.receiver import Receiver
from infra.local.process import free_port
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

_RETRY = {"max_attempts": 2, "initial_seconds": 0.1}
_ONCE = {"max_attempts": 1}


def _played(api: Api, caplog: pytest.LogCaptureFixture, *steps: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of the steps and the end of one execution."""
    with caplog.at_level(logging.INFO, logger="app"):
        automation = api.automation("new_prospect_added", *steps)
        api.post("/api/prospects", {"name": "Ann"})
        eventually(lambda: [run["status"] in ("success", "failed") for run in api.executions(automation)] == [True])
        lines = eventually(lambda: _ended(caplog))
    run = api.executions(automation)[0]["id"]
    assert {line["execution_id"] for line in lines} == {run}
    return lines


def _ended(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    entries = [getattr(record, "fields", {}) for record in caplog.records]
    lines = [entry for entry in entries if entry.get("kind") in ("step", "execution")]
    return lines if "execution" in {line["kind"] for line in lines} else []


def test_each_thing_that_becomes_of_a_step_is_a_line(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with Receiver(busy=True) as receiver:
        *steps, end = _played(
            api,
            caplog,
            {"id": "first", "action": "send_notification"},
            {"id": "call", "action": "call_webhook", "config": {"url": receiver.url}, "retry": _RETRY},
            {"id": "never", "action": "send_notification", "when": "false"},
            {"id": "pause", "action": "delay", "config": {"seconds": 1}},
        )
    assert [(line["step"], line["attempt"], line["outcome"], line.get("error")) for line in steps] == [
        ("first", 1, "done", None),
        ("call", 1, "again", "unavailable"),
        ("call", 2, "done", None),
        ("never", 1, "skipped", None),
        ("pause", 1, "waiting", None),
        ("pause", 1, "done", None),
    ]
    assert {line["action"] for line in steps} == {"send_notification", "call_webhook", "delay"}
    assert all(line["latency_ms"] >= 0 for line in steps)
    assert (end["kind"], end["outcome"]) == ("execution", "success")


def test_a_step_that_fails_says_by_what(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    *steps, end = _played(api, caplog, {"id": "call", "action": "call_webhook", "config": {"url": url}, "retry": _ONCE})
    assert [(line["step"], line["outcome"], line["error"]) for line in steps] == [("call", "failed", "unavailable")]
    assert end["outcome"] == "failed"
    providers = [getattr(record, "fields", {}) for record in caplog.records]
    [call] = [entry for entry in providers if entry.get("kind") == "provider"]
    assert (call["provider"], call["outcome"], call["error"]) == ("web", "failed", "unavailable")


def test_messages_that_come_twice_do_not_tell_a_step_twice(
    api: Api, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    served.cloud.courier.disorder.copies = 2
    try:
        *steps, _ = _played(
            api, caplog, {"id": "a", "action": "send_notification"}, {"id": "b", "action": "add_calendar_event"}
        )
        eventually(lambda: served.cloud.courier.idle(served.url))
    finally:
        served.cloud.courier.disorder.copies = 1
    assert sorted(line["step"] for line in _ended(caplog) if line["kind"] == "step") == ["a", "b"]
    assert [line["step"] for line in steps] == ["a", "b"]
