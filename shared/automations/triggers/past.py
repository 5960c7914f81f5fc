"""Where the events of a time that has passed are read from, and what each of them was.

Documents are taken as they are today, but for the fields that made the event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.gcp.queries import Where
from shared.kit.fields import Fields, ReadFields

Versions = tuple[Fields | None, Fields]  # a document before and after


@dataclass(frozen=True)
class Past:
    """The rows of a collection, each with the time of an event: the documents themselves, or the user's activity.

    * `reads`: the fields of a row that the rest is judged by;
    * `document`: the id of the document that the event is about, where the row is not the document itself; None where
      the row is no such event;
    * `versions`: the document before and after, by the row and the document of today.
    """

    collection: str
    at: str
    where: Sequence[Where] = ()
    reads: Sequence[str] = ()
    document: Callable[[ReadFields], Any] | None = None
    versions: Callable[[ReadFields, ReadFields], Versions] = field(default=lambda row, today: (None, {**today}))


def created_in(collection: str) -> Past:
    """Documents that were created then: one read each."""
    return Past(collection, "created_at")


def became(type: str, title: str, id: str, name: str, value: Any) -> Past:
    """Activity under a title says when a field became this value; what it was is not recorded."""

    def document(row: ReadFields) -> Any:
        return row["metadata"].get(id) if row["title"] == title else None

    def versions(row: ReadFields, today: ReadFields) -> Versions:
        return {**today, name: None}, {**today, name: value}

    return _in_activity(type, document, versions)


def changed(type: str, id: str, name: str) -> Past:
    """Activity records with a field what it was before; entries that do not are of something else."""
    before = f"{name}_before"

    def document(row: ReadFields) -> Any:
        return row["metadata"].get(id) if before in row["metadata"] else None

    def versions(row: ReadFields, today: ReadFields) -> Versions:
        return {**today, name: row["metadata"][before]}, {**today, name: row["metadata"][name]}

    return _in_activity(type, document, versions)


def _in_activity(
    type: str, document: Callable[[ReadFields], Any], versions: Callable[[ReadFields, ReadFields], Versions]
) -> Past:
    """A read for each entry of its type."""
    return Past("activity", "timestamp", [("type", "==", type)], ("title", "metadata"), document, versions)
