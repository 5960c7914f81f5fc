"""Firestore-triggered functions: from Eventarc's CloudEvent to a typed change."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import functions_framework
from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData

from shared import context, log
from shared.context import Context
from shared.domains.changes import Change
from shared.errors import AppError
from shared.gcp.values import decode_fields, decode_time
from shared.kit import clock

_FRESH = timedelta(seconds=60)  # half the time that an invocation may take
_EventData = DocumentEventData.pb()


def document_function(name: str, handler: Callable[[Change], None]) -> Callable[[CloudEvent], None]:
    """A deployable function of that name for writes to `users/{uid}/{collection}/{id}`.

    An error that a retry cannot mend is logged and the event is done; any other is raised, so that
    Eventarc delivers the event again.
    """

    def function(event: CloudEvent) -> None:
        with context.bound(Context(function=name, request_id=str(event["id"]), redelivered=True)) as call:
            try:
                change = decode(event)
                handler(change)
            except AppError as error:
                if error.retriable:
                    raise
                log.error("event refused", exception=error, document=event.get("document"))
                return
            log.info("event taken", document=event.get("document"), firestore=str(call.cost))

    function.__name__ = name
    registered: Callable[[CloudEvent], None] = functions_framework.cloud_event(function)
    return registered


def decode(event: CloudEvent) -> Change:
    """The change an event tells of. Body: google.events.cloud.firestore.v1.DocumentEventData."""
    data = _EventData()
    data.ParseFromString(event.data or b"")
    _, uid, collection, id = str(event["document"]).split("/")
    time = _time(event, data)
    return Change(
        event_id=str(event["id"]),
        uid=uid,
        collection=collection,
        id=id,
        before=_fields(data, "old_value"),
        after=_fields(data, "value"),
        time=time,
        fresh=clock.now() - time < _FRESH,
    )


def _time(event: CloudEvent, data: Any) -> datetime:
    """When the write took place. The document's update time is exact; ce-time may be cut to seconds, and a deletion
    has no other: it comes after the version that it deleted."""
    if data.HasField("value"):
        return decode_time(data.value.update_time)
    sent = datetime.fromisoformat(str(event["time"])) if event.get("time") else clock.now()
    return max(sent, decode_time(data.old_value.update_time) + timedelta(microseconds=1))


def _fields(data: Any, side: str) -> dict[str, Any] | None:
    return decode_fields(getattr(data, side).fields) if data.HasField(side) else None
