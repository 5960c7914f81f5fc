"""A user of a local cloud, and an instance that has nothing in memory."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.kit.ids import new_id
from shared.search.cache import cache


@pytest.fixture
def uid(local_settings: Any) -> Iterator[str]:
    cache.clear()
    yield f"user-{new_id()}"
    cache.clear()
