"""One trace from a request through events, messages and tasks to each step and each call of a provider."""

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten
from infra.chaos.receiver import Receiver
from infra.local.cloud import LocalCloud
from infra.local.process import free_port
from shared import settings, telemetry, tracing
from shared.gcp import firestore
from shared.gcp.event_sources import COLLECTIONS
from shared.gcp.trace_marks import FIELD
from shared.kit import traces
from tests.fixtures.api import Api
from tests.fixtures.collector import Collector, Recorded
from tests.fixtures.framework import Framework
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, completion

TRACE, CALLER = "a" * 32, "b" * 16
KEY = "sk-secret-key"
SECRET = "token-of-the-receiver"
_PIECES = {"pieces": [{"subject": "Hello", "text": "Hi Ann, may I ask what you think of the offer?"}]}
_CSV = "name,email,company\nAnn Lee,ann@acme.example,Acme\n"


PLATFORM = {"x-caller-secret": "s" * 20, "traceparent": f"00-{TRACE}-{CALLER}-01"}


@contextmanager
def _recording(url: str, **more: Any) -> Iterator[None]:
    config = settings.current().model_copy(update={"traces_url": url, "traces_ratio": 1.0, **more})
    replaced = settings.use(config)
    recorder = tracing.use(telemetry.recorder())
    try:
        yield
    finally:
        tracing.use(recorder)
        settings.use(replaced)


def _import(api: Api, traceparent: str = f"00-{TRACE}-{CALLER}-01") -> str:
    headers = {"Content-Type": "text/csv", "traceparent": traceparent}
    api.ok(api.http.post("/api/prospects/import", content=_CSV, headers=headers))
    id: str = eventually(lambda: api.get("/api/prospects")["prospects"])[0]["id"]
    return id


def _automation(api: Api, url: str) -> str:
    return api.automation(
        "new_prospect_added",
        {"id": "draft", "action": "generate_outreach"},
        {"id": "pause", "action": "delay", "config": {"seconds": 1}},
        {"id": "call", "action": "call_webhook", "config": {"url": url, "headers": {"x-token": SECRET}}},
    )


def test_one_trace_from_an_import_to_each_step_and_provider_call(api: Api) -> None:
    with (
        Collector() as collector,
        Receiver() as receiver,
        Provider(lambda n: completion(_PIECES)) as model,
        _recording(collector.url, llm_api_key=KEY, llm_base_url=f"{model.url}", provider_attempts=1),
    ):
        automation = _automation(api, f"{receiver.url}?token={SECRET}")
        _import(api)
        eventually(lambda: [run["status"] for run in api.executions(automation)] == ["success"])
        spans = eventually(lambda: _whole(collector))
    by_id = {span.id: span for span in spans}

    def parent(span: Recorded) -> str:
        return by_id[span.parent].name

    [request] = [span for span in spans if span.name == "prospects"]
    assert (request.parent, request.kind, request.attributes["route"]) == (CALLER, 2, "POST /api/prospects/import")
    [event] = [span for span in spans if span.name == "prospect_written"]
    assert (parent(event), event.kind, event.attributes["outcome"]) == ("prospects", 5, "done")
    assert event.attributes["age_ms"] >= 0
    messages = [span for span in spans if span.name in ("run_execution", "wake_execution")]
    assert [parent(span) for span in messages if span.name == "run_execution"] == ["prospect_written"]
    assert [parent(span) for span in messages if span.name == "wake_execution"] == ["run_execution"]
    run = api.executions(automation)[0]["id"]
    steps = [span for span in spans if span.name.startswith("step ")]
    assert {span.attributes["step"] for span in steps} == {"draft", "pause", "call"}
    assert {(span.attributes["execution_id"], span.attributes["attempt"]) for span in steps} == {(run, 1)}
    assert {parent(span) for span in steps} <= {"prospect_written", "run_execution", "wake_execution"}
    outcomes = {(span.attributes["action"], span.attributes["outcome"]) for span in steps}
    assert outcomes >= {("generate_outreach", "done"), ("delay", "wait"), ("call_webhook", "effect")}
    assert ("call_webhook", "done") in outcomes
    calls = [span for span in spans if span.kind == 3]
    assert {(span.name, parent(span)) for span in calls} == {
        ("llm", "step generate_outreach"),
        ("web", "step call_webhook"),
    }
    assert not [word for word in (SECRET, KEY, api.uid, "ann@acme.example") if word in str(spans)]


