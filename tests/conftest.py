"""One local cloud per test process; a fresh project per test."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest

from infra.local.cloud import LocalCloud
from infra.local.stack import Stack
from shared import context, settings
from shared.context import Context
from shared.kit import clock
from tests.fixtures import indexes, lifetimes
from tests.fixtures.api import Api
from tests.fixtures.correspondence import SECRET as MAIL_SECRET
from tests.fixtures.served import Served

_projects: list[str] = []
# Most tests call as one user from one address as fast as they can; tests/runtime/test_rates.py has its own limits.
UNLIMITED = {"user_requests": 0, "address_requests_per_minute": 0, "wrong_tokens_per_minute": 0}
hypothesis.settings.register_profile("busy", deadline=None)  # the machine is shared: no test is one of time
hypothesis.settings.load_profile("busy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker begins with its share of the slow tests, so that none is alone with one at the end."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if item.get_closest_marker("slow")]
    others = [item for item in items if not item.get_closest_marker("slow")]
    share = -(-len(others) // workers)
    items[:] = [
        item
        for number in range(workers)
        for item in (*slow[number::workers], *others[number * share : (number + 1) * share])
    ]


def pytest_collection_finish() -> None:
    """What collecting has loaded stays to the end: Python's collector of garbage need not look at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """Emulators, gateway, queues: started once. At the end, every index that was used must be declared, and every
    document that was written must have an end."""
    folder = tmp_path_factory.mktemp("cloud")
    with LocalCloud(folder) as local, indexes.recorded() as needs, lifetimes.recorded() as written:
        yield local
        unserved = indexes.unserved(needs), indexes.reported(local.emulators.firestore_host, _projects)
        assert unserved == ([], []), f"queries need indexes that firestore.indexes.json lacks: {unserved}"
        assert lifetimes.misfits(written) == []


@pytest.fixture
def project() -> str:
    name = f"t-{uuid4().hex[:16]}"
    _projects.append(name)
    return name


@pytest.fixture(scope="session")
def _local(cloud: LocalCloud) -> settings.Settings:
    """Read once: that takes longer than much of what is tested."""
    with pytest.MonkeyPatch.context() as environment:
        _clear(environment)
        return settings.Settings.model_validate(
            {
                "firestore_emulator_host": cloud.emulators.firestore_host,
                "firebase_auth_emulator_host": "127.0.0.1:9099",
                "pubsub_emulator_host": cloud.emulators.pubsub_host,
                "cloud_tasks_emulator_host": cloud.tasks.host,
                "local_caller_secret": "test-secret",
                "mail_hook_secret": MAIL_SECRET,
                **UNLIMITED,
            }
        )


@pytest.fixture
def local_settings(cloud: LocalCloud, project: str, _local: settings.Settings) -> Iterator[settings.Settings]:
    """This process on the emulators: code under test may be called directly."""
    config = _local.model_copy(update={"project": project})
    replaced = settings.use(config)
    ticking = clock.install(clock.SharedClock(cloud.clock_file))
    yield config
    clock.install(ticking)
    settings.use(replaced)
    cloud.clock_file.unlink(missing_ok=True)


@pytest.fixture
def served(cloud: LocalCloud, local_settings: settings.Settings) -> Iterator[Served]:
    """All functions over real HTTP in this process, with document events delivered to them."""
    with Served(cloud, local_settings) as server:
        yield server


@pytest.fixture
def api(served: Served) -> Iterator[Api]:
    """The API as one signed-in user."""
    with Api(served.url, served.project) as client:
        yield client


@pytest.fixture
def stack(cloud: LocalCloud, project: str) -> Iterator[Stack]:
    """The functions in processes of their own, which a test may kill."""
    with Stack(cloud, project=project, run_schedules=False) as running:
        yield running
    cloud.clock_file.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's own environment reaches a test."""
    _clear(monkeypatch)


@pytest.fixture(autouse=True)
def _own_context() -> Iterator[None]:
    """Whom one test has called as, the next does not."""
    with context.bound(Context()):
        yield


def _clear(environment: pytest.MonkeyPatch) -> None:
    for name, field in settings.Settings.model_fields.items():
        environment.delenv(str(field.validation_alias or name).upper(), raising=False)


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parent.parent
