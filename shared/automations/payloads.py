"""What an execution keeps of large values: a preview; the whole is a document of its own. Pure."""

import json
import zlib
from typing import Any

from shared.errors import Invalid

INLINE = 8_000  # characters of JSON
WHOLE = 900_000  # bytes, packed
_TEXT = 400
_ITEMS = 5


def size(value: Any) -> int:
    return len(json.dumps(value, default=str))


def bounded(value: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The value itself, or a preview of it and that it is one."""
    if size(value) <= INLINE:
        return value, False
    shortened = preview(value)
    return (shortened if size(shortened) <= INLINE else {"preview": str(shortened)[:_TEXT]}), True


def packed(output: dict[str, Any]) -> bytes:
    """The whole, for a document of its own. Raises Invalid for one that no document holds."""
    body = zlib.compress(json.dumps(output, default=str, ensure_ascii=False).encode())
    if len(body) > WHOLE:
        raise Invalid(f"The step's output has {len(body):,} bytes, packed; at most {WHOLE:,} are kept.")
    return body


def unpacked(body: bytes) -> dict[str, Any]:
    output: dict[str, Any] = json.loads(zlib.decompress(body))
    return output


def preview(value: Any) -> Any:
    """Long texts and lists, cut short, saying by how much."""
    if isinstance(value, dict):
        return {key: preview(child) for key, child in value.items()}
    if isinstance(value, list):
        kept = [preview(child) for child in value[:_ITEMS]]
        return [*kept, f"… {len(value) - _ITEMS} more"] if len(value) > _ITEMS else kept
    if isinstance(value, str) and len(value) > _TEXT:
        return f"{value[:_TEXT]}… ({len(value):,} characters)"
    return value