def _whole(collector: Collector) -> list[Recorded]:
    """The trace's spans, once all that others stand below are there, and the last call's."""
    spans = [span for span in collector.spans if span.trace == TRACE]
    assert {span.parent for span in spans} - {CALLER} <= {span.id for span in spans}
    assert {"prospects", "prospect_written", "wake_execution", "web"} <= {span.name for span in spans}
    return spans


def test_a_mark_is_in_the_document_alone_and_the_next_writers_own(api: Api) -> None:
    with Collector() as collector, _recording(collector.url):
        id = _import(api)
        document = firestore.client().get(f"users/{api.uid}/prospects/{id}")
        assert document is not None
        assert document.data["traceparent"].startswith(f"00-{TRACE}-")
        assert "traceparent" not in api.get(f"/api/prospects/{id}")["prospect"]
        other = f"00-{'c' * 32}-{CALLER}-00"
        api.ok(api.http.patch(f"/api/prospects/{id}", json={"company": "B"}, headers={"traceparent": other}))
        eventually(lambda: [span for span in collector.spans if span.name == "prospect_written"][1:])
        written = [span.trace for span in collector.spans if span.name == "prospect_written"]
        assert sorted(written) == [TRACE, "c" * 32]
        activity = api.get("/api/activity")
        assert "traceparent" not in str(activity)


def test_nothing_is_marked_or_sent_for_a_trace_that_is_not_chosen(api: Api) -> None:
    with Collector() as collector, _recording(collector.url, traces_ratio=0.0):
        id = _import(api)
        document = firestore.client().get(f"users/{api.uid}/prospects/{id}")
        assert document is not None
        assert "traceparent" not in document.data
        assert collector.spans == []


@pytest.mark.parametrize("trouble", ["down", "hanging", "refusing"])
def test_a_collector_in_trouble_delays_and_fails_nothing(api: Api, trouble: str) -> None:
    with (
        Collector(status=503 if trouble == "refusing" else 200, seconds=60 if trouble == "hanging" else 0) as collector,
        Receiver() as receiver,
        _recording(collector.url if trouble != "down" else f"http://127.0.0.1:{free_port()}/v1/traces"),
    ):
        automation = api.automation(
            "new_prospect_added", {"action": "call_webhook", "config": {"url": receiver.url}}, "send_notification"
        )
        _import(api)
        eventually(lambda: [run["status"] for run in api.executions(automation)] == ["success"])
        for _ in range(20):
            assert api.http.get("/api/prospects").status_code == 200
        assert receiver.calls.total() == 1


