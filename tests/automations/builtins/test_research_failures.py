"""Every engine and every way to fail: the task ends as it should, says why, and pays for nothing twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from shared import settings
from shared.domains import usage
from shared.domains.research import service
from shared.domains.usage import UsageQuery
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultInput
from shared.kit.clock import VirtualClock
from shared.providers.calls import breaker
from shared.providers.search import google_search
from shared.providers.web import robots
from tests.automations.inquiry import Inquiry
from tests.automations.scenario import standing_clock
from tests.providers.fake import Provider, Reply, answer, cut_off, huge

SNIPPET = "Agencies charge 95 dollars an hour for a mathematics tutor, more than ever before."
KNOWN = "A mathematics tutor has a price. Superintendents wait three months for a mathematics tutor on average."
URL = "http://192.0.2.7:9/prices"  # nobody reads there: what the search brings along is what is known
GOOD: dict[str, dict[str, Any]] = {
    "perplexity": {"results": [{"title": "Prices", "url": URL, "snippet": SNIPPET}]},
    "firecrawl": {"success": True, "data": {"web": [{"title": "P", "url": URL, "markdown": SNIPPET}]}},
    "google_search": {"items": [{"title": "Prices", "link": URL, "snippet": SNIPPET}]},
}
GOOD["keyless"] = GOOD["firecrawl"]
SETTINGS: dict[str, Callable[[str], dict[str, Any]]] = {
    "perplexity": lambda url: {"perplexity_api_key": "k", "perplexity_base_url": url},
    "firecrawl": lambda url: {"firecrawl_api_key": "k", "firecrawl_base_url": url, "firecrawl_usd_per_credit": 0.001},
    "keyless": lambda url: {"firecrawl_base_url": url},
    "google_search": lambda url: {
        "google_search_key": "k",
        "google_search_engine_id": "cx",
        "google_search_base_url": url,
    },
}
QUICK = {
    "provider_attempts": 1,
    "provider_seconds": 0.4,
    "firecrawl_seconds": 0.4,
    "wikipedia_base_url": "http://127.0.0.1:1",
}
ATTEMPTS = 4
# What is answered, how often it is asked for where it is paid and where it is free, and what the error says.
FAILURES: dict[str, tuple[Callable[[], Reply], int, int, str]] = {
    "400": (lambda: Reply(400), 1, 1, ""),
    "401": (lambda: Reply(401), 1, 1, "KEY"),
    "402": (lambda: Reply(402), 1, 1, "credit"),
    "403": (lambda: Reply(403), 1, 1, "; "),
    "429": (lambda: Reply(429), ATTEMPTS, ATTEMPTS, "rate limit is reached; try again later"),
    "429 later": (lambda: Reply(429, headers={"Retry-After": "20"}), ATTEMPTS, ATTEMPTS, "rate limit"),
    "429 much later": (lambda: Reply(429, headers={"Retry-After": "7200"}), 1, 1, "120 minutes"),
    "500": (lambda: Reply(500), ATTEMPTS, ATTEMPTS, "not available; try again later"),
    "slow": (lambda: Reply(seconds=0.6), 1, ATTEMPTS, "in time"),
    "truncated": (cut_off, 1, ATTEMPTS, "broke off"),
    "malformed": (lambda: Reply(body=b"<html>"), 1, ATTEMPTS, "cut off"),
    "a list": (lambda: Reply(body=b"[]"), 1, ATTEMPTS, "cannot be read"),
    "no number": (lambda: Reply(body=b'{"creditsUsed": NaN, "results": [], "data": {}}'), 1, ATTEMPTS, "cut off"),
    "huge": (huge, 1, 1, "more than 16 MiB"),
}


@pytest.fixture
def time(local_settings: settings.Settings) -> Iterator[VirtualClock]:
    """In 2026, while Google still has a search to be asked."""
    with standing_clock(datetime(2026, 3, 3, 12, tzinfo=UTC)) as standing:
        yield standing
    google_search._closed.clear()
    breaker.forget()
    robots.forget()


def _inquiry(time: VirtualClock, engine: str, server: Provider, **fields: Any) -> Inquiry:
    settings.use(settings.current().model_copy(update={**QUICK, **SETTINGS[engine](server.url)}))
    fields = {"research_engine": "firecrawl" if engine == "keyless" else engine, **fields}
    inquiry = Inquiry(time, **fields)
    item = VaultInput(title="Tutors", summary=KNOWN, category="market_trends")
    vault.create(inquiry.uid, item)
    return inquiry


def _charged(inquiry: Inquiry) -> float:
    return usage.report(inquiry.uid, UsageQuery(since="2026-03-01", until="2026-03-31")).total.usd


@pytest.mark.parametrize("engine", SETTINGS)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_fails_the_task_and_says_why(engine: str, failure: str, time: VirtualClock) -> None:
    reply, paid, free, words = FAILURES[failure]
    with Provider(lambda n: reply()) as server:
        inquiry = _inquiry(time, engine, server)
        task = inquiry.finish()
        assert len(server.requests) == (free if engine == "keyless" else paid)
    assert (task.status, task.stage, task.outputs_available) == ("failed", None, False)
    assert task.error
    assert words in task.error or engine == "google_search"
    assert "unexpectedly" not in task.error
    assert any(way in task.error for way in ("; ", ". "))
    assert _charged(inquiry) == 0
    assert service.insights.select(inquiry.uid) == []


@pytest.mark.parametrize("engine", SETTINGS)
@pytest.mark.parametrize("failure", ["401", "429 much later", "500", "slow"])
def test_another_stands_in_where_the_task_allows_it(engine: str, failure: str, time: VirtualClock) -> None:
    reply, paid, free, _ = FAILURES[failure]
    with Provider(lambda n: reply()) as server:
        inquiry = _inquiry(time, engine, server, allow_fallback=True)
        task = inquiry.finish()
        assert len(server.requests) == (free if engine == "keyless" else paid)
    assert (task.status, task.error) == ("done", None)
    assert any("Your own vault was searched instead" in note for note in task.notes)
    (insight,) = service.insights.select(inquiry.uid)
    assert (insight.engine, insight.notes) == ("vault", task.notes)
    assert any("three months" in one.text for one in insight.statements)


@pytest.mark.parametrize("engine", SETTINGS)
@pytest.mark.parametrize("failure", ["429", "429 later", "500"])
def test_what_passes_is_waited_for(engine: str, failure: str, time: VirtualClock) -> None:
    reply = FAILURES[failure][0]
    with Provider(lambda n: answer(GOOD[engine]) if n == 3 else reply()) as server:
        inquiry = _inquiry(time, engine, server, allow_fallback=True)
        began = time.now()
        task = inquiry.finish()
        assert len(server.requests) == 3
    assert (task.status, task.error) == ("done", None)
    assert not any("instead" in note for note in task.notes)
    (insight,) = service.insights.select(inquiry.uid)
    assert insight.sources[0].url == URL
    assert any("95 dollars" in one.text for one in insight.statements)
    if failure == "429 later":
        assert (time.now() - began).total_seconds() >= 40


ODD: list[Any] = [None, 7, "text", [], [None], [7], ["text"], [[]], {}, {"web": 7}, {"web": [7]}, [{"url": 7}]]
ODD += [
    [{"url": URL, "link": URL, "title": [1], "snippet": {"a": 1}, "date": 7}],
    {"web": [{"url": URL, "markdown": 7}]},
]
ODD += [[{"url": "javascript:alert(1)", "link": "file:///etc/passwd"}], {"web": [{"url": URL, "metadata": [1]}]}]
ODD += [[{"url": URL, "link": URL, "title": "t" * 2**20, "snippet": "half a \\ud83d", "date": "d" * 2**20}]]


@pytest.mark.parametrize("engine", ["perplexity", "firecrawl", "google_search"])
def test_an_answer_of_another_shape_is_read_or_refused(engine: str, time: VirtualClock) -> None:
    for odd in ODD:
        content = {"success": True, "results": odd, "data": odd, "items": odd, "creditsUsed": odd, "usage": odd}
        with Provider(lambda n, content=content: answer(content)) as server:  # type: ignore[misc]
            inquiry = _inquiry(time, engine, server)
            task = inquiry.finish()
            assert len(server.requests) == 1, odd
        assert "unexpectedly" not in (task.error or ""), odd
        assert "javascript" not in str(service.insights.select(inquiry.uid))


@pytest.mark.parametrize("source", ["keywords", "urls"])
@pytest.mark.parametrize("engine", ["perplexity", "firecrawl", "google_search", "vault"])
def test_without_a_key_and_a_network_it_ends_soon(engine: str, source: str, time: VirtualClock) -> None:
    """However often: also while a service is left alone for having failed again and again."""
    nowhere = {name: "http://127.0.0.1:1" for name in ("firecrawl_base_url", "wikipedia_base_url")}
    settings.use(settings.current().model_copy(update={**nowhere, "provider_attempts": 1}))
    for _ in range(4):
        inquiry = Inquiry(time, research_engine=engine, source_type=source, input_source="http://127.0.0.1:1/page")
        began = time.now()
        task = inquiry.finish()
        assert task.status == "failed"
        assert task.error
        assert (time.now() - began).total_seconds() <= 32, task.error


@pytest.mark.parametrize("failure", [name for name in FAILURES if name != "429 much later"])
def test_the_vault_answers_whatever_wikipedia_does(failure: str, time: VirtualClock) -> None:
    with Provider(lambda n: FAILURES[failure][0]()) as server:
        inquiry = _inquiry(time, "perplexity", server, research_engine="vault")
        settings.use(settings.current().model_copy(update={"wikipedia_base_url": server.url}))
        task = inquiry.finish()
        assert len(server.requests) == 1
    assert (task.status, task.error) == ("done", None)
    assert any("Wikipedia could not be reached" in note for note in task.notes)


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("failure", ["401", "429", "500", "slow", "malformed", "huge"])
def test_a_language_model_that_fails(failure: str, allowed: bool, time: VirtualClock) -> None:
    """It has its price here, so what is lost is not asked for again; where the task allows it, the pages speak."""
    reply, paid, _, _ = FAILURES[failure]
    with Provider(lambda n: reply()) as model, Provider(lambda n: answer(GOOD["perplexity"])) as server:
        inquiry = _inquiry(time, "perplexity", server, allow_fallback=allowed)
        priced = {"llm_api_key": "k", "llm_base_url": model.url, "llm_seconds": 0.4, "llm_usd_per_million_input": 1.0}
        settings.use(settings.current().model_copy(update=priced))
        task = inquiry.finish()
        assert (len(server.requests), len(model.requests)) == (1, paid)
    assert task.status == ("done" if allowed else "failed")
    assert any("word for word instead" in note for note in task.notes) is allowed


def test_a_failed_task_can_be_run_again(time: VirtualClock) -> None:
    with Provider(lambda n: Reply(401) if n == 1 else answer(GOOD["perplexity"])) as server:
        inquiry = _inquiry(time, "perplexity", server)
        assert inquiry.finish().status == "failed"
        inquiry.start()
        task = inquiry.task
        assert (task.status, task.error, task.runs, task.progress, task.notes) == ("running", None, 2, 0, [])
        assert inquiry.finish().status == "done"
    assert len(server.requests) == 2
