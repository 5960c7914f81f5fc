"""The Google facade: which back end answers, and that it says so."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime

import pytest

from shared.context import Context
from shared.errors import ProviderError, Unavailable
from shared.kit.clock import VirtualClock
from shared.meter import Usage
from shared.providers import search
from shared.providers.calls import Underway
from shared.providers.search import google_search
from shared.providers.search.base import SearchResults
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply, answer

CUSTOM = {"items": [{"title": "Tutoring", "link": "https://a.example/1", "snippet": "Rates rise"}]}
VERTEX = {
    "results": [
        {
            "document": {
                "derivedStructData": {
                    "title": "Tutoring",
                    "link": "https://a.example/1",
                    "snippets": [{"snippet": "Rates rise", "snippet_status": "SUCCESS"}],
                }
            }
        }
    ]
}
PERPLEXITY = {"results": [{"title": "Tutoring", "url": "https://a.example/1", "snippet": "Rates rise"}]}
CONFIG = "projects/p/locations/global/collections/c/dataStores/d/servingConfigs/default_search"
GOOGLE = {"google_search_key": "g-key", "google_search_engine_id": "cx-1"}
VERTEX_AI = {"vertex_search_config": CONFIG, "vertex_search_key": "v-key"}
CUSTOM_PATH, VERTEX_PATH = "/v1/customsearch/v1", f"/v1/{CONFIG}:searchLite"
Connect = Callable[..., None]


@pytest.fixture(autouse=True)
def _nothing_known_of_keys() -> Iterator[None]:
    yield
    google_search._closed.clear()


def _search() -> SearchResults:
    return search.engine("google_search").search("tutors", limit=5)


def _asked(server: Provider) -> list[str]:
    return [request["path"] for request in server.requests]


def test_custom_search_where_a_key_still_works(call: Context, connect: Connect) -> None:
    with Provider(lambda n: answer(CUSTOM)) as server:
        connect(server, **GOOGLE)
        found = _search()
    assert (found.answered_by, list(found.notes)) == ("google_custom_search", [])
    assert (found.hits[0].url, found.hits[0].snippet) == ("https://a.example/1", "Rates rise")
    request = server.requests[0]
    assert request["query"] == {"cx": "cx-1", "q": "tutors", "num": "5"}
    assert request["headers"]["x-goog-api-key"] == "g-key"
    assert call.meter.usage == [Usage("google_custom_search", usd=0.005)]


def test_no_items_is_nothing_found(call: Context, connect: Connect) -> None:
    with Provider(lambda n: answer({"searchInformation": {"totalResults": "0"}})) as server:
        connect(server, **GOOGLE)
        assert list(_search().hits) == []
    assert len(server.requests) == 1


def test_a_closed_project_is_asked_once_and_never_again(call: Context, connect: Connect) -> None:
    routes = {CUSTOM_PATH: Reply(403), VERTEX_PATH: answer(VERTEX)}
    with Provider(routes=routes) as server:
        connect(server, answers_kept_hours=0, **GOOGLE, **VERTEX_AI)
        for _ in range(2):
            found = _search()
            assert found.answered_by == "vertex_search"
            assert (found.hits[0].url, found.hits[0].snippet) == ("https://a.example/1", "Rates rise")
            assert any("closed Custom Search" in note for note in found.notes)
            assert "vertex_search answered in place of Google." in found.notes
    assert _asked(server) == [CUSTOM_PATH, VERTEX_PATH, VERTEX_PATH]
    assert server.requests[-1]["headers"]["x-goog-api-key"] == "v-key"


def test_custom_search_ends_with_2026(call: Context, time: VirtualClock, connect: Connect) -> None:
    time.advance(datetime(2027, 1, 1, tzinfo=UTC) - time.now())
    with Provider(routes={"/v1/search": answer(PERPLEXITY)}) as server:
        connect(server, **GOOGLE)
        found = _search()
    assert found.answered_by == "perplexity"
    assert "2027-01-01" in found.notes[0]
    assert _asked(server) == ["/v1/search"]


@pytest.mark.parametrize("failure", [Reply(429), Reply(500), Reply(400), Reply(body=b"<html>")])
def test_whoever_fails_is_stood_in_for(failure: Reply, call: Context, connect: Connect) -> None:
    with Provider(routes={CUSTOM_PATH: failure, "/v1/search": answer(PERPLEXITY)}) as server:
        connect(server, **GOOGLE)
        found = _search()
    assert found.answered_by == "perplexity"
    assert found.notes[0].startswith("google_custom_search: ")
    assert _asked(server) == [CUSTOM_PATH, "/v1/search"]


@pytest.mark.parametrize(("status", "error"), [(401, ProviderError), (503, Unavailable)])
def test_when_nobody_answers_it_says_why(status: int, error: type[Exception], call: Context, connect: Connect) -> None:
    """Only engines that somebody has connected with a key are asked instead."""
    routes = {CUSTOM_PATH: Reply(401), "/v1/search": Reply(status)}
    with Provider(routes=routes) as server:
        connect(server, **GOOGLE)
        with pytest.raises(error) as raised:
            _search()
    if error is ProviderError:
        assert "perplexity: Perplexity refused the key; check PERPLEXITY_API_KEY" in str(raised.value)
    assert set(_asked(server)) == {CUSTOM_PATH, "/v1/search"}


def test_two_at_once_do_not_ask_two_engines(call: Context, connect: Connect) -> None:
    go = threading.Event()

    def reply(n: int) -> Reply:
        go.wait(10)
        return answer(PERPLEXITY)

    with Provider(reply) as server, ThreadPoolExecutor() as pool:
        connect(server, provider_seconds=20)
        first = pool.submit(copy_context().run, _search)
        eventually(lambda: server.requests)
        with pytest.raises(Underway):
            _search()
        go.set()
        assert first.result().answered_by == _search().answered_by == "perplexity"
    assert _asked(server) == ["/v1/search"]
