"""The protocol of search engines: the hits for a query, and the engine that returned them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from shared import settings

_MAX_ADDRESS, _MAX_TITLE, _MAX_SNIPPET, _MAX_TEXT, _MAX_DATE = 2_000, 300, 2_000, 60_000, 60  # characters


@dataclass(frozen=True)
class Hit:
    """A search hit. `text` is the page's full text, where the engine returns it along with the snippet."""

    url: str
    title: str
    snippet: str = ""
    text: str | None = None
    published: str | None = None


@dataclass(frozen=True)
class SearchResults:
    """`answered_by` is the engine that answered; `answer` its own synthesis, with [1]-style marks into `hits`."""

    hits: Sequence[Hit]
    answered_by: str
    answer: str | None = None
    notes: Sequence[str] = field(default_factory=tuple)  # for the user, such as a fallback taken


class SearchEngine(Protocol):
    name: str

    def search(self, query: str, *, limit: int) -> SearchResults:
        """Search for at most `limit` hits, the best first; without any, the list is empty.

        Raises TooManyRequests, Unavailable (both worth a retry) or ProviderError (final, says what to do).
        """
        ...


def hits(rows: Iterable[Hit | None]) -> list[Hit]:
    """The hits among the rows."""
    return [row for row in rows if row]


def hit(url: Any, title: Any, *, snippet: Any = None, text: Any = None, published: Any = None) -> Hit | None:
    """Build a hit from a provider's fields, cut to our limits; None without an http(s) address."""
    address = str(url or "").strip()
    if not address.startswith(("http://", "https://")) or len(address) > _MAX_ADDRESS:
        return None
    return Hit(
        address,
        str(title or address)[:_MAX_TITLE],
        snippet=str(snippet or "")[:_MAX_SNIPPET],
        text=str(text)[:_MAX_TEXT] if text else None,
        published=str(published)[:_MAX_DATE] if published else None,
    )


def cache_lifetime() -> timedelta | None:
    """How long an engine's answer is reused for the same query; None: never."""
    return timedelta(hours=settings.current().answers_kept_hours) or None
