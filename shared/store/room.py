"""Keeps documents within what events carry, also where they grow by an update."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.gcp import event_sources, firestore, sizes
from shared.gcp.writes import Write

_SMALL = 4_000  # bytes


def require(collection: str, fields: Mapping[str, Any], whole: Callable[[], Write]) -> None:
    """Raise DocumentTooLarge where the events of a document could not carry it with these fields.

    `whole` is the write of the document with them; it is measured only where they are large: no document has so many
    small ones.
    """
    if collection in event_sources.COLLECTIONS and sizes.of_value(dict(fields)) > _SMALL:
        firestore.client().require_room(whole())
