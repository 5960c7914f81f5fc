"""Takes a document's fields as conditions and placeholders see them."""

from shared.kit.fields import Fields
from shared.store.changes import Change


def is_internal(name: str, value: object) -> bool:
    """Whether a stored field is for the system alone, hidden from conditions and placeholders."""
    return name in ("cause", "schema_version") or isinstance(value, bytes)


def snapshot(fields: Fields) -> Fields:
    """The fields of a document without those for the system alone."""
    return {name: value for name, value in fields.items() if not is_internal(name, value)}


def of_change(change: Change) -> Fields:
    """The `data` and `was` of an event: the document's fields after a change, and the earlier values of those that
    changed."""
    data = snapshot(dict(change.after or {}))
    if change.before is None:
        return {"data": data}
    before = snapshot(dict(change.before))
    return {"data": data, "was": {n: before.get(n) for n in data.keys() | before.keys() if change.changed(n)}}


def versions(change: Change) -> Fields:
    """The `before` and `after` that a condition on a document change sees."""
    both = {"before": change.before, "after": change.after}
    return {name: None if fields is None else {**fields, "id": change.id} for name, fields in both.items()}
