"""Pages of lists, and fingerprints of the queries they come from."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import Field

from shared.kit.schema import Model

T = TypeVar("T")
U = TypeVar("U")


class Searched(Model):
    """How many rows a search of several words compared: the first `limit` rows of its longest word, in the list's
    order. `complete`: there are no more."""

    limit: int = Field(description="How many rows were compared at most.")
    complete: bool = Field(description="False: rows beyond the limit were not compared, and may match too.")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `total` counts all rows that match, not the page's.

    `searched` is None where an index answered the search, so that no row was left out.
    """

    items: Sequence[T]
    total: int
    next_cursor: str | None = None
    searched: Searched | None = None

    def each(self, convert: Callable[[T], U]) -> "Page[U]":
        """The same page with every row converted."""
        return Page([convert(row) for row in self.items], self.total, self.next_cursor, self.searched)


def fingerprint(*parts: object) -> str:
    """A hash that identifies a query by its filters, order and owner."""
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()[:16]
