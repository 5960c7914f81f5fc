"""What a new revision is asked, and which answers are good."""

from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import Http
from infra.deploy import smoke
from infra.deploy.plan import plan
from infra.deploy.smoke import Probe, Response
from infra.deploy.traffic import Service
from tests.infra.deploy import recorded

PRIVATE = smoke.private_paths()
PROBLEM = '{"success":false,"type":"urn:problem:unauthenticated"}'


def _service(name: str) -> Service:
    return Service(name, "https://old", {}, follows=False, ready="r2", created="r2", next_url="https://next")


def _probe(status: int) -> Probe:
    return Probe("prospects", "https://next/api/prospects", status)


def test_every_public_path_is_asked_at_the_new_revision() -> None:
    asked = {
        probe.url: probe.status
        for name, function in plan().functions.items()
        for probe in smoke.probes(_service(name), function.paths, PRIVATE)
    }
    paths = {p for s in FUNCTIONS if isinstance(s.trigger, Http) for p in (s.trigger.path, *s.trigger.aliases)}
    assert set(asked) == {f"https://next{path}" for path in paths}
    assert asked["https://next/api/health"] == asked["https://next/api/docs"] == 200
    assert asked["https://next/api/prospects"] == 401
    assert asked["https://next/api/hooks"] == 0
    assert sum(status == 401 for status in asked.values()) >= 15


def test_a_function_that_has_no_tag_is_asked_at_its_own_address() -> None:
    service = Service("health", "https://own", {}, follows=True, ready="r1", created="r1")
    (probe,) = smoke.probes(service, ("/api/health",), PRIVATE)
    assert probe.url == "https://own/api/health"


@pytest.mark.parametrize(
    ("probe", "response"),
    [
        (_probe(401), Response(401, PROBLEM)),
        (_probe(200), Response(200, "{}")),
        (_probe(0), Response(404, '{"type":"urn:problem:not-found"}')),
        (_probe(0), Response(200, "ok")),
    ],
)
def test_good_answers(probe: Probe, response: Response) -> None:
    assert smoke.fault(probe, response) is None


@pytest.mark.parametrize(
    ("probe", "response", "words"),
    [
        (_probe(401), Response(200, "[]"), "answered 200, not 401"),  # it would let anybody in
        (_probe(200), Response(500, "Internal"), "answered 500"),
        (_probe(0), Response(503, PROBLEM), "answered 503"),
        (_probe(0), Response(404, "<html>Google"), "answered 404"),
        (_probe(401), Response(403, "<html>Forbidden"), "allUsers lacks roles/run.invoker"),
        (_probe(401), Response(0, "timed out"), "was not answered: timed out"),
    ],
)
def test_bad_answers(probe: Probe, response: Response, words: str) -> None:
    assert words in (smoke.fault(probe, response) or "")


def test_a_job_is_good_when_a_later_attempt_ended_well() -> None:
    before: dict[str, Any] = recorded.content("job")
    later = {**before, "lastAttemptTime": "2026-11-30T04:05:00.100Z"}
    assert smoke.job_fault(before, before, "j") == ""  # not yet
    assert smoke.job_fault(before, later, "j") is None
    assert smoke.job_fault({}, before, "j") is None  # its first
    assert "code 13" in (smoke.job_fault(before, {**later, "status": {"code": 13}}, "j") or "")
    assert "cannot be read" in (smoke.job_fault(before, None, "j") or "")
