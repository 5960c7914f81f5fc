"""Pages and cursors. A cursor is opaque, and valid only for the query that made it."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `total` counts all rows that match, not the page's."""

    items: Sequence[T]
    total: int
    next_cursor: str | None = None


class BadCursor(ValueError):
    """Not a cursor of ours, or one of another query."""


def fingerprint(*parts: object) -> str:
    """Identifies a query: filters, order and owner."""
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()[:16]


def encode_cursor(query: str, position: Sequence[Any]) -> str:
    """Pack the last row's sort values; times keep their microseconds."""
    values = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in position]
    raw = json.dumps([query, values], separators=(",", ":")).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(query: str, cursor: str, length: int) -> list[Any]:
    """The sort values packed in `cursor`; raises BadCursor."""
    try:
        raw = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        made_for, values = raw
        position = [datetime.fromisoformat(value["t"]) if isinstance(value, dict) else value for value in values]
    except (ValueError, TypeError, KeyError, Base64Error, RecursionError) as error:
        raise BadCursor("not a cursor of this list") from error
    if made_for != query or len(position) != length or not isinstance(position[-1], str):
        raise BadCursor("the cursor belongs to another list or filter")
    return position
