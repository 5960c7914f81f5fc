"""What a run knows of a document: its fields as conditions and placeholders see them."""

import json
from typing import Any

from shared.domains.changes import Change

_MAX_CHARS, _MAX_FIELD_CHARS = 8_000, 2_000


def is_internal(name: str, value: Any) -> bool:
    """Whether a stored field is for the system alone."""
    return name in ("cause", "schema_version", "search_tokens") or isinstance(value, bytes)


def snapshot(fields: dict[str, Any]) -> dict[str, Any]:
    """The document's fields for placeholders, long texts cut short, without what else is long."""
    told = {name: value for name, value in fields.items() if not is_internal(name, value)}
    if _chars(told) <= _MAX_FIELD_CHARS:  # as most are
        return told
    kept: dict[str, Any] = {}
    room = _MAX_CHARS
    for name, whole in told.items():
        value = _cut(whole)
        size = _chars(value)
        if size <= min(room, _MAX_FIELD_CHARS):
            kept[name] = value
            room -= size
    return kept


def _cut(value: Any) -> Any:
    """A long text's beginning."""
    if not isinstance(value, str) or _chars(value) <= _MAX_FIELD_CHARS:
        return value
    return f"{value[: _MAX_FIELD_CHARS // 2]}…"


def _chars(value: Any) -> int:
    return len(json.dumps(value, default=str, ensure_ascii=False))


def of_change(change: Change) -> dict[str, Any]:
    """What a run knows of the document, and of what it was."""
    data = snapshot(dict(change.after or {}))
    if change.before is None:
        return {"data": data}
    before = snapshot(dict(change.before))
    return {"data": data, "was": {n: before.get(n) for n in data.keys() | before.keys() if change.changed(n)}}


def versions(change: Change) -> dict[str, Any]:
    """The document before and after, for a condition."""
    both = {"before": change.before, "after": change.after}
    return {name: None if fields is None else {**fields, "id": change.id} for name, fields in both.items()}
