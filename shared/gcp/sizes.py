"""Computes how many bytes Firestore counts for values and documents, before they are sent.

Source: https://firebase.google.com/docs/firestore/storage-size. A map counts like a document without a name.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.gcp.values import as_text, fits
from shared.gcp.writes import Deleted, Transform, Write

MAX_DOCUMENT = 1_048_576
# Production takes requests of 10 MiB, the emulator of 4 MiB: one bound for both, so that both behave alike.
MAX_COMMIT = 4_000_000
# An event of a document holds it as it was before and as it is after, and is dropped above 512 KB: the most that either
# may have on the wire. What is larger belongs in a document of its own, which has no events.
MAX_OF_EVENTS = 250_000
_MAP, _NAME = 32, 16


def of_document(path: str, fields: Mapping[str, Any]) -> int:
    """The stored size of a document, in bytes."""
    return _NAME + sum(_text(part) for part in path.split("/")) + of_value(fields, depth=0)


def of_writes(changes: Iterable[Write]) -> int:
    """The stored size of the fields that the writes set, in bytes; transforms and removals count 0."""
    return sum(of_document(change.path, _plain(change.fields)) for change in changes)


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if not isinstance(value, Transform | Deleted)}


def of_value(value: Any, *, depth: int = 1, in_list: bool = False) -> int:
    """The stored size of a field's value, in bytes. Its very type is looked at first: each value is asked for."""
    kind = type(value)
    if kind is str:
        return _text(value)
    if value is None or kind is bool:
        return 1
    if kind is dict and fits(value, depth, in_list):
        return _of_map(value, depth)
    match value:
        case str():
            return _text(value)
        case datetime():
            return 8
        case bytes():
            return len(value)
        case _ if not fits(value, depth, in_list):
            return _MAP + sum(_text(text) for text in as_text(value))
        case Mapping():
            return _of_map(value, depth)
        case list() | tuple():
            return sum(of_value(child, depth=depth + 1, in_list=True) for child in value)
        case _:
            return 8


def _of_map(value: Mapping[str, Any], depth: int) -> int:
    size, below = _MAP, depth + 1
    for name, child in value.items():
        size += _text(name)
        size += _text(child) if type(child) is str else of_value(child, depth=below)
    return size


def _text(value: str) -> int:
    return (len(value) if value.isascii() else len(value.encode(errors="surrogatepass"))) + 1
