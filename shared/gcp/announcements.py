"""Announces what a commit changes: an entry in each user's stream, within the very commit.

An entry, `users/{uid}/stream/{id}`, has a row for each announced document that the commit writes: the document, what
became of it, and few of its fields. Nobody else writes announcements, so that none is forgotten and none is of a change
that did not take place. An entry costs its commit one write; a commit that changes nothing which clients see has none.
`at` orders entries roughly: it is when the store had the request; their order is that of their commits, a document's
`create_time`. Firestore's TTL removes them after a day.
"""

import re
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from shared.gcp import sizes
from shared.gcp.writes import DELETED, ServerTime, Transform, Write
from shared.kit import clock

STREAM = "stream"
RETENTION = timedelta(days=1)

# The announced collections below a user, and the fields that a row of theirs shows where the commit writes them.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "activity": ("type", "title", "message", "metadata", "link", "timestamp"),
    "automations": ("name", "status"),
    "calendar_events": ("scheduled_date", "completed"),
    "executions": ("automation_id", "automation_name", "status", "waiting", "paused", "error"),
    "files": ("name",),
    "notifications": ("type", "title", "message", "link", "priority", "read"),
    "outreach": ("status", "prospect_id"),
    "personas": ("name",),
    "playbook_runs": ("playbook_id",),
    "playbooks": (),
    "prospects": ("name", "status", "approval_status"),
    "research_tasks": ("title", "status", "stage", "progress", "error"),
    "steps": ("execution_id", "step", "action", "status", "message"),
    "templates": ("name",),
    "vault": ("title",),
    "webhooks": (),
}
# What no answer shows: a change of nothing else is not announced.
_UNSEEN: Mapping[str, frozenset[str]] = {
    "calendar_events": frozenset({"due_at"}),
    "executions": frozenset({"due_at", "stalls", "signals"}),
}
_PARTS: Mapping[str, tuple[str, ...]] = {"waiting": ("kind", "message", "until")}  # of a field that is a map
_DOCUMENT = re.compile(r"users/([^/]+)/(?:executions/[^/]+/)?([^/]+)/([^/]+)")
_LONGEST = 2_000  # characters of a text, or bytes of a map; a longer one is left out, and the row says so
_ROWS = 100  # of an entry
_BYTES = 100_000  # of an entry's rows: whatever they hold, it stays far below a document's size

Row = dict[str, Any]


def shown(collection: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """What the announcement of any change to a stored document says of it."""
    names = FIELDS.get(collection, ())
    return {name: stored[name] for name in names if name in stored}


def to_announce(changes: Sequence[Write]) -> list[Write]:
    """The entries of a commit, one for each user and every 100 documents; fewer where their fields are long."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for uid, collection, id, change in _announced(changes):
        rows[uid].append(_row(collection, id, change))
    return [_entry(uid, some) for uid, all_rows in rows.items() for some in _batches(all_rows)]


def to_begin(changes: Sequence[Write]) -> list[Write]:
    """An entry without rows for each user whose documents are about to be changed one by one: the state that the newest
    entry stands for ends before the first change, although the changes are announced behind the last."""
    return [_entry(uid, []) for uid in dict.fromkeys(uid for uid, *_ in _announced(changes))]


def _announced(changes: Sequence[Write]) -> Iterator[tuple[str, str, str, Write]]:
    """User, collection and id of each announced document that is changed."""
    for change in changes:
        named = _DOCUMENT.fullmatch(change.path)
        if named and named[2] in FIELDS and _is_seen(named[2], change):
            yield named[1], named[2], named[3], change


def _entry(uid: str, rows: list[Row]) -> Write:
    fields = {"at": ServerTime(), "rows": rows, "expires_at": clock.now() + RETENTION}
    return Write(f"users/{uid}/{STREAM}/{secrets.token_hex(10)}", fields)


def _is_seen(collection: str, change: Write) -> bool:
    """Whether a write changes what clients see; a precondition alone changes nothing."""
    if change.merge:
        return not {path.partition(".")[0] for path in change.fields} <= _UNSEEN.get(collection, frozenset())
    return not (change.delete and change.exists is False)


def _row(collection: str, id: str, change: Write) -> Row:
    what = "deleted" if change.delete else "changed" if change.merge else "created"
    fields = shown(collection, change.fields) | dict(change.announced or {})
    whole = {name: _brief(name, value) for name, value in fields.items() if not isinstance(value, Transform)}
    short = {name: value for name, value in whole.items() if not _is_long(value)}
    row: Row = {"collection": collection, "id": id, "change": what, "fields": short}
    return row if len(short) == len(whole) else row | {"left_out": sorted(whole.keys() - short.keys())}


def _brief(name: str, value: Any) -> Any:
    if value is DELETED:
        return None
    return {part: value.get(part) for part in _PARTS[name]} if name in _PARTS and value else value


def _is_long(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) > _LONGEST
    return isinstance(value, dict | list) and sizes.of_value(value) > _LONGEST


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    room = _BYTES
    for row in rows:
        size = sizes.of_value(row)
        if batch and (size > room or len(batch) == _ROWS):
            yield batch
            batch, room = [], _BYTES
        batch.append(row)
        room -= size
    if batch:
        yield batch
