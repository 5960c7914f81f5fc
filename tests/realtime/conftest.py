"""The realtime function in a process of its own, and two of its users."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from infra.local.cloud import LocalCloud
from shared.settings import Settings
from tests.fixtures.framework import Framework
from tests.fixtures.live import User, environment
from tests.fixtures.waiting import eventually

_PROJECT = f"t-{uuid4().hex[:16]}"


@pytest.fixture(scope="package")
def _function(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Framework]:
    """One process for all tests that leave it as it was: it takes longer to start than most of them take."""
    folder = tmp_path_factory.mktemp("realtime")
    with Framework("realtime", folder / "live", environment(cloud, _PROJECT)) as function:
        yield function


@pytest.fixture
def project(request: pytest.FixtureRequest, project: str) -> str:
    """That of the function that is shared, for tests that use it; else a fresh one."""
    return _PROJECT if "_function" in request.fixturenames else project


@pytest.fixture
def live(_function: Framework, local_settings: Settings) -> Framework:
    eventually(_function.listens)
    return _function


@pytest.fixture
def ann(live: Framework, project: str) -> Iterator[User]:
    with User(live, project) as user:
        yield user


@pytest.fixture
def bob(live: Framework, project: str) -> Iterator[User]:
    with User(live, project) as user:
        yield user
