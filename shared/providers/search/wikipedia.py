"""Wikipedia: free, no key; good for definitions and background, not for news."""

from typing import Any

from shared import settings
from shared.errors import ProviderError, TooManyRequests
from shared.providers.calls import Provider, Request, call
from shared.providers.search.base import Hit, SearchResults, cache_lifetime, hit, hits

_MOST = 20  # introductions in one answer
_SNIPPET = 300
_AGENT = "prospecting-backend/0.1 (research on behalf of a signed-in user)"  # Wikimedia refuses unnamed clients


class Wikipedia:
    name = "wikipedia"

    def __init__(self) -> None:
        config = settings.current()
        self._provider = Provider(
            self.name,
            "Wikipedia",
            config.wikipedia_base_url,
            headers={"user-agent": _AGENT},
            seconds=config.provider_seconds,
            remedies={403: "Wikipedia does not answer this server; choose another engine."},
        )

    def search(self, query: str, *, limit: int) -> SearchResults:
        """The most relevant articles, each with its introduction."""
        parameters = {
            "action": "query",
            "format": "json",
            "formatversion": "2",
            "generator": "search",
            "gsrsearch": query,
            "gsrlimit": str(min(limit, _MOST)),
            "prop": "extracts|info",
            "inprop": "url",
            "exintro": "1",
            "explaintext": "1",
            "exlimit": str(_MOST),
        }
        request = Request("/w/api.php", query=parameters, method="GET", paid=False)
        answer = call(self._provider, request, check=_articles, cache_for=cache_lifetime())
        return SearchResults(_articles(answer), self.name)


def _articles(answer: dict[str, Any]) -> list[Hit]:
    """The articles of an answer. Raises TooManyRequests or ProviderError: errors come with HTTP 200 too."""
    if error := answer.get("error"):
        if error.get("code") in ("ratelimited", "maxlag"):
            raise TooManyRequests("Wikipedia's rate limit is reached.")
        raise ProviderError("Wikipedia cannot search for this; use other words.")
    pages = (answer.get("query") or {}).get("pages") or []  # no `query` at all where no article matches
    return hits(_hit(page) for page in sorted(pages, key=lambda page: page.get("index") or 0))


def _hit(page: dict[str, Any]) -> Hit | None:
    text = str(page.get("extract") or "")
    return hit(page.get("fullurl"), page.get("title"), snippet=text[:_SNIPPET], text=text)
