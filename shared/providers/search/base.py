"""What we ask of a research engine: what it found for a query, and who says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from shared import settings

_MAX_ADDRESS, _MAX_TITLE, _MAX_SNIPPET, _MAX_TEXT, _MAX_DATE = 2_000, 300, 2_000, 60_000, 60  # characters


@dataclass(frozen=True)
class Hit:
    """A result. `text` is the page's own text where the engine brings it along, else the snippet is all there is."""

    url: str
    title: str
    snippet: str = ""
    text: str | None = None
    published: str | None = None


@dataclass(frozen=True)
class Found:
    """`answered_by` is the engine that did the work; `answer` its own synthesis, with [1]-style marks into `hits`."""

    hits: Sequence[Hit]
    answered_by: str
    answer: str | None = None
    notes: Sequence[str] = field(default_factory=tuple)  # what the user should know, such as a fallback taken


class SearchEngine(Protocol):
    name: str

    def search(self, query: str, *, limit: int) -> Found:
        """The best hits first; none is an empty list, never an error.

        Raises TooManyRequests, Unavailable (both worth a retry) or ProviderError (final, says what to do).
        """
        ...


def hits(rows: Iterable[Hit | None]) -> list[Hit]:
    """Those that are one."""
    return [row for row in rows if row]


def hit(url: Any, title: Any, *, snippet: Any = None, text: Any = None, published: Any = None) -> Hit | None:
    """A result as a provider gives it, in our size; None where nobody can read at its address."""
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


def kept() -> timedelta | None:
    """How long an engine's answer stands for another of the same question."""
    return timedelta(hours=settings.current().answers_kept_hours) or None
