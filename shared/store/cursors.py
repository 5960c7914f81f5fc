"""Page cursors: opaque positions in a list, authenticated (HMAC), valid for the query that issued them alone.

The first key of SIGNING_KEY seals them; those that an earlier one sealed hold while it is listed.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared import settings
from shared.errors import BadRequest
from shared.gcp.firestore import Document
from shared.gcp.queries import Direction

_SEAL = 12  # bytes of the HMAC that a cursor begins with
_LONGEST = 8_000  # characters


def sort_values(row: Document, order: Sequence[tuple[str, Direction]]) -> list[Any]:
    """A row's position in a query's order."""
    return [*(row.data.get(path) for path, _ in order), row.path]


def encode(query: str, position: Sequence[Any]) -> str:
    """Encode the last row's sort values as a cursor; times keep their microseconds."""
    values = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in position]
    packed = json.dumps(values, separators=(",", ":")).encode()
    return urlsafe_b64encode(_seals(query, packed)[0] + packed).decode().rstrip("=")


def decode(query: str, cursor: str | None) -> list[Any]:
    """The sort values in a cursor; empty for None. Raises BadRequest for a cursor that `encode` did not issue for the
    query: forged, cut, changed, or of another list, filter or user."""
    if cursor is None:
        return []
    sealed = _unpacked(cursor)
    packed = sealed[_SEAL:]
    if not any(hmac.compare_digest(sealed[:_SEAL], seal) for seal in _seals(query, packed)):
        raise BadRequest("cursor: not one of this list and filter; leave it out to start from the first page.")
    return [datetime.fromisoformat(value["t"]) if isinstance(value, dict) else value for value in json.loads(packed)]


def _unpacked(cursor: str) -> bytes:
    """The bytes of a cursor; empty where it is not canonical base64: another alphabet, padding, stray bits."""
    if len(cursor) > _LONGEST or not cursor.isascii():
        return b""
    try:
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        return b""
    return sealed if urlsafe_b64encode(sealed).decode().rstrip("=") == cursor else b""


def _seals(query: str, packed: bytes) -> list[bytes]:
    """The HMACs of each signing key, of the newest first."""
    keys = [hashlib.sha256(b"cursor:" + key.encode()).digest() for key in settings.current().server_keys]
    return [hmac.digest(key, query.encode() + b"\n" + packed, "sha256")[:_SEAL] for key in keys]
