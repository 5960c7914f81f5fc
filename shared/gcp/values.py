"""Converts Python values to Firestore's wire values and back."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.gcp import messages

Value = messages.firestore.Value


# JSON that Firestore's types cannot hold as it is (odd keys, lists in lists, depth, large integers) is stored as
# text below this key. No query filters by such data: users and steps attach it.
_AS_TEXT = "json~"
_SUSPECT = ("", "_", _AS_TEXT[0])  # how the names of fields begin that Firestore refuses, or that are ours
_MAX_DEPTH, _INT64 = 12, 2**63
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def encode(value: Any) -> Any:
    """Encode a value as a protobuf Value. Raises TypeError for a type that Firestore cannot hold."""
    wire = Value()
    encode_into(wire, value, depth=0, in_list=False)
    return wire


def encode_into(wire: Any, value: Any, *, depth: int = 1, in_list: bool = False) -> None:
    """Encode a value into an existing protobuf Value. Its very type is looked at first: most of a commit's time is
    spent here."""
    kind = type(value)
    if kind is str:
        wire.string_value = value
    elif value is None:
        wire.null_value = 0
    elif kind is dict and fits(value, depth, in_list):
        _encode_map(wire, value, depth)
    elif kind is bool:
        wire.boolean_value = value
    elif kind is datetime:
        wire.timestamp_value.SetInParent()
        encode_time(wire.timestamp_value, value)
    elif fits(value, depth, in_list):
        _encode_other(wire, value, depth)
    else:
        key, text = as_text(value)
        wire.map_value.fields[key].string_value = text


def _encode_map(wire: Any, value: Mapping[str, Any], depth: int) -> None:
    wire.map_value.SetInParent()
    fields = wire.map_value.fields
    for key, child in value.items():
        encode_into(fields[key], child, depth=depth + 1)


def as_text(value: Any) -> tuple[str, str]:
    """The key and JSON text of the one-entry map that stands in for a value Firestore cannot hold."""
    return _AS_TEXT, json.dumps(value, default=str)


def _encode_other(wire: Any, value: Any, depth: int) -> None:
    match value:
        case str():
            wire.string_value = value
        case int():
            wire.integer_value = value
        case float():
            wire.double_value = value
        case datetime():
            wire.timestamp_value.SetInParent()
            encode_time(wire.timestamp_value, value)
        case dict():
            _encode_map(wire, value, depth)
        case list() | tuple():
            wire.array_value.SetInParent()
            for item in value:
                encode_into(wire.array_value.values.add(), item, depth=depth + 1, in_list=True)
        case bytes():
            wire.bytes_value = value
        case _:
            raise TypeError(f"Firestore cannot hold a {type(value).__name__}")


def fits(value: Any, depth: int, in_list: bool) -> bool:
    """Whether Firestore can hold the value at this depth, apart from the values that it contains."""
    if isinstance(value, dict):
        return depth < _MAX_DEPTH and not [key for key in value if key[:1] in _SUSPECT and _is_odd(key)]
    if isinstance(value, list | tuple):
        return not in_list
    return not isinstance(value, int) or -_INT64 <= value < _INT64


def _is_odd(key: str) -> bool:
    """Whether Firestore refuses the name of a field, or it is ours."""
    return not key or key == _AS_TEXT or (key[0] == "_" and key[:2] == key[-2:] == "__")


def encode_time(wire: Any, value: datetime) -> None:
    """Encode a time into a protobuf Timestamp, several times as fast as its FromDatetime."""
    since = value - _EPOCH
    wire.seconds = since.days * 86_400 + since.seconds
    wire.nanos = since.microseconds * 1_000


def decode(wire: Any) -> Any:
    """Decode a protobuf Value, of the client's or the event's classes."""
    if text := wire.string_value:  # as most values are
        return text
    kind = wire.WhichOneof("value_type")
    decoder = _DECODERS.get(kind)
    return decoder(wire) if decoder else getattr(wire, kind)


def _decode_map(wire: Any) -> Any:
    fields = wire.map_value.fields
    return json.loads(fields[_AS_TEXT].string_value) if _AS_TEXT in fields else decode_fields(fields)


def decode_time(wire: Any) -> datetime:
    return _EPOCH + timedelta(0, wire.seconds, wire.nanos // 1_000)


_DECODERS: dict[str | None, Callable[[Any], Any]] = {
    None: lambda wire: None,
    "null_value": lambda wire: None,
    "map_value": _decode_map,
    "array_value": lambda wire: [decode(item) for item in wire.array_value.values],
    "timestamp_value": lambda wire: decode_time(wire.timestamp_value),
}


def dump(value: Any) -> bytes:
    """Serialize a value with Firestore's types; `restore` reverses it. Raises TypeError, ValueError."""
    wire: bytes = encode(value).SerializeToString()
    return wire


def restore(body: bytes) -> Any:
    """The value that `dump` serialized."""
    return decode(Value.FromString(body))


def decode_fields(fields: Any) -> dict[str, Any]:
    """Decode a protobuf map of Values. Its own iteration over pairs is written in Python, and takes longer."""
    return {key: decode(fields[key]) for key in fields}
