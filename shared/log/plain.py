"""Makes JSON of any value: of cyclic, very deep or foreign ones, and of objects that do not even print."""

import json
from collections.abc import Mapping
from itertools import islice, takewhile
from typing import Any

_DEEPEST = 20
_TEXTS = 4  # of full length in a field that is cut
_LARGEST = 10_000  # bits of a number


def encoded(entry: Mapping[str, Any]) -> str:
    """The entry as JSON, in ASCII and on one line."""
    try:
        return _ENCODER.encode(entry)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(_plain(entry), allow_nan=False)


def text_of(value: Any) -> str:
    """The value's own text, or its type's name where it has none."""
    try:
        return str(value)
    except Exception:
        return f"<{type(value).__name__}>"


_ENCODER = json.JSONEncoder(default=text_of, allow_nan=False)


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


def shortened(entry: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """An entry of JSON's values with texts of at most some `limit` characters, both ends of each, and of each field no
    more than four times as many: only what is kept takes time."""
    fields = islice(entry.items(), max(limit, 50))
    return {_cut(name, limit): _shortened(value, limit, _Room(_TEXTS * limit)) for name, value in fields}


class _Room:
    """How many characters of a field may still be written."""

    def __init__(self, left: int) -> None:
        self.left = left


def _shortened(value: Any, limit: int, room: _Room) -> Any:
    room.left -= 4
    match value:
        case str():
            text = _cut(value, limit)
            room.left -= len(text)
            return text
        case dict():
            few = takewhile(lambda _: room.left > 0, value.items())
            return {_shortened(name, limit, room): _shortened(item, limit, room) for name, item in few}
        case list():
            few = takewhile(lambda _: room.left > 0, value)
            return [_shortened(item, limit, room) for item in few]
        case _:
            return value


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}… ({len(text) - 2 * half:,} characters are cut) …{text[-half:]}"