def test_a_served_function_sends_before_it_answers_a_message_and_when_it_is_stopped(
    cloud: LocalCloud, project: str, tmp_path: Path
) -> None:
    """Under Gunicorn, which forks; an instance has no CPU after its answer, and some seconds when it is stopped."""
    with Collector() as collector:
        env = {
            "GOOGLE_CLOUD_PROJECT": project,
            "FIRESTORE_EMULATOR_HOST": cloud.emulators.firestore_host,
            "LOCAL_CALLER_SECRET": PLATFORM["x-caller-secret"],
            "TRACES_URL": collector.url,
            "TRACES_RATIO": "1",
            "TRACES_HEADERS": "x-key=of-the-collector",
        }
        message = b64encode(json.dumps({"uid": "u", "execution_id": "e", "automation_id": "a"}).encode()).decode()
        with (
            Framework("run_execution", tmp_path / "run", env) as run,
            Framework("health", tmp_path / "health", env) as health,
        ):
            eventually(lambda: run.listens() and health.listens())
            content = json.dumps({"message": {"data": message}})
            assert run.http.post("/", headers=PLATFORM, content=content).status_code == 200
            assert [span.name for span in collector.spans] == ["run_execution"]
            assert collector.headers[0]["x-key"] == "of-the-collector"
            assert "of-the-collector" not in run.said
            assert health.http.get("/api/health", headers=PLATFORM).status_code == 200
            health.stop()
            assert sorted(span.name for span in collector.spans) == ["health", "run_execution"]
        assert {(span.trace, span.parent) for span in collector.spans} == {(TRACE, CALLER)}


def test_the_collections_that_are_marked_are_those_with_events_and_marks_are_not_indexed(root: Path) -> None:
    triggers = [spec.trigger for spec in FUNCTIONS if isinstance(spec.trigger, DocumentWritten)]
    assert sorted(trigger.document.split("/")[2] for trigger in triggers) == sorted(COLLECTIONS)
    overrides = json.loads((root / "infra/firestore/firestore.indexes.json").read_text())["fieldOverrides"]
    exempt = {
        each["collectionGroup"] for each in overrides if each["fieldPath"] in ("*", FIELD) and not each["indexes"]
    }
    assert exempt >= set(COLLECTIONS)


@pytest.mark.parametrize("name", ["prospects", "prospect_written", "run_execution"])
def test_without_a_collector_nothing_of_opentelemetry_is_loaded(root: Path, name: str) -> None:
    module = next(spec.module for spec in FUNCTIONS if spec.name == name)
    code = f"import sys, {module}; print([m for m in sys.modules if m.startswith('opentelemetry.')])"
    for url, loads in (("", False), ("http://127.0.0.1:9/v1/traces", True)):
        env = {"PYTHONPATH": str(root), "GOOGLE_CLOUD_PROJECT": "p", **({"TRACES_URL": url} if url else {})}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        assert ("opentelemetry" in done.stdout) is loads


TRACEPARENTS = {
    f"00-{TRACE}-{CALLER}-01": (TRACE, CALLER, True),
    f"00-{TRACE}-{CALLER}-00": (TRACE, CALLER, False),
    f"cc-{TRACE}-{CALLER}-03-more": (TRACE, CALLER, True),
    f"00-{TRACE}-{CALLER}-01-more": None,
    f"ff-{TRACE}-{CALLER}-01": None,
    f"00-{'0' * 32}-{CALLER}-01": None,
    f"00-{TRACE}-{'0' * 16}-01": None,
    f"00-{TRACE.upper()}-{CALLER}-01": None,
    f"00-{TRACE}-{CALLER}-01\n": None,
    "": None,
}


@pytest.mark.parametrize("header", TRACEPARENTS)
def test_a_traceparent_is_read_as_the_standard_says(header: str) -> None:
    expected = TRACEPARENTS[header]
    place = traces.parsed(header)
    assert (place and (place.trace, place.span, place.sampled)) == expected
    if place and header.startswith("00"):
        assert str(place) == header


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (f"{TRACE}/12345;o=1", f"{12345:016x}"),
        (f"{TRACE}/12345", f"{12345:016x}"),
        (TRACE, None),
        (f"{TRACE}/0;o=1", None),
        (f"{TRACE}/{2**64};o=1", None),
        ("nonsense", None),
    ],
)
def test_googles_older_header_is_read_where_the_newer_is_missing(header: str, span: str | None) -> None:
    place = traces.of_caller(None, header)
    assert (place.span if place else None) == span
    newer = traces.of_caller(f"00-{TRACE}-{CALLER}-01", header)
    assert newer is not None
    assert newer.span == CALLER
