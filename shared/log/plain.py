"""Makes JSON of any value: of cyclic, very deep or foreign ones, and of objects that do not even print."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

_DEEPEST = 20
_LARGEST = 10_000  # bits of a number


def encoded(entry: Mapping[str, Any]) -> str:
    """The entry as JSON, in ASCII and on one line."""
    try:
        return json.dumps(entry, default=text_of, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(_plain(entry), allow_nan=False)


def text_of(value: Any) -> str:
    """The value's own text, or its type's name where it has none."""
    try:
        return str(value)
    except Exception:
        return f"<{type(value).__name__}>"


def _plain(value: Any, depth: int = 0) -> Any:
    """The value with what JSON has, to a depth of 20: what a cycle repeats ends there."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < _LARGEST else text_of(value)  # Python writes no longer one
    if isinstance(value, float):
        return value if value - value == 0 else text_of(value)  # infinities and NaN are no JSON
    if depth == _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {text_of(key): _plain(item, depth + 1) for key, item in islice(value.items(), 1_000)}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth + 1) for item in islice(value, 1_000)]
    return text_of(value)


def flat(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry without what is in its lists and mappings."""
    return {name: "…" if isinstance(value, Mapping | list) else value for name, value in entry.items()}


def shortened(value: Any, limit: int) -> Any:
    """The value with texts of at most some `limit` characters, both ends of each, and as many items of each list."""
    value = _plain(value)
    if isinstance(value, str) and len(value) > limit:
        half = limit // 2
        return f"{value[:half]}… ({len(value) - 2 * half:,} characters are cut) …{value[-half:]}"
    if isinstance(value, Mapping):
        return {name[:limit]: shortened(item, limit) for name, item in islice(value.items(), max(limit, 50))}
    if isinstance(value, list):
        return [shortened(item, limit) for item in value[:limit]]
    return value
