"""A user, and a time that stands until the test moves it."""

from collections.abc import Iterator

import pytest

from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.settings import Settings
from tests.automations.scenario import standing_clock
from tests.domains.analytics.world import NOW


@pytest.fixture
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock(NOW) as standing:
        yield standing


@pytest.fixture
def uid() -> str:
    return f"user-{new_id()}"
