"""Firecrawl beyond searching: it reads pages, with and without a key."""

import hashlib
from collections.abc import Callable

import pytest

from shared.context import Context
from shared.errors import NotFound, ProviderError, TooManyRequests
from shared.kit.clock import VirtualClock
from shared.meter import Usage
from shared.providers.search.firecrawl import Firecrawl
from tests.providers.fake import Provider, Reply, answer

PAGE = {
    "markdown": "# Prices",
    "metadata": {"title": "Prices", "sourceURL": "https://a.example/p", "url": "https://a.example/prices"},
}
Configure = Callable[..., None]


@pytest.fixture
def connected(configure: Configure) -> Callable[..., Firecrawl]:
    def to(server: Provider, key: str | None = "f-key") -> Firecrawl:
        configure(
            firecrawl_api_key=key,
            firecrawl_base_url=server.url,
            firecrawl_usd_per_credit=0.01,
            provider_attempts=1,
            firecrawl_seconds=2,
        )
        return Firecrawl()

    return to


Connected = Callable[..., Firecrawl]


def test_a_page(call: Context, time: VirtualClock, connected: Connected) -> None:
    with Provider(lambda n: answer({"success": True, "data": PAGE})) as server:
        page = connected(server).scrape("https://a.example/p")
    assert (page.url, page.title, page.text, page.site) == (
        "https://a.example/prices",
        "Prices",
        "# Prices",
        "a.example",
    )
    assert page.content_hash == hashlib.sha256(b"# Prices").hexdigest()
    assert page.retrieved_at == time.now()
    sent = {"url": "https://a.example/p", "formats": ["markdown"], "onlyMainContent": True, "timeout": 1_800}
    assert server.requests[0]["body"] == sent
    assert call.meter.usage == [Usage("firecrawl", usd=0.01)]


def test_a_page_that_is_gone(call: Context, connected: Connected) -> None:
    gone = {"success": True, "data": {"markdown": "Not found", "metadata": {"statusCode": 404}}}
    with Provider(lambda n: answer(gone)) as server, pytest.raises(NotFound, match="HTTP 404"):
        connected(server).scrape("https://a.example/p")


def test_without_a_key_it_works_and_costs_nothing(call: Context, connected: Connected) -> None:
    with Provider(lambda n: answer({"success": True, "data": PAGE})) as server:
        connected(server, key=None).scrape("https://a.example/p")
    assert "authorization" not in server.requests[0]["headers"]
    assert call.meter.usage == [Usage("firecrawl")]


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, ProviderError, "set FIRECRAWL_API_KEY"),
        (429, TooManyRequests, "rate limit"),
        (402, ProviderError, "credits"),
    ],
)
def test_without_a_key_it_says_what_to_do(
    status: int, error: type[Exception], words: str, call: Context, connected: Connected
) -> None:
    with Provider(lambda n: Reply(status)) as server, pytest.raises(error, match=words):
        connected(server, key=None).scrape("https://a.example/p")
