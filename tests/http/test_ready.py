"""GET /api/ready says within bounded time what does not answer, and cannot be used to make load."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.http import ready
from infra.local.process import free_port, listening_socket
from shared import settings
from shared.errors import Forbidden, Misconfigured
from shared.runtime.readiness import Readiness
from tests.fixtures.api import Api

_BOUND = 30.0  # seconds: far above what is allowed to a check, on a busy machine


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    ready.readiness.forget()
    yield
    ready.readiness.forget()


def _with(**update: Any) -> None:
    settings.use(settings.current().model_copy(update=update))


def _problem(api: Api) -> dict[str, str]:
    """What is not ready, by the name of its check; it is told within the bound, and once for all callers."""
    began = time.monotonic()
    answer = api.http.get("/api/ready")
    assert time.monotonic() - began < _BOUND
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) > 0
    assert "127.0.0.1" not in answer.text
    assert "grpc" not in answer.text.lower()
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


def test_everything_answers_and_one_document_is_read_for_it(api: Api) -> None:
    answer = api.http.get("/api/ready")
    assert answer.json() == {"success": True, "status": "ready", "checks": ["store", "messages", "tasks"]}
    assert answer.headers["x-firestore-cost"] == "rpcs=1 reads=1 writes=0 commits=0"
    assert api.http.get("/api/ready").headers["x-firestore-cost"] == "rpcs=0 reads=0 writes=0 commits=0"
    assert api.http.get("/api/ready", headers={"Authorization": ""}).status_code == 200


@pytest.mark.parametrize(
    ("setting", "check"),
    [
        ("firestore_emulator_host", "store"),
        ("pubsub_emulator_host", "messages"),
        ("cloud_tasks_emulator_host", "tasks"),
    ],
)
def test_what_is_down_or_takes_bytes_and_says_nothing_is_named(api: Api, setting: str, check: str) -> None:
    working = settings.current()
    _with(**{setting: f"127.0.0.1:{free_port()}"})
    assert _problem(api) == {check: "does not answer"}
    with listening_socket(0) as silent:
        ready.readiness.forget()
        _with(**{setting: f"127.0.0.1:{silent.getsockname()[1]}"})
        assert _problem(api) == {check: "does not answer"}
        assert api.http.get("/api/health").status_code == 200
    settings.use(working)
    assert api.http.get("/api/ready").status_code == 503  # which stands for some seconds
    ready.readiness.forget()
    assert api.http.get("/api/ready").status_code == 200


def test_a_topic_that_was_not_deployed_is_missing(api: Api) -> None:
    _with(project="nothing-deployed")
    assert _problem(api) == {"messages": "is not set up"}


def test_many_at_once_ask_once() -> None:
    asked: list[float] = []
    begun = threading.Event()

    def check(seconds: float) -> None:
        asked.append(seconds)
        begun.wait(0.2)

    readiness = Readiness({"store": check})
    with ThreadPoolExecutor(20) as pool:
        assert {tuple(answer) for answer in pool.map(lambda n: readiness.confirm(), range(100))} == {("store",)}
    assert len(asked) == 1


def test_each_failure_has_its_sentence_and_a_check_that_never_ends_is_given_up(api: Api) -> None:
    def raising(error: Exception) -> Any:
        def check(seconds: float) -> None:
            raise error

        return check

    forever = threading.Event()
    checks = {
        "missing": raising(Misconfigured("secret inside")),
        "refused": raising(Forbidden("secret inside")),
        "broken": raising(ZeroDivisionError("secret inside")),
        "hanging": lambda seconds: forever.wait(60) and None,
        "fine": lambda seconds: None,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ready, "readiness", Readiness(checks))
        problem = _problem(api)
    forever.set()
    assert problem == {
        "missing": "is not set up",
        "refused": "refuses what it is asked",
        "broken": "cannot be asked",
        "hanging": "does not answer",
    }


def test_one_client_may_not_ask_without_end(api: Api) -> None:
    _with(address_requests_per_minute=2)
    statuses = [api.http.get("/api/ready").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert api.http.get("/api/health").status_code == 200
