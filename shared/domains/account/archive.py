"""Builds the parts of an account's export: ZIP files of JSON Lines, a file for each collection. Pure.

A line is `{"path", "id", "written_at", "fields"}`. Times are ISO 8601; packed values are unpacked; other bytes stand as
`{"base64": …}`; secrets are dots; words and vectors that only serve searches are left out, as they follow from the
rest.
"""

import json
import math
import zlib
from base64 import b64encode
from collections import Counter
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from shared import sealing
from shared.gcp import values

MASK = "•••"
_DERIVED = frozenset({"search_tokens", "vector"})  # the first: of documents that earlier versions stored
_OF_SEARCH = frozenset({"synonyms"})  # all that a person has put into what serves searches
_MOST_UNPACKED = 20_000_000  # bytes of one packed value


class Part:
    """One ZIP file in the making. `size`: the bytes of its lines so far."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.size = 0
        self._lines: dict[str, bytearray] = {}
        self._counts: Counter[str] = Counter()

    @property
    def documents(self) -> int:
        return self._counts.total()

    def add(self, path: str, fields: dict[str, Any], written_at: datetime) -> None:
        """Add a document by its path below the user, such as `executions/x/steps/y`."""
        names = path.split("/")
        file = "/".join(names[::2])
        kept = fields.keys() & _OF_SEARCH if file == "search" else fields.keys() - _DERIVED
        if not kept:
            return
        shown = {name: readable(value) for name, value in fields.items() if name in kept}
        line = _json({"path": path, "id": names[-1], "written_at": written_at.isoformat(), "fields": shown}) + b"\n"
        self._lines.setdefault(file, bytearray()).extend(line)
        self._counts[file] += 1
        self.size += len(line)

    def packed(self, at: datetime) -> bytes:
        """The ZIP file, with `about.json` that says what is in it."""
        about = {
            "part": self.number,
            "made_at": at.isoformat(),
            "documents": dict(sorted(self._counts.items())),
            "format": "A file for each collection, a line of JSON for each document. Each part is complete in itself;"
            " the lines of files of the same name belong together. A value in several documents (x, x~0, x~1 …) is"
            " the zlib of their bytes, joined.",
            "left_out": "Secrets (dots stand for them), records of repeated requests, earlier exports, and what only"
            " serves searches.",
        }
        body = BytesIO()
        with ZipFile(body, "w", ZIP_DEFLATED) as archive:
            archive.writestr(_entry("about.json", at), json.dumps(about, indent=2))
            for file, lines in sorted(self._lines.items()):
                archive.writestr(_entry(f"{file}.jsonl", at), bytes(lines))
        return body.getvalue()


def readable(value: Any) -> Any:
    """A stored value as JSON can hold it."""
    match value:
        case str():
            return MASK if sealing.is_sealed(value) else value
        case datetime():
            return value.isoformat()
        case bytes():
            return _unpacked(value)
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {name: readable(inner) for name, inner in value.items()}
        case list():
            return [readable(inner) for inner in value]
        case _:
            return value


def _unpacked(body: bytes) -> Any:
    """What was packed: JSON, or a value with the store's types, compressed; else the bytes themselves."""
    try:
        unpacking = zlib.decompressobj()
        raw = unpacking.decompress(body, _MOST_UNPACKED)
        if not unpacking.eof:
            raise ValueError("a piece of a value, or one that is too large")
        try:
            return readable(json.loads(raw))
        except ValueError:
            return readable(values.restore(raw))
    except Exception:  # whatever it is, it is the user's: protobuf's errors have no common ancestor
        return {"base64": b64encode(body).decode()}


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can hold
        return json.dumps(value, separators=(",", ":")).encode()


def _entry(name: str, at: datetime) -> ZipInfo:
    entry = ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    return entry
