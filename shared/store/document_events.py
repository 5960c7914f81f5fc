"""Decodes Eventarc's document events, whose data is a google.events.cloud.firestore.v1.DocumentEventData."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.gcp import messages, trace_marks
from shared.gcp.firestore import Document
from shared.gcp.values import decode_fields, decode_time
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.store.changes import Change

_FRESH = timedelta(seconds=60)  # half an invocation's timeout


def change_of(attributes: Mapping[str, str], body: bytes) -> Change:
    """The change that an event reports; its attributes are `document` and, of a deletion, `time`; on the local stack
    `clockoffset`, the seconds that its clock is ahead of its store's.

    Raises ValueError or KeyError for what is no event of a user's document.
    """
    data = parsed(body)
    _, uid, collection, id = attributes["document"].split("/")
    offset = timedelta(seconds=float(attributes.get("clockoffset", 0)))
    time = _time(attributes.get("time"), data, offset)
    side = "value" if data.HasField("value") else "old_value"
    version = decode_time(getattr(data, side).update_time)
    return Change(
        event_id=event_key(attributes["document"], version, deleted=side == "old_value"),
        uid=uid,
        collection=collection,
        id=id,
        before=_fields(data, "old_value"),
        after=_fields(data, "value"),
        time=time,
        fresh=clock.now() - time < _FRESH,
    )


def change_between(before: Document | None, after: Document) -> Change:
    """The change that made a version of a document, as its event reports it."""
    _, uid, collection, id = after.path.split("/")
    return Change(
        event_id=event_key(after.path, after.version, deleted=False),
        uid=uid,
        collection=collection,
        id=id,
        before=_own(before.data) if before else None,
        after=_own(after.data),
        time=after.version,
        fresh=False,
    )


def event_key(path: str, version: datetime, *, deleted: bool) -> str:
    """Names the event of a write by the version that it made, or deleted: whoever has read the document knows it too,
    and of one write told under several ids everything follows once."""
    return derived_id(path, version.isoformat(), "deleted" if deleted else "written")


def decoded(body: bytes) -> dict[str, Any] | None:
    """An event's data for display: the document before and after; None for what is no event."""
    try:
        data = parsed(body)
    except ValueError:
        return None
    return {"before": _fields(data, "old_value"), "after": _fields(data, "value")}


def parsed(body: bytes) -> Any:
    """The wire's message. Raises ValueError for bytes that are none."""
    data = messages.events.DocumentEventData()
    try:
        data.ParseFromString(body)
    except Exception as error:  # protobuf's DecodeError, which derives from nothing else
        raise ValueError("not the data of a document event") from error
    return data


def _time(sent: str | None, data: Any, offset: timedelta) -> datetime:
    """The time of the write: the document's update time; of a deletion the event's time, which may be cut to seconds
    and is then moved behind the deleted version."""
    if data.HasField("value"):
        return decode_time(data.value.update_time) + offset
    at = datetime.fromisoformat(sent) if sent else clock.now()
    return max(at, decode_time(data.old_value.update_time) + offset + timedelta(microseconds=1))


def _fields(data: Any, side: str) -> dict[str, Any] | None:
    if not data.HasField(side):
        return None
    return _own(decode_fields(getattr(data, side).fields))


def _own(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a trace has left."""
    return {name: value for name, value in fields.items() if name != trace_marks.FIELD}
