"""What deployed functions log: a JSON object a line, one for each call, with what Google's consoles read from it."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.events.cloud.firestore import DocumentEventData

from infra.local.cloud import LocalCloud
from shared.kit.ids import new_id
from tests.fixtures.framework import Framework
from tests.fixtures.tokens import unsigned
from tests.fixtures.waiting import eventually

PROJECT = f"logs-{uuid4().hex[:12]}"
SECRET = "caller-secret-of-the-logs"
KEY = "sk-live-4711-0815-settings"
UID = "ann-the-user"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PLATFORM = {"x-caller-secret": SECRET, "traceparent": f"00-{TRACE}-{SPAN}-01"}
NAMES = ("prospects", "prospect_written", "run_execution", "wake_execution", "follow_ups_due")
_PLANT = f"""
import os
from shared.gcp.firestore import Firestore
attempt = Firestore._attempt
def broken(self, *args, **kwargs):
    if os.path.exists(__file__ + ".fault"):
        raise ZeroDivisionError("planted\\nwith Authorization: Bearer {KEY}")
    return attempt(self, *args, **kwargs)
Firestore._attempt = broken
"""


@pytest.fixture(scope="module")
def served(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Framework]]:
    """A function of each kind, in a process of its own."""
    env = {
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "FIRESTORE_EMULATOR_HOST": cloud.emulators.firestore_host,
        "PUBSUB_EMULATOR_HOST": cloud.emulators.pubsub_host,
        "CLOUD_TASKS_EMULATOR_HOST": cloud.tasks.host,
        "LOCAL_CALLER_SECRET": SECRET,
        "LLM_API_KEY": KEY,
        "K_REVISION": "prospects-00042-abc",
    }
    folder = tmp_path_factory.mktemp("framework")
    functions = {name: Framework(name, folder / name, env, _PLANT) for name in NAMES}
    try:
        eventually(lambda: all(function.listens() for function in functions.values()))
        yield functions
    finally:
        for function in functions.values():
            function.stop()
            function.http.close()


@pytest.fixture
def fault(served: dict[str, Framework]) -> Iterator[None]:
    """The store's client is broken in every process."""
    files = [Path(f"{function.main}.fault") for function in served.values()]
    for file in files:
        file.touch()
    yield
    for file in files:
        file.unlink()


def _call(function: Framework, *, id: str = "") -> int:
    """A call as the platform makes it; answers its status."""
    headers, content = dict(PLATFORM), b""
    if function.name == "prospects":
        headers = {"Authorization": f"Bearer {unsigned(PROJECT, UID)}", "traceparent": PLATFORM["traceparent"]}
        return function.http.get(f"/api/prospects/{id or new_id()}", headers=headers).status_code
    message = json.dumps({"uid": UID, "execution_id": f"run-{id}", "automation_id": "a"}).encode()
    ago = datetime.now(UTC) - timedelta(seconds=30)
    match function.name:
        case "prospect_written":
            headers |= _event_headers(id)
            content = _document_event(ago)
        case "run_execution":
            traced = {"traceparent": f"00-{'1' * 32}-{'2' * 16}-01"}
            sent = {"data": b64encode(message).decode(), "publishTime": ago.isoformat(), "attributes": traced}
            content = json.dumps({"message": sent, "deliveryAttempt": 3}).encode()
        case "wake_execution":
            headers |= {"X-CloudTasks-TaskRetryCount": "2", "X-CloudTasks-TaskETA": str(ago.timestamp())}
            content = message
        case "follow_ups_due":
            headers |= {"X-CloudScheduler-ScheduleTime": f"{ago:%Y-%m-%dT%H:%M:%SZ}"}
    return function.http.post("/", headers=headers, content=content).status_code


def _event_headers(id: str) -> dict[str, str]:
    return {
        "ce-id": id or new_id(),
        "ce-source": "//firestore.googleapis.com/projects/p/databases/(default)",
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.firestore.document.v1.written",
        "ce-time": "2026-01-01T00:00:00Z",
        "ce-document": f"users/{UID}/prospects/p1",
        "content-type": "application/protobuf",
    }


def _document_event(at: datetime) -> bytes:
    fields = {"name": {"string_value": "Ann"}, "user_id": {"string_value": UID}}
    raw: bytes = DocumentEventData.serialize(
        DocumentEventData(value={"name": "x", "fields": fields, "update_time": at, "create_time": at})
    )
    return raw


