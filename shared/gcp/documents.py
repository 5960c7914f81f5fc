"""Stored documents as values, and their conversion from the wire."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.gcp.values import decode_fields, decode_time


@dataclass(frozen=True)
class Document:
    """A stored document: its path below the database, its fields, when it was last written, when a query read it."""

    path: str
    data: dict[str, Any]
    version: datetime
    read_at: datetime | None = field(default=None, compare=False)


def of_wire(wire: Any, root: str, read_at: datetime | None = None) -> Document:
    """Convert a protobuf Document; `root` is the database's root path."""
    path = wire.name.removeprefix(root + "/")
    return Document(path, decode_fields(wire.fields), decode_time(wire.update_time), read_at)
