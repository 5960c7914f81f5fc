"""What we ask of a research engine: what it found for a query, and who says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from shared import settings


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


def kept() -> timedelta | None:
    """How long an engine's answer stands for another of the same question."""
    return timedelta(hours=settings.current().answers_kept_hours) or None