@pytest.mark.parametrize("name", NAMES)
def test_each_call_is_one_line_with_what_it_was_and_what_it_cost(served: dict[str, Framework], name: str) -> None:
    function, id = served[name], new_id()
    before = len(function.lines())
    status = _call(function, id=id)
    assert status == (404 if name == "prospects" else 200)
    eventually(lambda: len(function.lines()) > before)
    [line] = function.lines()[before:]
    kinds = dict(zip(NAMES, ("request", "event", "message", "task", "schedule"), strict=True))
    assert line["function"] == name
    assert line["kind"] == kinds[name]
    assert line["severity"] == "INFO"
    assert line["outcome"] == ("refused" if name == "prospects" else "done")
    assert line["latency_ms"] > 0
    assert {type(line["cost"][part]) for part in ("rpcs", "reads", "writes", "commits")} == {int}
    assert line["cost"]["rpcs"] >= 1
    assert datetime.fromisoformat(line["time"]).tzinfo
    trace = "1" * 32 if name == "run_execution" else TRACE
    assert line["logging.googleapis.com/trace"] == f"projects/{PROJECT}/traces/{trace}"
    assert line["logging.googleapis.com/spanId"] == ("2" * 16 if name == "run_execution" else SPAN)
    assert line["logging.googleapis.com/trace_sampled"] is True
    if name != "prospects":
        assert 30_000 <= line["age_ms"] < 600_000
    if name in ("run_execution", "wake_execution"):
        assert (line["attempt"], line["verdict"], line["execution_id"]) == (3, "done", f"run-{id}")
    if name == "follow_ups_due":
        assert line["result"] == {"announced": 0}
    assert ("user" in line) == (name != "follow_ups_due")


def test_a_request_says_what_it_was_as_cloud_logging_reads_it(served: dict[str, Framework]) -> None:
    function, id = served["prospects"], new_id()
    _call(function, id=id)
    [line] = [line for line in function.lines() if id in str(line.get("httpRequest"))]
    http = line["httpRequest"]
    assert (http["requestMethod"], http["requestUrl"], http["status"]) == ("GET", f"/api/prospects/{id}", 404)
    assert http["latency"].endswith("s")
    assert float(http["latency"][:-1]) > 0
    assert int(http["responseSize"]) > 0
    assert "python-httpx" in http["userAgent"]
    assert line["route"] == "GET /api/prospects/{id}"
    assert line["error"] == "not-found"


def test_what_metrics_are_made_of_is_in_the_lines(served: dict[str, Framework], root: Path) -> None:
    """Terraform names kinds, values and labels; a metric of a field that no line has would stay empty."""
    for function in served.values():
        _call(function)
    served["wake_execution"].http.post("/", headers=PLATFORM, content=b"{}")
    lines = [line for function in served.values() for line in function.lines() if "kind" in line]
    kinds = {line["kind"] for line in lines}
    checked = set()
    for name, text in re.findall(r"^    (\w+) += {(.+)}$", (root / "infra/terraform/metrics.tf").read_text(), re.M):
        metric = {key: json.loads(value) for key, value in re.findall(r'(\w+) = (\[.*?\]|"[^"]*"|null)', text)}
        if not kinds & set(metric.get("kinds", kinds)):
            continue
        chosen = [line for line in lines if line["kind"] in metric.get("kinds", kinds)]
        chosen = [line for line in chosen if line["outcome"] == metric.get("outcome", line["outcome"])]
        assert chosen, name
        labelled = [line for line in chosen if set(metric["labels"]) <= line.keys()]
        assert len(labelled) == len([line for line in chosen if "/…" not in str(line)]), name
        for part in (metric["value"] or "kind").split("."):
            chosen = [line[part] for line in chosen if part in line]  # a call that came without its time has no age
        assert {type(value) for value in chosen} & ({int, float} if metric["value"] else {str}), name
        checked.add(name)
    assert {"request_latency", "event_age", "queue_age", "schedule_delay", "refused", "reads"} <= checked


@pytest.mark.usefixtures("fault")
@pytest.mark.parametrize("name", NAMES)
def test_an_exception_is_one_line_that_error_reporting_groups(served: dict[str, Framework], name: str) -> None:
    function = served[name]
    before = len(function.lines())
    assert _call(function) == 500
    eventually(lambda: len(function.lines()) > before)
    [line] = [line for line in function.lines()[before:] if "kind" in line]
    assert (line["severity"], line["outcome"], line["function"]) == ("ERROR", "failed", name)
    assert line["@type"].endswith("devtools.clouderrorreporting.v1beta1.ReportedErrorEvent")
    assert line["serviceContext"] == {"service": name, "version": "prospects-00042-abc"}
    assert line["stack_trace"].startswith("Traceback (most recent call last):")
    assert "ZeroDivisionError: planted\nwith Authorization: Bearer ***" in line["stack_trace"]
    assert "in broken" in line["stack_trace"]


