"""The realtime function in a process of its own, and two of its users."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cloud import LocalCloud
from shared.settings import Settings
from tests.fixtures.framework import Framework
from tests.fixtures.live import User, environment
from tests.fixtures.waiting import eventually


@pytest.fixture
def live(cloud: LocalCloud, local_settings: Settings, tmp_path: Path) -> Iterator[Framework]:
    with Framework("realtime", tmp_path / "live", environment(cloud, local_settings.project)) as function:
        eventually(function.listens)
        yield function


@pytest.fixture
def ann(live: Framework, project: str) -> Iterator[User]:
    with User(live, project) as user:
        yield user


@pytest.fixture
def bob(live: Framework, project: str) -> Iterator[User]:
    with User(live, project) as user:
        yield user
