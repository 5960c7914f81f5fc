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
    * `versions`: the document before and after, by the row and the document of today;
    * `cause`: the step that made the event, by the same, as a document has it; None where a person did. What the
      document of today has may be of a step that changed it later.
    """

    collection: str
    at: str
    where: Sequence[Where] = ()
    reads: Sequence[str] = ()
    document: Callable[[ReadFields], Any] | None = None
    versions: Callable[[ReadFields, ReadFields], Versions] = field(default=lambda row, today: (None, {**today}))
    cause: Callable[[ReadFields, ReadFields], Any] = field(default=lambda row, today: None)


def created_in(collection: str, *, by_steps: bool = False) -> Past:
    """Documents that were created then: one read each. `by_steps`: steps create such documents and never change them;
    else they change them at the most."""
    return Past(collection, "created_at", cause=_as_today if by_steps else _nobody)


def became(type: str, title: str, id: str, name: str, value: Any) -> Past:
    """Activity under a title says when a field became this value; what it was is not recorded."""

    def document(row: ReadFields) -> Any:
        return row["metadata"].get(id) if row["title"] == title else None

    def versions(row: ReadFields, today: ReadFields) -> Versions:
        return {**today, name: None}, {**today, name: value}

    return _in_activity(type, document, versions)


def changed(type: str, id: str, name: str, *, created: str | None = None) -> Past:
    """Activity records with a field what it was before; entries that do not are of something else. Under the title
    `created` they tell of a document that began with a value."""
    before = f"{name}_before"

    def document(row: ReadFields) -> Any:
        about = row["metadata"]
        is_change = before in about and name in about
        return about.get(id) if is_change or (row["title"] == created and about.get(name)) else None

    def versions(row: ReadFields, today: ReadFields) -> Versions:
        about = row["metadata"]
        earlier = {**today, name: about[before]} if before in about else None
        return earlier, {**today, name: about[name]}

    return _in_activity(type, document, versions)


def _in_activity(
    type: str, document: Callable[[ReadFields], Any], versions: Callable[[ReadFields, ReadFields], Versions]
) -> Past:
    """A read for each entry of its type."""
    return Past("activity", "timestamp", [("type", "==", type)], ("title", "metadata"), document, versions, _by_entry)


def _nobody(row: ReadFields, today: ReadFields) -> None:
    return None


def _as_today(row: ReadFields, today: ReadFields) -> Any:
    return today.get("cause")


def _by_entry(row: ReadFields, today: ReadFields) -> Fields | None:
    """An entry names the run; which of its steps, and how deep in a chain, is not recorded."""
    about = row["metadata"]
    ids = {name: about.get(name) for name in ("automation_id", "execution_id")}
    return {**ids, "step": "", "depth": 0} if all(isinstance(id, str) for id in ids.values()) else None
