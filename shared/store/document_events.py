"""Decodes Eventarc's document events, whose data is a google.events.cloud.firestore.v1.DocumentEventData."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from shared.gcp import trace_marks
from shared.gcp.values import decode_fields, decode_time
from shared.kit import clock
from shared.store.changes import Change

_FRESH = timedelta(seconds=60)  # half an invocation's timeout


def change_of(attributes: Mapping[str, str], body: bytes) -> Change:
    """The change that an event reports; its attributes are `id`, `document` and, of a deletion, `time`.

    Raises ValueError or KeyError for what is no event of a user's document.
    """
    data = parsed(body)
    _, uid, collection, id = attributes["document"].split("/")
    time = _time(attributes.get("time"), data)
    return Change(
        event_id=attributes["id"],
        uid=uid,
        collection=collection,
        id=id,
        before=_fields(data, "old_value"),
        after=_fields(data, "value"),
        time=time,
        fresh=clock.now() - time < _FRESH,
    )


def decoded(body: bytes) -> dict[str, Any] | None:
    """An event's data for display: the document before and after; None for what is no event."""
    try:
        data = parsed(body)
    except ValueError:
        return None
    return {"before": _fields(data, "old_value"), "after": _fields(data, "value")}


@cache
def _event_data() -> Any:
    from google.events.cloud.firestore import DocumentEventData  # few functions need it

    return DocumentEventData.pb()


def parsed(body: bytes) -> Any:
    """The wire's message. Raises ValueError for bytes that are none."""
    data = _event_data()()
    try:
        data.ParseFromString(body)
    except Exception as error:  # protobuf's DecodeError, which derives from nothing else
        raise ValueError("not the data of a document event") from error
    return data


def _time(sent: str | None, data: Any) -> datetime:
    """The time of the write: the document's update time; of a deletion the event's time, which may be cut to seconds
    and is then moved behind the deleted version."""
    if data.HasField("value"):
        return decode_time(data.value.update_time)
    at = datetime.fromisoformat(sent) if sent else clock.now()
    return max(at, decode_time(data.old_value.update_time) + timedelta(microseconds=1))


def _fields(data: Any, side: str) -> dict[str, Any] | None:
    if not data.HasField(side):
        return None
    fields = decode_fields(getattr(data, side).fields)
    fields.pop(trace_marks.FIELD, None)
    return fields
