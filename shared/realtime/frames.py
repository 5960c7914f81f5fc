"""Makes the messages that clients get of an entry's rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from shared import log
from shared.kit import links
from shared.realtime.channels import DOCUMENTS, OF_DOCUMENTS
from shared.realtime.entries import Entry

Fields = Mapping[str, Any]
# Ends of lines in no format of ours, but to clients that split a stream as Python splits text.
_LINE_ENDS = ("\u2028", "\u2029", "\u0085")
_NAMES = ("title", "name", "automation_name")


@dataclass(frozen=True)
class Frame:
    """One message: its channel, the document that a `documents` message is of, its kind, and its JSON, a line."""

    channel: str
    path: str | None
    type: str
    data: dict[str, Any]


def encoded(data: Any) -> str:
    """JSON as every client reads it, a line: a number beyond JSON's is null, what no JSON holds is text."""
    text = to_json(data, inf_nan_mode="null", bytes_mode="base64", fallback=str).decode()
    for end in _LINE_ENDS:
        text = text.replace(end, f"\\u{ord(end):04x}")
    return text


@dataclass(frozen=True)
class _Row:
    collection: str
    id: str
    change: str
    fields: Fields
    left_out: tuple[str, ...]
    key: str  # names the row in the whole stream
    at: datetime


def frames_of(entry: Entry) -> list[tuple[int, Frame]]:
    """The messages of an entry, each with its number in it; made once for all connections."""
    if "all" not in entry.frames:
        entry.frames["all"] = [*_numbered(entry)]
    frames: list[tuple[int, Frame]] = entry.frames["all"]
    return frames


def _numbered(entry: Entry) -> Iterator[tuple[int, Frame]]:
    for number, row in enumerate(entry.rows):
        try:
            frames = [*_frames(_read(entry, number, row))]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            log.warning("a row of another shape is not shown", exception=error, entry=entry.id)
            continue  # of another version of this code: nobody's stream ends with it
        for place, frame in enumerate(frames):
            yield number * 10 + place, frame


def _read(entry: Entry, number: int, row: Any) -> _Row:
    collection, id, change = (str(row[name]) for name in ("collection", "id", "change"))
    fields, left_out = dict(row.get("fields") or {}), tuple(row.get("left_out") or ())
    return _Row(collection, id, change, fields, left_out, f"{entry.id}.{number}", entry.committed)


def _frames(row: _Row) -> Iterator[Frame]:
    if make := _MAKERS.get(row.collection):
        yield from make(row)
    if row.collection in OF_DOCUMENTS:
        path = f"{row.collection}/{row.id}"
        data = {"path": path, "collection": row.collection, "document_id": row.id, "change": row.change}
        shown = {name: row.fields.get(name) for name in ("status",) if name in row.fields}
        link = {"link": links.page_of(row.collection, row.id)} if links.has_page(row.collection) else {"link": None}
        yield _frame(row, DOCUMENTS, "document", {**data, "title": _title(row), **shown, **link}, path=path)


def _frame(
    row: _Row, channel: str, type: str, data: Fields, *, id: str | None = None, path: str | None = None
) -> Frame:
    whole = {"type": type, "id": id or f"{row.key}.{type}", **data, "timestamp": row.at}
    if row.left_out:
        whole["left_out"] = [*row.left_out]
    return Frame(channel, path, type, whole)


def _title(row: _Row) -> str | None:
    return next((str(row.fields[name]) for name in _NAMES if row.fields.get(name)), None)


def _activity(row: _Row) -> Iterator[Frame]:
    if row.change == "created":
        fields = row.fields
        data = {
            "activity_type": fields.get("type"),
            "title": fields.get("title"),
            "message": fields.get("message"),
            "metadata": fields.get("metadata") or {},
            "link": fields.get("link"),
        }
        yield _frame(row, "activity", "activity", data, id=row.id)


def _notification(row: _Row) -> Iterator[Frame]:
    fields = row.fields
    if row.change == "created":
        data = {
            "notification_type": fields.get("type") or "info",  # a default is not stored
            "title": fields.get("title"),
            "message": fields.get("message"),
            "link": fields.get("link"),
            "priority": fields.get("priority") or "medium",
        }
        yield _frame(row, "notifications", "notification", data, id=row.id)
    elif row.change == "deleted" or "read" in fields:
        data = {"notification_id": row.id, "read": fields.get("read"), "deleted": row.change == "deleted"}
        yield _frame(row, "notifications", "notification_update", data)


def _task(row: _Row) -> Iterator[Frame]:
    fields = row.fields
    at_first = "queued" if row.change == "created" else None  # a default is not stored
    status = "deleted" if row.change == "deleted" else fields.get("status") or at_first
    data = {
        "task_id": row.id,
        "status": status,
        "progress": fields.get("progress"),
        "message": fields.get("error") or fields.get("stage"),
        "stage": fields.get("stage"),
        "title": fields.get("title"),
        "link": links.page_of("research_tasks", row.id),
    }
    yield _frame(row, "tasks", "task_update", data)


def _execution(row: _Row) -> Iterator[Frame]:
    fields = row.fields
    status = fields.get("status")
    if status is None and "paused" not in fields:
        return  # a lease, a signal: nothing that a person would see
    waiting = fields.get("waiting") or {}
    data = {
        "task_id": row.id,
        "execution_id": row.id,
        "automation_id": fields.get("automation_id"),
        "status": status,
        "progress": None,
        "message": fields.get("error") or waiting.get("message"),
        "waiting": waiting or None,
        "paused": fields.get("paused"),
        "title": fields.get("automation_name"),
        "link": _link_of_execution(fields.get("automation_id"), row.id),
    }
    yield _frame(row, "executions", "task_update", data)


def _step(row: _Row) -> Iterator[Frame]:
    fields = row.fields
    if row.change != "created" or not fields.get("execution_id"):
        return
    data = {
        "task_id": fields["execution_id"],
        "execution_id": fields["execution_id"],
        "status": "running",
        "progress": None,
        "message": fields.get("message"),
        "step": {"id": fields.get("step"), "action": fields.get("action"), "status": fields.get("status")},
    }
    yield _frame(row, "executions", "task_update", data)


def _batch(row: _Row) -> Iterator[Frame]:
    fields = row.fields
    data = {
        "job_id": row.id,
        "operation": fields.get("operation"),
        "status": "deleted" if row.change == "deleted" else fields.get("status") or "queued",  # defaults are not stored
        "total": fields.get("total"),
        "done": fields.get("done") or 0,
        "failed": fields.get("failed") or 0,
    }
    yield _frame(row, "batch", "batch_update", data)


def _link_of_execution(automation_id: str | None, id: str) -> str | None:
    return links.page_of_execution(automation_id, id) if automation_id else None


_MAKERS: Mapping[str, Callable[[_Row], Iterator[Frame]]] = {
    "activity": _activity,
    "batch_jobs": _batch,
    "executions": _execution,
    "notifications": _notification,
    "research_tasks": _task,
    "steps": _step,
}
