"""Firecrawl v2: searches the web and reads pages; without a key, within daily limits."""

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from shared import settings
from shared.errors import NotFound, Unavailable
from shared.kit import clock
from shared.meter import Usage
from shared.providers.calls import Provider, Request, bearer, call
from shared.providers.search.base import Hit, SearchResults, cache_lifetime, hit, hits
from shared.providers.web.base import Page

_MOST = 100
_READ = {"formats": ["markdown"], "onlyMainContent": True}


class Firecrawl:
    name = "firecrawl"

    def __init__(self) -> None:
        config = settings.current()
        self._keyed = config.firecrawl_api_key is not None
        self._usd_per_credit = config.firecrawl_usd_per_credit if self._keyed else 0.0
        # Firecrawl times out before we do, so that its refusal reaches us: a request we abandon may be charged.
        self._in_time = {"timeout": max(1_000, round(900 * config.firecrawl_seconds))}
        remedies = {
            402: "Firecrawl's account has no credits left for this; top it up, or choose another engine.",
            403: "Firecrawl does not allow this to the key; check its plan, or choose another engine.",
        }
        if not self._keyed:
            remedies[401] = "Firecrawl wants a key for this; set FIRECRAWL_API_KEY, or choose another engine."
            remedies[403] = (
                "Firecrawl does not serve this server's network address without a key; set FIRECRAWL_API_KEY, or "
                "choose another engine."
            )
        self._provider = Provider(
            self.name,
            "Firecrawl",
            config.firecrawl_base_url,
            key="FIRECRAWL_API_KEY",
            secrets=bearer(config.firecrawl_api_key),
            seconds=config.firecrawl_seconds,
            remedies=remedies,
        )

    def search(self, query: str, *, limit: int) -> SearchResults:
        """The results for a query, with the text of their pages."""
        body = {"query": query, "limit": min(limit, _MOST), "sources": ["web"], "scrapeOptions": _READ, **self._in_time}
        return SearchResults(_results(self._post("/search", body, credits=2 + limit, check=_results)), self.name)

    def scrape(self, url: str) -> Page:
        """Read a page. Raises NotFound where the page itself answers with an error."""
        body = {"url": url, **_READ, **self._in_time}
        status, page = _scraped(self._post("/scrape", body, credits=1, check=lambda answer: _scraped(answer, url)), url)
        if status >= 400:
            raise NotFound(f"{url} answered with HTTP {status}; check the address.")
        return page

    def _post(
        self, path: str, body: dict[str, Any], *, credits: int, check: Callable[[dict[str, Any]], object]
    ) -> dict[str, Any]:
        """POST a request; `credits` is its cost where the answer does not state one."""

        def used(answer: dict[str, Any]) -> Usage:
            return Usage(self.name, usd=float(answer.get("creditsUsed") or credits) * self._usd_per_credit)

        request = Request(path, body, paid=self._keyed)
        return call(self._provider, request, check=check, used=used, cache_for=cache_lifetime())


def _succeeded(answer: dict[str, Any]) -> None:
    """Raise Unavailable for an answer that reports failure despite HTTP 200."""
    if answer.get("success") is False:
        raise Unavailable("Firecrawl did not manage it; try again later.")


def _results(answer: dict[str, Any]) -> list[Hit]:
    _succeeded(answer)
    return hits(_hit(row) for row in (answer.get("data") or {}).get("web") or [])


def _hit(row: dict[str, Any]) -> Hit | None:
    text, published = row.get("markdown"), _published(row)
    return hit(row.get("url"), row.get("title"), snippet=row.get("description"), text=text, published=published)


def _scraped(answer: dict[str, Any], url: str) -> tuple[int, Page]:
    """The HTTP status of the page, and the page."""
    _succeeded(answer)
    data = answer.get("data") or {}
    return int((data.get("metadata") or {}).get("statusCode") or 200), _page(data, url)


def _page(data: dict[str, Any], url: str) -> Page:
    metadata = data.get("metadata") or {}
    text = str(data.get("markdown") or "")
    address = str(metadata.get("url") or metadata.get("sourceURL") or url)
    return Page(
        url=address,
        title=str(metadata.get("title") or address),
        text=text,
        retrieved_at=clock.now(),
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        site=str(metadata.get("ogSiteName") or urlsplit(address).hostname or ""),
        published=_published(data),
    )


def _published(row: dict[str, Any]) -> str | None:
    """The publication date in the page's metadata, under either of the names that sites use."""
    metadata = row.get("metadata") or {}
    published = metadata.get("publishedTime") or metadata.get("article:published_time")
    return str(published) if published else None
