"""Packs large values whole for documents of their own, and makes marked previews of them for people. Pure.

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
    """Bytes of its JSON."""
    return len(json.dumps(value, default=str, ensure_ascii=False).encode(errors="surrogatepass"))


def fits_inline(value: Any) -> bool:
    return sizes.of_value(value) <= INLINE


def check(output: dict[str, Any]) -> None:
    """Raises ResultTooLarge."""
    if not fits_inline(output) and (found := size(output)) > MAX_BYTES:
        raise ResultTooLarge(
            f"The step's output has {found:,} bytes; at most {MAX_BYTES:,} are kept. Have it bring less at once, such"
            " as one page, or only the fields that later steps need."
        )


def bounded(value: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The value itself, or a preview of it and that it is one."""
    if fits_inline(value):
        return value, False
    shortened = preview(value)
    if not fits_inline(shortened):
        shortened = {"preview": f"{str(shortened)[:_TEXT]}… ({size(value):,} bytes)"}
    return shortened, True


def packed(value: dict[str, Any]) -> list[bytes]:
    """The whole, in pieces that documents hold, with every type as the store would keep it."""
    body = zlib.compress(values.dump(value))
    return [body[at : at + _PIECE] for at in range(0, len(body), _PIECE)]


def unpacked(pieces: list[bytes]) -> dict[str, Any]:
    value: dict[str, Any] = values.restore(zlib.decompress(b"".join(pieces)))
    return value


def unpacked_json(body: bytes) -> dict[str, Any]:
    """As it was packed before types were kept."""
    value: dict[str, Any] = json.loads(zlib.decompress(body))
    return value


def preview(value: Any) -> Any:
    """Long texts and lists, cut short, saying by how much."""
    if isinstance(value, dict):
        return {key: preview(child) for key, child in value.items()}
    if isinstance(value, list):
        shown = [preview(child) for child in value[:_ITEMS]]
        return [*shown, f"… {len(value) - _ITEMS} more"] if len(value) > _ITEMS else shown
    if isinstance(value, str) and len(value) > _TEXT:
        return f"{value[:_TEXT]}… ({len(value):,} characters)"
    return value
