"""Wikipedia: free and without a key; good for what things are, not for what happened last week."""

from typing import Any

from shared import settings
from shared.errors import ProviderError, TooManyRequests
from shared.providers.calls import Provider, Request, call
from shared.providers.search.base import Found, Hit, hit, hits, kept

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

    def search(self, query: str, *, limit: int) -> Found:
        """Articles by relevance, each with its introduction."""
        asked = {
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
        request = Request("/w/api.php", query=asked, method="GET", paid=False)
        return Found(_articles(call(self._provider, request, check=_articles, kept=kept())), self.name)


def _articles(found: dict[str, Any]) -> list[Hit]:
    """An error is answered with HTTP 200 too. Raises TooManyRequests or ProviderError."""
    if error := found.get("error"):
        if error.get("code") in ("ratelimited", "maxlag"):
            raise TooManyRequests("Wikipedia's rate limit is reached.")
        raise ProviderError("Wikipedia cannot search for this; use other words.")
    pages = (found.get("query") or {}).get("pages") or []  # no `query` at all: nothing was found
    return hits(_hit(page) for page in sorted(pages, key=lambda page: page.get("index") or 0))


def _hit(page: dict[str, Any]) -> Hit | None:
    text = str(page.get("extract") or "")
    return hit(page.get("fullurl"), page.get("title"), snippet=text[:_SNIPPET], text=text)
