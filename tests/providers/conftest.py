"""A call of a known user on the emulators, with a clock that a test moves."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from shared import context, settings
from shared.context import Context, Principal
from shared.kit import clock
from shared.kit.clock import VirtualClock
from tests.providers.fake import Provider

UID = "ann"


@pytest.fixture
def time(local_settings: settings.Settings) -> Iterator[VirtualClock]:
    """Far enough from now for nothing to depend on the day of the test."""
    moved = VirtualClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    replaced = clock.install(moved)
    yield moved
    clock.install(replaced)


@pytest.fixture
def call(time: VirtualClock) -> Iterator[Context]:
    with context.bound(Context(principal=Principal(UID))) as bound:
        yield bound


@pytest.fixture
def configure(local_settings: settings.Settings) -> Callable[..., None]:
    """Change settings for the rest of the test."""

    def change(**update: Any) -> None:
        settings.use(settings.current().model_copy(update=update))

    return change


@pytest.fixture
def connect(configure: Callable[..., None]) -> Callable[..., None]:
    """Every engine at one server, with a key."""

    def to(server: Provider, **more: Any) -> None:
        update: dict[str, Any] = {
            "perplexity_api_key": "p-key",
            "firecrawl_api_key": "f-key",
            "firecrawl_usd_per_credit": 0.001,
            "perplexity_base_url": server.url,
            "firecrawl_base_url": server.url,
            "wikipedia_base_url": server.url,
            "google_search_base_url": server.url,
            "vertex_search_base_url": server.url,
            "provider_attempts": 1,
            "provider_seconds": 2.0,
            "llm_seconds": 2.0,
            "firecrawl_seconds": 2.0,
        }
        configure(**{**update, **more})

    return to
