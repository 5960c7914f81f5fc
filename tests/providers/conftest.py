"""A call of a known user on the emulators, with a clock that a test moves."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared import context, settings
from shared.context import Context, Principal
from shared.gcp import credentials
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


@pytest.fixture(scope="session")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    return key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


@pytest.fixture
def service_account(
    private_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Provider], None]]:
    """Have this process be a service account whose tokens a server issues, at /v1/token."""

    def at(server: Provider) -> None:
        account = {
            "type": "service_account",
            "client_email": "runner@p.iam.gserviceaccount.com",
            "private_key": private_key,
            "private_key_id": "1",
            "token_uri": f"{server.url}/token",
        }
        file = tmp_path / "account.json"
        file.write_text(json.dumps(account))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))

    credentials._credentials.cache_clear()
    yield at
    credentials._credentials.cache_clear()
