"""Announces what a commit changes: an entry in each user's stream, within the very commit.

An entry, `users/{uid}/stream/{id}`, has a row for each announced document that the commit writes: the document, what
became of it, and few of its fields. Nobody else writes announcements, so that none is forgotten and none is of a change
that did not take place. An entry costs its commit one write; a commit that changes nothing which clients see has none.
`at` orders entries roughly: it is when the store had the request; their order is that of their commits, a document's
`create_time`. Firestore's TTL removes them after a day.

An entry also names the documents whose searchable fields the commit changes (`to_index`, with the time `index_at`), for
the search index, and is then kept for a month. Where a commit changes none but such as are searched and not announced,
an entry of its own has no rows and no `at`: clients' streams have nothing of it.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.gcp import sizes
from shared.gcp.writes import DELETED, ServerTime, Transform, Write
from shared.kit import clock
from shared.kit.patterns import lazy_pattern

STREAM = "stream"
RETENTION = timedelta(days=1)
INDEX_RETENTION = timedelta(days=30)  # of entries that the search index has to take: it is compacted more often

# The announced collections below a user, and the fields that a row of theirs shows where the commit writes them.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "activity": ("type", "title", "message", "metadata", "link", "timestamp"),
    "automations": ("name", "status"),
    "batch_jobs": ("operation", "status", "total", "done", "failed"),
    "calendar_events": ("scheduled_date", "completed"),
    "executions": ("automation_id", "automation_name", "status", "waiting", "paused", "error"),
    "files": ("name",),
    "mail_events": ("kind", "needs", "outreach_id", "prospect_id"),
    "notifications": ("type", "title", "message", "link", "priority", "read"),
    "outreach": ("status", "prospect_id"),
    "personas": ("name",),
    "playbook_runs": ("playbook_id",),
    "playbooks": (),
    "prospects": ("name", "status", "approval_status"),
    "research_tasks": ("title", "status", "stage", "progress", "error"),
    "saved_searches": ("name", "alert"),
    "steps": ("execution_id", "step", "action", "status", "message"),
    "templates": ("name",),
    "vault": ("title",),
    "webhooks": (),
}
# The searchable collections below a user, and the fields that are searched, filtered or counted: a merge of no such
# field leaves the index as it is. shared/search/kinds.py says how they are indexed.
INDEXED: Mapping[str, frozenset[str]] = {
    collection: frozenset(names.split())
    for collection, names in {
        "activity": "type title message status timestamp",
        "automations": "name trigger description status created_at",
        "calendar_events": "prospect_name company type notes completed scheduled_date",
        "files": "title name kind site pack_count texts created_at",
        "insights": "summary key_findings pain_points opportunities suggested_outreach content_angles created_at",
        "outreach": "subject prospect_name company body reply status created_at",
        "personas": "name outreach_tone industry_focus use_cases writing_style user_positioning brand_voice created_at",
        "playbook_runs": "playbook_name input output created_at",
        "prospects": "name company job_title email phone website linkedin tags summary pain_points status created_at",
        "research_tasks": "title input_source status created_at",
        "system_logs": "message explanation category level timestamp",
        "templates": "name category description content tags created_at",
        "vault": "title category summary highlights tags created_at",
    }.items()
}
# What no answer shows: a change of nothing else is not announced.
_UNSEEN: Mapping[str, frozenset[str]] = {
    "calendar_events": frozenset({"due_at"}),
    "executions": frozenset({"due_at", "stalls", "signals"}),
}
_PARTS: Mapping[str, tuple[str, ...]] = {"waiting": ("kind", "message", "until")}  # of a field that is a map
_DOCUMENT = lazy_pattern(r"users/([^/]+)/(?:executions/[^/]+/)?([^/]+)/([^/]+)")
# A document that is searched, or the passages of one, which are documents below it.
_SEARCHED = lazy_pattern(r"users/([^/]+)/([^/]+)/([^/]+)(?:/chunks/[^/]+)?")
_LONGEST = 2_000  # characters of a text, or bytes of a map; a longer one is left out, and the row says so
_ROWS = 100  # of an entry
_BYTES = 100_000  # of an entry's rows: whatever they hold, it stays far below a document's size

Row = dict[str, Any]


def shown(collection: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """What the announcement of any change to a stored document says of it."""
    names = FIELDS.get(collection, ())
    return {name: stored[name] for name in names if name in stored}


@dataclass
class _Said:
    """What the entries of one commit tell a user."""

    rows: list[Row] = field(default_factory=list)
    is_announced: bool = False
    to_index: dict[str, None] = field(default_factory=dict)  # in order, each once


def to_announce(changes: Sequence[Write], *, batch: str = "") -> list[Write]:
    """The entries of a commit, one for each user and every 100 documents; fewer where their fields are long.

    `batch` names the batch of writes, applied each on its own, that they are behind.
    """
    entries: list[Write] = []
    for uid, said in _said(changes).items():
        batches: list[list[Row]] = [*_batches(said.rows)] or [[]]
        entries.append(_entry(uid, batches[0], said, batch))
        others = enumerate(batches[1:], start=1)
        entries.extend(_entry(uid, rows, _Said(is_announced=True), batch, number=number) for number, rows in others)
    return entries


def to_begin(changes: Sequence[Write], batch: str) -> list[Write]:
    """An entry without rows for each user whose documents are about to be changed one by one: the state that the newest
    entry stands for ends before the first change, although the changes are announced behind the last.

    It names all that the index may have to take, lest the announcement behind the batch never comes.
    """
    return [_entry(uid, [], said, batch, {"begins": True}) for uid, said in _said(changes).items()]


def new_batch() -> str:
    """A name for a batch."""
    return secrets.token_hex(8)


def _said(changes: Sequence[Write]) -> dict[str, _Said]:
    """By user, what a commit of these changes says."""
    users: dict[str, _Said] = defaultdict(_Said)
    for change in changes:
        named = _DOCUMENT.fullmatch(change.path)
        if named and named[2] in FIELDS and _is_seen(named[2], change):
            users[named[1]].rows.append(_row(named[2], named[3], change))
            users[named[1]].is_announced = True
        searched = _SEARCHED.fullmatch(change.path)
        if searched and _is_searched(searched[2], change):
            users[searched[1]].to_index[f"{searched[2]}/{searched[3]}"] = None
    return users


def _entry(
    uid: str, rows: list[Row], said: _Said, batch: str, more: Mapping[str, Any] | None = None, *, number: int = 0
) -> Write:
    """`number`: its place among the entries of one commit, which have one time, and are put in order by their ids."""
    fields: dict[str, Any] = {"rows": rows, **(more or {})}
    if said.is_announced:
        fields["at"] = ServerTime()
    if said.to_index:
        fields |= {"to_index": [*said.to_index], "index_at": ServerTime()}
    if batch:
        fields["batch"] = batch
    kept = INDEX_RETENTION if said.to_index else RETENTION
    id = f"{number:02x}{secrets.token_hex(9)}"
    return Write(f"users/{uid}/{STREAM}/{id}", {**fields, "expires_at": clock.now() + kept})


def _is_searched(collection: str, change: Write) -> bool:
    """Whether a write changes what the search index holds of a document."""
    if change.merge:
        return not INDEXED.get(collection, frozenset()).isdisjoint(path.partition(".")[0] for path in change.fields)
    if collection not in INDEXED:
        return False
    return not (change.delete and change.exists is False)


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
