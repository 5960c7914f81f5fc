"""Every research engine against a server that answers as its vendor documents, and fails in each way it can."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.context import Context
from shared.errors import Ambiguous, AppError, ProviderError, RequestRefused, TooManyRequests, Unavailable
from shared.meter import Usage
from shared.providers import search
from shared.providers.search.base import SearchResults
from shared.providers.search.perplexity import Perplexity
from tests.providers.fake import Provider, Reply, answer, cut_off, huge

PERPLEXITY = {
    "id": "s1",
    "results": [
        {"title": "Tutoring", "url": "https://a.example/1", "snippet": "Rates rise", "date": "2026-05-01"},
        {"title": "No address", "snippet": "?"},
    ],
}
AGENT = {
    "id": "r1",
    "object": "response",
    "status": "completed",
    "output": [
        {
            "type": "search_results",
            "queries": ["tutors"],
            "results": [
                {"id": 1, "url": "https://a.example/1", "title": "One", "snippet": "first"},
                {"id": 2, "url": "https://a.example/2", "title": "Two", "snippet": "second"},
                {"id": 3, "url": "https://a.example/3", "title": "Three", "snippet": "third"},
            ],
        },
        {"type": "message", "content": [{"type": "output_text", "text": "Rates rise [3]. Supply falls [1][9]."}]},
    ],
    "usage": {"total_tokens": 320, "cost": {"total_cost": 0.0123}},
}
FIRECRAWL = {
    "success": True,
    "data": {
        "web": [
            {
                "title": "Tutoring",
                "url": "https://a.example/1",
                "description": "Rates rise",
                "markdown": "# Tutoring",
                "metadata": {"publishedTime": "2026-05-01"},
            }
        ]
    },
    "creditsUsed": 3,
}
WIKIPEDIA = {
    "batchcomplete": True,
    "query": {
        "pages": [
            {"pageid": 2, "title": "Tutor", "index": 2, "extract": "A tutor.", "fullurl": "https://a.example/2"},
            {"pageid": 1, "title": "Tutoring", "index": 1, "extract": "Rates rise", "fullurl": "https://a.example/1"},
        ]
    },
}
# name -> what it answers
ENGINES = {"perplexity": PERPLEXITY, "firecrawl": FIRECRAWL, "wikipedia": WIKIPEDIA}
Configure = Callable[..., None]
Connect = Callable[..., None]


def _search(name: str) -> SearchResults:
    return search.engine(name).search("tutors", limit=5)


@pytest.mark.parametrize("name", ENGINES)
def test_it_finds(name: str, call: Context, connect: Connect) -> None:
    with Provider(lambda n: answer(ENGINES[name])) as server:
        connect(server)
        found = _search(name)
        assert _search(name) == found  # kept
    hit = found.hits[0]
    assert (hit.url, hit.title, hit.snippet) == ("https://a.example/1", "Tutoring", "Rates rise")
    assert found.answered_by == name
    assert len(server.requests) == 1
    usd = {"perplexity": 0.005, "firecrawl": 0.003}.get(name, 0.0)
    assert call.meter.usage == [Usage(name, usd=usd), Usage(name, cached=True)]


EMPTY = {
    "perplexity": {"results": []},
    "firecrawl": {"success": True, "data": {}},
    "wikipedia": {"batchcomplete": True},
}


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_found_is_no_error(name: str, call: Context, connect: Connect) -> None:
    with Provider(lambda n: answer(EMPTY[name])) as server:
        connect(server)
        assert list(_search(name).hits) == []


WAYS_OUT = ("; check ", "; top it up", "another engine", "another provider", "; ask for less")
PAID = ("perplexity", "firecrawl")
FAILURES: list[tuple[str, Callable[[], Reply], type[AppError]]] = [
    ("400", lambda: Reply(400), RequestRefused),
    ("401", lambda: Reply(401), ProviderError),
    ("402", lambda: Reply(402), ProviderError),
    ("403", lambda: Reply(403), ProviderError),
    ("408", lambda: Reply(408), Unavailable),
    ("429", lambda: Reply(429), TooManyRequests),
    ("429 later", lambda: Reply(429, headers={"Retry-After": "11"}), TooManyRequests),
    ("500", lambda: Reply(500), Unavailable),
    ("slow", lambda: Reply(seconds=3), Ambiguous),
    ("truncated", cut_off, Ambiguous),
    ("malformed", lambda: Reply(body=b"<html>"), Ambiguous),
    ("not an object", lambda: Reply(body=b"[1]"), Ambiguous),
    ("huge", huge, ProviderError),
]


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(("reply", "error"), [case[1:] for case in FAILURES], ids=[case[0] for case in FAILURES])
def test_it_fails(
    name: str, reply: Callable[[], Reply], error: type[AppError], call: Context, connect: Connect
) -> None:
    if error is Ambiguous and name not in PAID:
        error = Unavailable
    with Provider(lambda n: reply()) as server:
        connect(server, provider_seconds=0.4, firecrawl_seconds=0.4)
        with pytest.raises(error) as raised:
            _search(name)
        assert type(raised.value) is error
        assert len(server.requests) == 1  # nothing is charged twice
    if "11" in reply().headers.values():
        assert raised.value.retry_after == 11
    if error is ProviderError:
        assert any(words in raised.value.detail for words in WAYS_OUT)
    assert sum(usage.usd for usage in call.meter.usage) == 0


def test_perplexity_asks_as_documented(call: Context, connect: Connect) -> None:
    with Provider(lambda n: answer(PERPLEXITY)) as server:
        connect(server)
        _search("perplexity")
    request = server.requests[0]
    assert (request["path"], request["headers"]["authorization"]) == ("/v1/search", "Bearer p-key")
    assert request["body"] == {"query": "tutors", "max_results": 5}


def test_perplexitys_agent_answers_with_its_sources(call: Context, connect: Connect) -> None:
    with Provider(lambda n: answer(AGENT)) as server:
        connect(server, perplexity_agent=True)
        found = _search("perplexity")
    assert server.requests[0]["path"] == "/v1/v1/agent"
    assert server.requests[0]["body"] == {
        "model": "perplexity/sonar",
        "input": "tutors",
        "tools": [{"type": "web_search"}],
        "tool_choice": {"type": "web_search"},
    }
    assert found.answer == "Rates rise [1]. Supply falls [2]."  # a mark without a source is dropped
    assert [hit.title for hit in found.hits] == ["Three", "One", "Two"]
    assert call.meter.usage == [Usage("perplexity", tokens=320, usd=0.0123)]


def test_an_agents_answer_without_sources_is_no_answer(call: Context, connect: Connect) -> None:
    with Provider(lambda n: answer({**AGENT, "output": AGENT["output"][1:]})) as server:  # type: ignore[index]
        connect(server)
        found = Perplexity().answer("tutors", limit=5)
    assert (found.answer, list(found.hits)) == (None, [])
    assert "without a source" in found.notes[0]


@pytest.mark.parametrize(
    ("response", "error"),
    [
        ({"status": "failed", "error": {"type": "invalid_request", "message": "no"}}, ProviderError),
        ({"status": "failed", "error": {"type": "internal_error"}}, Unavailable),
        ({"status": "failed"}, Unavailable),
        ({"status": "cancelled", "error": {"code": "cancelled"}}, ProviderError),
        ({"status": "queued"}, Unavailable),
        ({}, Unavailable),
    ],
)
def test_a_failed_run_is_no_answer_though_its_status_is_200(
    response: dict[str, Any], error: type[AppError], call: Context, connect: Connect
) -> None:
    with Provider(lambda n: answer(response if n == 1 else AGENT)) as server:
        connect(server, perplexity_agent=True)
        with pytest.raises(error):
            _search("perplexity")
        assert _search("perplexity").answer  # the failure was not kept


def test_wikipedia_names_its_client_and_says_when_it_is_too_much(call: Context, connect: Connect) -> None:
    with Provider(lambda n: answer({"error": {"code": "ratelimited"}})) as server:
        connect(server)
        with pytest.raises(TooManyRequests):
            _search("wikipedia")
    request = server.requests[0]
    assert "prospecting-backend" in request["headers"]["user-agent"]
    assert (request["method"], request["query"]["gsrsearch"], request["query"]["exintro"]) == ("GET", "tutors", "1")


@pytest.mark.parametrize(
    ("name", "update", "words"),
    [
        ("perplexity", {"perplexity_api_key": None}, "perplexity is not connected here; it needs PERPLEXITY_API_KEY"),
        ("firecrawl", {"firecrawl_api_key": None, "firecrawl_keyless": False}, "it needs FIRECRAWL_API_KEY"),
        ("altavista", {}, "choose one of perplexity, firecrawl, wikipedia, google_search"),
    ],
)
def test_what_is_not_connected_says_what_it_needs(
    name: str, update: dict[str, Any], words: str, configure: Configure
) -> None:
    configure(**update)
    with pytest.raises(ProviderError, match=words):
        search.engine(name)
    assert name not in search.connected()
