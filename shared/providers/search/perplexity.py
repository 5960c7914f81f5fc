"""Perplexity: its Search API for results, its Agent API for a written answer with sources."""

from collections.abc import Iterable
from typing import Any

from shared import settings
from shared.errors import ProviderError, Unavailable
from shared.kit.patterns import lazy_pattern
from shared.meter import Usage
from shared.providers.calls import Provider, Request, bearer, call
from shared.providers.search.base import Hit, SearchResults, cache_lifetime, hit, hits

_MOST = 20
_USD_PER_SEARCH = 0.005  # list price; the Agent API's answer states its own
_MARK = lazy_pattern(r"\[(\d+)\]")
_PASSING = {"internal_error", "bad_gateway", "gateway_timeout", "upstream_structured_output_failed"}


class Perplexity:
    name = "perplexity"

    def __init__(self) -> None:
        config = settings.current()
        self._model, self._agent = config.perplexity_model, config.perplexity_agent
        self._provider = Provider(
            self.name,
            "Perplexity",
            config.perplexity_base_url,
            key="PERPLEXITY_API_KEY",
            secrets=bearer(config.perplexity_api_key),
            seconds=config.llm_seconds if self._agent else config.provider_seconds,
            remedies={402: "Perplexity's account has no credit; top it up, or choose another engine."},
            transient=frozenset({408, 409}),
        )

    def search(self, query: str, *, limit: int) -> SearchResults:
        return self.answer(query, limit=limit) if self._agent else self.results(query, limit=limit)

    def results(self, query: str, *, limit: int) -> SearchResults:
        """The results of the Search API."""
        request = Request("/search", {"query": query, "max_results": min(limit, _MOST)})
        response = call(self._provider, request, check=_results, used=self._searched, cache_for=cache_lifetime())
        return SearchResults(_results(response), self.name)

    def answer(self, query: str, *, limit: int) -> SearchResults:
        """The written answer of the Agent API, in which each [n] names the n-th hit."""
        search = {"type": "web_search"}  # never on its own: a model may answer from memory
        body = {"model": self._model, "input": query, "tools": [search], "tool_choice": search}

        def check(response: dict[str, Any]) -> None:
            _completed(response)
            self._with_sources(response, limit)

        request = Request("/v1/agent", body)
        response = call(self._provider, request, check=check, used=self._used, cache_for=cache_lifetime())
        return self._with_sources(response, limit)

    def _with_sources(self, response: dict[str, Any], limit: int) -> SearchResults:
        """Renumber the sources, cited ones first, so that the mark [n] is the n-th hit."""
        output = [item for item in response.get("output") or () if isinstance(item, dict)]
        rows = [row for item in output if item.get("type") == "search_results" for row in item.get("results") or ()]
        by_number = {str(row.get("id")): result for row in rows if (result := _hit(row))}
        parts = [part for item in output if item.get("type") == "message" for part in item.get("content") or ()]
        text = "\n\n".join(str(part["text"]) for part in parts if part.get("type") == "output_text")
        cited = [number for number in dict.fromkeys(_MARK.findall(text)) if number in by_number]
        order = [*cited, *(number for number in by_number if number not in cited)][: max(limit, len(cited))]
        place = {number: index for index, number in enumerate(order, 1)}
        text = _MARK.sub(lambda mark: f"[{place[mark[1]]}]" if mark[1] in place else "", text)
        notes = ["Perplexity cut its answer short."] if response.get("status") == "incomplete" else []
        if text and not order:
            notes.append("Perplexity answered without a source, so its answer is left out.")
        sources = [by_number[number] for number in order]
        return SearchResults(sources, self.name, answer=(text or None) if sources else None, notes=tuple(notes))

    def _searched(self, response: dict[str, Any]) -> Usage:
        return Usage(self.name, usd=_USD_PER_SEARCH)

    def _used(self, response: dict[str, Any]) -> Usage:
        counted = response.get("usage") or {}
        usd = (counted.get("cost") or {}).get("total_cost") or 0.0
        return Usage(self.name, tokens=int(counted.get("total_tokens") or 0), usd=float(usd))


def _results(response: dict[str, Any]) -> list[Hit]:
    rows: Iterable[dict[str, Any]] = response["results"]
    return hits(_hit(row) for row in rows)


def _hit(row: dict[str, Any]) -> Hit | None:
    return hit(row.get("url"), row.get("title"), snippet=row.get("snippet"), published=row.get("date"))


def _completed(response: dict[str, Any]) -> None:
    """Raise ProviderError or Unavailable for a run that failed: it comes with HTTP 200, and a status in the body."""
    status = response.get("status")
    if status in ("completed", "incomplete"):
        return
    error = response.get("error") or {}
    if status in ("in_progress", "queued") or {error.get("code"), error.get("type")} & _PASSING or not error:
        raise Unavailable("Perplexity did not finish its answer; try again later.")
    raise ProviderError(f"Perplexity could not answer (run {status}); ask differently, or choose another engine.")
