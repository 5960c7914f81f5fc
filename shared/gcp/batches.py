"""Splits writes into requests that the store takes."""

from collections.abc import Iterator, Sequence
from typing import Any

from shared.gcp import sizes

MAX_WRITES = 500  # of one batch
MAX_COMMITTED = 490  # of one commit, which announces them beside (announcements.py)
_FRAME = 8  # bytes that a write costs a request beside its own


def of(wire: Sequence[Any]) -> Iterator[list[Any]]:
    """Split writes into requests within the store's limits on number (`MAX_WRITES`) and size."""
    batch: list[Any] = []
    room = sizes.MAX_COMMIT
    for write in wire:
        size = write.ByteSize() + _FRAME
        if batch and (size > room or len(batch) == MAX_WRITES):
            yield batch
            batch, room = [], sizes.MAX_COMMIT
        batch.append(write)
        room -= size
    if batch:
        yield batch
