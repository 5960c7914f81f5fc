"""Google: Custom Search, then Vertex AI Search, then another connected engine, in this order until one answers.

Custom Search takes no new customers and ends with 2026; Vertex AI Search covers only the sites that its owner listed.
The result says which engine answered.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from shared import settings
from shared.errors import Ambiguous, AppError, NotYet, ProviderError, TooManyRequests, Unavailable
from shared.gcp import credentials
from shared.kit import clock
from shared.meter import Usage
from shared.providers.calls import Provider, Request, call
from shared.providers.search.base import Hit, SearchEngine, SearchResults, cache_lifetime, hit, hits

CUSTOM_SEARCH_ENDS = datetime(2027, 1, 1, tzinfo=UTC)
_CLOSED = "Google has closed Custom Search to this project; connect another engine."
_USD_PER_SEARCH = 0.005  # list price of Custom Search, beyond a hundred a day


class GoogleSearch:
    name = "google_search"

    def __init__(self, others: Callable[[], Iterator[SearchEngine]]) -> None:
        self._others = others

    def search(self, query: str, *, limit: int) -> SearchResults:
        """The first answer of the available back ends; `notes` say why those before it did not answer."""
        notes: list[str] = []
        failures: list[AppError] = []
        for engine in self._in_turn(notes):
            try:
                results = engine.search(query, limit=limit)
            except NotYet:  # waits for its turn; no fallback for that
                raise
            except (ProviderError, Unavailable, TooManyRequests, Ambiguous) as error:
                failures.append(error)
                notes.append(f"{engine.name}: {error.detail}")
                continue
            if notes:
                notes.append(f"{results.answered_by} answered in place of Google.")
            return SearchResults(
                results.hits, results.answered_by, answer=results.answer, notes=(*notes, *results.notes)
            )
        passing = [error for error in failures if error.retriable]
        raise (
            passing[-1]
            if passing
            else ProviderError(
                " ".join(["No search engine could answer.", *notes, "Connect one, or choose another engine."])
            )
        )

    def _in_turn(self, notes: list[str]) -> Iterator[SearchEngine]:
        config = settings.current()
        if not (config.google_search_key and config.google_search_engine_id):
            notes.append("Custom Search is not connected (GOOGLE_SEARCH_KEY, GOOGLE_SEARCH_ENGINE_ID).")
        elif clock.now() >= CUSTOM_SEARCH_ENDS:
            notes.append("Google ended Custom Search on 2027-01-01.")
        elif config.google_search_key in _closed:
            notes.append(_CLOSED)
        else:
            yield CustomSearch()
        if config.vertex_search_config:
            yield VertexSearch(config.vertex_search_config)
        yield from self._others()


_closed: set[str] = set()  # keys that Google has refused for good, in this process


class CustomSearch:
    """The Custom Search JSON API, for projects that used it before Google closed it to new ones."""

    name = "google_custom_search"

    def __init__(self) -> None:
        config = settings.current()
        self._key, self._engine = config.google_search_key or "", config.google_search_engine_id or ""
        self._provider = Provider(
            self.name,
            "Google Custom Search",
            config.google_search_base_url,
            key="GOOGLE_SEARCH_KEY",
            secrets=lambda: {"x-goog-api-key": self._key},  # a header: URLs end up in logs
            seconds=config.provider_seconds,
            remedies={
                400: "Custom Search refused the request; check GOOGLE_SEARCH_KEY and GOOGLE_SEARCH_ENGINE_ID.",
                403: _CLOSED,
            },
        )

    def search(self, query: str, *, limit: int) -> SearchResults:
        parameters = {"cx": self._engine, "q": query, "num": str(min(limit, 10))}
        request = Request("/customsearch/v1", query=parameters, method="GET")
        used = Usage(self.name, usd=_USD_PER_SEARCH)
        try:
            answer = call(self._provider, request, check=_items, used=lambda answer: used, cache_for=cache_lifetime())
        except ProviderError as error:
            if error.detail == _CLOSED:
                _closed.add(self._key)
            raise
        return SearchResults(_items(answer), self.name)


class VertexSearch:
    """Vertex AI Search over the sites of a data store, by API key or by the function's service account."""

    name = "vertex_search"

    def __init__(self, serving_config: str) -> None:
        config = settings.current()
        key = config.vertex_search_key
        self._path = f"/{serving_config.strip('/')}:{'searchLite' if key else 'search'}"
        refused = "Vertex AI Search refused the credentials; check VERTEX_SEARCH_KEY, or the service account's role."
        self._provider = Provider(
            self.name,
            "Vertex AI Search",
            config.vertex_search_base_url,
            secrets=lambda: (
                {"x-goog-api-key": key} if key else {"authorization": f"Bearer {credentials.access_token()}"}
            ),
            seconds=config.provider_seconds,
            remedies={
                400: "Vertex AI Search refused the request; with a key it searches stores of public websites only.",
                401: refused,
                403: refused,
                404: "Vertex AI Search does not know this data store; check VERTEX_SEARCH_CONFIG.",
            },
        )

    def search(self, query: str, *, limit: int) -> SearchResults:
        snippets = {"snippetSpec": {"returnSnippet": True}}
        body = {"query": query, "pageSize": min(limit, 25), "contentSearchSpec": snippets}
        answer = call(self._provider, Request(self._path, body), check=_documents, cache_for=cache_lifetime())
        return SearchResults(_documents(answer), self.name)


def _items(answer: dict[str, Any]) -> list[Hit]:
    return hits(_result(row) for row in answer.get("items") or [])  # absent where no page matches


def _documents(answer: dict[str, Any]) -> list[Hit]:
    documents = [row.get("document") or {} for row in answer.get("results") or []]
    return hits(_result(document.get("derivedStructData") or {}) for document in documents)


def _result(row: dict[str, Any]) -> Hit | None:
    """A result in the form that both Google services use."""
    snippets = [str(part.get("snippet") or "") for part in row.get("snippets") or ()]
    return hit(row.get("link"), row.get("title"), snippet=row.get("snippet") or " ".join(snippets))
