"""A developer's machine, and a production that differs by nothing else."""

from collections.abc import Iterator

import pytest

from shared import settings
from shared.settings import Settings


@pytest.fixture(autouse=True)
def on_emulators() -> Iterator[Settings]:
    config = Settings(
        firestore_emulator_host="127.0.0.1:8901",
        firebase_auth_emulator_host="127.0.0.1:8904",
        pubsub_emulator_host="localhost:8902",
        cloud_tasks_emulator_host="127.0.0.1:8903",
        functions_url="http://127.0.0.1:8081/_internal",
        local_url="http://127.0.0.1:8080",
    )
    replaced = settings.use(config)
    yield config
    settings.use(replaced)


@pytest.fixture
def in_production(on_emulators: Settings) -> None:
    settings.use(Settings())
