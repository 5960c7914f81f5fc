"""Packs large values for documents of their own, and makes marked previews of them for display. Pure.

A value up to `INLINE` bytes, as stored, is part of its run's document. A larger value is packed and stored beside it
(`shared/automations/runs/spills.py`), up to `MAX_BYTES` of JSON; beyond, its step fails with ResultTooLarge.
"""

import json
import zlib
from typing import Any

from shared.errors import ResultTooLarge
from shared.gcp import sizes, values

INLINE = 8_000
MAX_BYTES = 2_000_000
_PIECE = 900_000  # bytes of a packed value in one document
_TEXT = 400
_ITEMS = 5


def size(value: Any) -> int:
    """The size of a value's JSON in bytes."""
    return len(json.dumps(value, default=str, ensure_ascii=False).encode(errors="surrogatepass"))


def fits_inline(value: Any) -> bool:
    """Whether a value is small enough to be stored in its run's document."""
    return sizes.of_value(value) <= INLINE


def check(output: dict[str, Any]) -> None:
    """Raise ResultTooLarge for a step's output of more than MAX_BYTES."""
    if not fits_inline(output) and (length := size(output)) > MAX_BYTES:
        raise ResultTooLarge(
            f"The step's output has {length:,} bytes; at most {MAX_BYTES:,} are kept. Have it bring less at once, such"
            " as one page, or only the fields that later steps need."
        )


def bounded(value: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The value, or a preview where it does not fit inline; and whether it is a preview."""
    if fits_inline(value):
        return value, False
    shortened = preview(value)
    if not fits_inline(shortened):
        shortened = {"preview": f"{str(shortened)[:_TEXT]}… ({size(value):,} bytes)"}
    return shortened, True


def packed(value: dict[str, Any]) -> list[bytes]:
    """Pack a value, with Firestore's types, into pieces that fit in a document each."""
    body = zlib.compress(values.dump(value))
    return [body[at : at + _PIECE] for at in range(0, len(body), _PIECE)]


def unpacked(pieces: list[bytes]) -> dict[str, Any]:
    """The value that `packed` packed."""
    value: dict[str, Any] = values.restore(zlib.decompress(b"".join(pieces)))
    return value


def unpacked_json(body: bytes) -> dict[str, Any]:
    """A value packed by an older version, as JSON."""
    value: dict[str, Any] = json.loads(zlib.decompress(body))
    return value


def preview(value: Any) -> Any:
    """The value with long texts and lists cut, each marked with its length."""
    if isinstance(value, dict):
        return {key: preview(child) for key, child in value.items()}
    if isinstance(value, list):
        shown = [preview(child) for child in value[:_ITEMS]]
        return [*shown, f"… {len(value) - _ITEMS} more"] if len(value) > _ITEMS else shown
    if isinstance(value, str) and len(value) > _TEXT:
        return f"{value[:_TEXT]}… ({len(value):,} characters)"
    return value
