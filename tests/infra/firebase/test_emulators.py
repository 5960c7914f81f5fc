"""The product under the Firebase CLI's emulators: every function is loaded, and an execution runs from end to end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import Http
from infra.local import plain
from tests.fixtures import node
from tests.fixtures.api import Api
from tests.fixtures.firebase import FirebaseEmulators
from tests.fixtures.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

_STEPS = [
    {"id": "wait", "action": "delay", "config": {"seconds": 2}},
    {"id": "tell", "action": "send_notification", "config": {"title": "Hello", "message": "Back"}},
]


@pytest.fixture(scope="module")
def emulators(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirebaseEmulators]:
    packages = node.packages(root, Path(__file__).parent)
    with FirebaseEmulators(packages, tmp_path_factory.mktemp("firebase")) as running:
        yield running


def test_every_function_is_loaded_and_every_trigger_connected(emulators: FirebaseEmulators) -> None:
    (backend,) = plain.get(f"{emulators.url('functions')}/backends").json()["backends"]
    loaded = {trigger["name"]: trigger["entryPoint"] for trigger in backend["functionTriggers"]}
    assert loaded == {spec.deployed_name: spec.name for spec in FUNCTIONS}
    assert "function ignored" not in emulators.output()


def test_an_execution_runs_from_a_request_to_its_end(emulators: FirebaseEmulators) -> None:
    """Hosting sends a request to its function; the document's event starts a run, by Pub/Sub; a task wakes it."""
    with Api(emulators.url("hosting"), emulators.project) as api:
        _warm(emulators, "automations", "prospects", "notifications")
        automation = api.post(
            "/api/automations", {"name": "Welcome", "trigger": "new_prospect_added", "steps": _STEPS}
        )["automation"]
        api.post(f"/api/automations/{automation['id']}/activate")
        api.post("/api/prospects", {"name": "Ann", "company": "X", "email": "ann@example.org"})
        assert eventually(lambda: _titles(api), patience=120) == ["Hello"]


def test_what_is_nobodys_is_answered_in_our_own_words(emulators: FirebaseEmulators) -> None:
    answer = plain.get(f"{emulators.url('hosting')}/api/nothing", timeout=60)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:problem:not-found")


def test_a_schedule_can_be_run(emulators: FirebaseEmulators) -> None:
    """The emulator starts none by itself."""
    address = (
        f"{emulators.url('functions')}/functions/projects/{emulators.project}/triggers/us-central1-due-automations-0"
    )
    assert plain.post(address, json={}, timeout=60).status_code == 200


def _warm(emulators: FirebaseEmulators, *names: str) -> None:
    """Start these functions at once: the CLI starts each at its first request."""
    paths = {spec.name: spec.trigger.path for spec in FUNCTIONS if isinstance(spec.trigger, Http)}
    with ThreadPoolExecutor() as pool:
        urls = [f"{emulators.url('hosting')}{paths[name]}" for name in names]
        answers = list(pool.map(lambda url: plain.get(url, timeout=90), urls))
    assert [answer.status_code for answer in answers] == [200] * len(names), emulators.output()[-3000:]


def _titles(api: Api) -> list[Any]:
    return [notification["title"] for notification in api.get("/api/notifications")["notifications"]]
