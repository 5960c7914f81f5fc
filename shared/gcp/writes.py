"""Firestore writes as values: one document, an optional precondition, any number of transforms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from shared.gcp import messages
from shared.gcp.values import encode, encode_into, encode_time
from shared.kit.patterns import lazy_pattern

_Write = messages.firestore.Write
_REQUEST_TIME = messages.firestore.DocumentTransform.FieldTransform.REQUEST_TIME
_SIMPLE = lazy_pattern(r"[a-zA-Z_][a-zA-Z_0-9]*")
_SEGMENT = lazy_pattern(r"`((?:[^`\\]|\\.)*)`|([^.`]+)")


@lru_cache(maxsize=4096)
def field_path(*segments: str) -> str:
    """Join segments to a dotted field path, quoting those that are no plain names."""
    quoted = []
    for segment in segments:
        if _SIMPLE.fullmatch(segment):
            quoted.append(segment)
        else:
            quoted.append("`" + segment.replace("\\", "\\\\").replace("`", "\\`") + "`")
    return ".".join(quoted)


class Transform:
    """What the store makes of the present value of a field."""


@dataclass(frozen=True)
class Increment(Transform):
    """Adds `by` to a number."""

    by: int | float = 1


@dataclass(frozen=True)
class Maximum(Transform):
    """Raises a number to `of` if it is lower."""

    of: int | float


@dataclass(frozen=True)
class ArrayUnion(Transform):
    """Appends the items that a list does not have yet."""

    items: tuple[Any, ...]


@dataclass(frozen=True)
class ArrayRemove(Transform):
    """Removes the items from a list."""

    items: tuple[Any, ...]


@dataclass(frozen=True)
class ServerTime(Transform):
    """Sets a time to the one at which the store has the request."""


class Deleted:
    """Marks a field that an update removes."""


DELETED = Deleted()


@dataclass(frozen=True)
class Write:
    """One change of one document.

    `fields` maps field paths to values, transforms or DELETED. With `merge` only those fields
    change; without it they become the whole document. `exists` and `version` are preconditions. `announced` is what
    the user's stream says of the change beside its fields.
    """

    path: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    merge: bool = False
    delete: bool = False
    exists: bool | None = None
    version: datetime | None = None
    announced: Mapping[str, Any] | None = None


def create(path: str, fields: Mapping[str, Any]) -> Write:
    """A write that creates a document; its commit fails with AlreadyExists if the document exists."""
    return Write(path, fields, exists=False)


def update(
    path: str,
    fields: Mapping[str, Any],
    *,
    version: datetime | None = None,
    announced: Mapping[str, Any] | None = None,
) -> Write:
    """A write that changes field paths; its commit fails with NotFound if the document is missing."""
    return Write(path, fields, merge=True, exists=None if version else True, version=version, announced=announced)


def merge(path: str, fields: Mapping[str, Any]) -> Write:
    """A write that changes field paths, creating the document where it is missing."""
    return Write(path, fields, merge=True)


def delete(path: str, *, exists: bool | None = None, version: datetime | None = None) -> Write:
    """A write that deletes a document, under optional preconditions."""
    return Write(path, delete=True, exists=exists, version=version)


def unchanged(path: str, version: datetime | None) -> Write:
    """A precondition alone: its commit fails unless the document has this version (None: unless it is missing)."""
    return Write(path, merge=True, version=version) if version else Write(path, delete=True, exists=False)


def to_wire(write: Write, documents: str) -> Any:
    """Convert to a protobuf Write; `documents` is the database's root path."""
    wire = _Write()
    name = f"{documents}/{write.path}"
    if write.delete:
        wire.delete = name
    else:
        wire.update.name = name
        _fill(wire, write)
    if write.version is not None:
        encode_time(wire.current_document.update_time, write.version)
    elif write.exists is not None:
        wire.current_document.exists = write.exists
    return wire


def _fill(wire: Any, write: Write) -> None:
    if write.merge:
        wire.update_mask.SetInParent()
    fields = wire.update.fields
    for path, value in write.fields.items():
        if isinstance(value, Transform):
            _add_transform(wire, path, value)
            continue
        if write.merge:
            wire.update_mask.field_paths.append(path)
        if value is DELETED:
            continue
        if path.isidentifier():
            encode_into(fields[path], value)
        else:
            _set_nested(fields, path, value)


def _set_nested(fields: Any, path: str, value: Any) -> None:
    """Encode a value at a dotted path of quoted or plain segments."""
    *parents, last = _split(path)
    for parent in parents:
        fields[parent].map_value.SetInParent()
        fields = fields[parent].map_value.fields
    encode_into(fields[last], value)


def _split(path: str) -> list[str]:
    """The segments of a path that `field_path` joined."""
    segments: list[str] = []
    position = 0
    while match := _SEGMENT.match(path, position):
        segments.append(match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1]))
        position = match.end() + 1
    return segments


def _add_transform(wire: Any, path: str, value: Transform) -> None:
    transform = wire.update_transforms.add()
    transform.field_path = path
    match value:
        case Increment(by):
            encode_into(transform.increment, by, depth=0)
        case Maximum(of):
            encode_into(transform.maximum, of, depth=0)
        case ArrayUnion(items):
            transform.append_missing_elements.values.extend(encode(item) for item in items)
        case ServerTime():
            transform.set_to_server_value = _REQUEST_TIME
        case ArrayRemove(items):
            transform.remove_all_from_array.values.extend(encode(item) for item in items)
