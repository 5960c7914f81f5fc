"""Wikipedia: free and without a key; good for what things are, not for what happened last week."""

from typing import Any

from shared import settings
from shared.errors import ProviderError, TooManyRequests
from shared.providers.calls import Provider, Request, call
from shared.providers.search.base import Found, Hit, kept

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
        found = call(self._provider, request, check=_answered, kept=kept())
        pages = (found.get("query") or {}).get("pages") or []  # no `query` at all: nothing was found
        pages.sort(key=lambda page: page.get("index") or 0)
        return Found([_hit(page) for page in pages if page.get("fullurl")], self.name)


def _hit(page: dict[str, Any]) -> Hit:
    text = str(page.get("extract") or "")
    return Hit(str(page["fullurl"]), str(page.get("title") or ""), snippet=text[:_SNIPPET], text=text or None)


def _answered(found: dict[str, Any]) -> None:
    """An error is answered with HTTP 200 too. Raises TooManyRequests or ProviderError."""
    error = found.get("error")
    if not error:
        return
    if error.get("code") in ("ratelimited", "maxlag"):
        raise TooManyRequests("Wikipedia's rate limit is reached.")
    raise ProviderError("Wikipedia cannot search for this; use other words.")