def test_what_is_refused_for_good_is_one_line_too(served: dict[str, Framework]) -> None:
    function = served["wake_execution"]
    before = len(function.lines())
    assert function.http.post("/", headers=PLATFORM, content=b"{}").status_code == 200
    [line] = _calls(function, before)
    assert (line["severity"], line["outcome"], line["error"]) == ("ERROR", "refused", "invalid")
    assert function.http.post("/", content=b"{}").status_code == 403
    [_, line] = _calls(function, before)
    assert (line["severity"], line["outcome"], line["error"]) == ("WARNING", "denied", "forbidden")


def _calls(function: Framework, before: int) -> list[dict[str, Any]]:
    """The lines of calls since then; beside them is what a call has to tell of, such as a dead letter."""
    return [line for line in function.lines()[before:] if "kind" in line]


_ODD = {
    "x-cloudtasks-taskretrycount": "9" * 5_000,
    "x-cloudtasks-tasketa": "1e999",
    "x-cloudscheduler-scheduletime": "0001-01-01T00:00:00+23:59",
    "traceparent": "00-nonsense",
    "x-cloud-trace-context": "9" * 32 + "/" + "9" * 20,
}


@pytest.mark.parametrize("name", ["run_execution", "wake_execution", "follow_ups_due"])
def test_what_a_stranger_sends_is_denied_whatever_it_is(served: dict[str, Framework], name: str) -> None:
    function = served[name]
    before = len(function.lines())
    for content in (
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"message": {"attributes": [], "publishTime": 1}, "deliveryAttempt": "x"}',
    ):
        assert function.http.post("/", headers=_ODD, content=content).status_code == 403
    assert [line["outcome"] for line in _calls(function, before)] == ["denied"] * 4


def test_a_path_that_nothing_serves_is_a_line_without_it(served: dict[str, Framework]) -> None:
    function = served["prospects"]
    before = len(function.lines())
    assert function.http.get("/robots.txt").status_code == 404
    assert function.http.get("/api/elsewhere/s3cret").status_code == 404
    lines = function.lines()[before:]
    assert [line["httpRequest"]["status"] for line in lines] == [404, 404]
    assert "s3cret" not in str(lines)


def test_neither_users_nor_secrets_are_in_any_line(served: dict[str, Framework]) -> None:
    for name, function in served.items():
        _call(function)
        assert function.lines(), name
        for secret in (UID, KEY, SECRET, "eyJ"):
            assert [line for line in function.lines() if secret in json.dumps(line)] == []
    users = {line["user"] for function in served.values() for line in function.lines() if "user" in line}
    assert len(users) == 1
    assert len(users.pop()) == 16


def test_what_nobody_catches_is_json_too(tmp_path: Path) -> None:
    plant = """
import logging, threading, warnings
threading.Thread(target=lambda: 1 / 0).start()
warnings.warn("an odd thing")
logging.getLogger("elsewhere").error("a faulty %d", "call")
logging.getLogger("elsewhere").info("a\\nb")
"""
    with Framework("health", tmp_path, {"GOOGLE_CLOUD_PROJECT": "p"}, plant) as function:
        eventually(function.listens)
        assert "division by zero" in function.line(message="a thread ends: ZeroDivisionError")["stack_trace"]
        assert any("an odd thing" in line["message"] for line in function.lines(severity="WARNING"))
        [faulty] = [line for line in function.lines() if line["message"] == "a faulty %d"]
        assert faulty["context"]["reportLocation"]["functionName"]
        assert function.line(message="a\nb")
        function.kill_workers()
        [killed] = eventually(lambda: [line for line in function.lines() if "SIGKILL" in line["message"]])
        assert killed["severity"] == "ERROR"


def test_an_error_while_a_function_is_imported_is_json(tmp_path: Path) -> None:
    with Framework("health", tmp_path, {"GOOGLE_CLOUD_PROJECT": "p"}, "\nimport no_such_module\n") as function:
        assert function.process.wait(60) == 1
        line = function.line(severity="CRITICAL")
        assert "No module named 'no_such_module'" in line["stack_trace"]
        assert line["@type"]
