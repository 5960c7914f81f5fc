"""What a run knows of a document: its fields as conditions and placeholders see them."""

from shared.kit.fields import Fields
from shared.store.changes import Change


def is_internal(name: str, value: object) -> bool:
    """Whether a stored field is for the system alone."""
    return name in ("cause", "schema_version", "search_tokens") or isinstance(value, bytes)


def snapshot(fields: Fields) -> Fields:
    """The document's fields for conditions and placeholders: all but those that are for the system alone."""
    return {name: value for name, value in fields.items() if not is_internal(name, value)}


def of_change(change: Change) -> Fields:
    """What a run knows of the document, and of what it was."""
    data = snapshot(dict(change.after or {}))
    if change.before is None:
        return {"data": data}
    before = snapshot(dict(change.before))
    return {"data": data, "was": {n: before.get(n) for n in data.keys() | before.keys() if change.changed(n)}}


def versions(change: Change) -> Fields:
    """The document before and after, for a condition."""
    both = {"before": change.before, "after": change.after}
    return {name: None if fields is None else {**fields, "id": change.id} for name, fields in both.items()}
