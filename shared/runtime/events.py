"""Firestore-triggered functions: decode Eventarc's CloudEvent to a typed change and call the handlers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import flask
import functions_framework
from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData
from werkzeug.exceptions import HTTPException as Answered

from shared import context, log
from shared.context import Context, Principal
from shared.errors import AppError
from shared.gcp.values import decode_fields, decode_time
from shared.kit import clock
from shared.runtime import auth, problem, reporting
from shared.store.changes import Change

_FRESH = timedelta(seconds=60)  # half an invocation's timeout
Handler = Callable[[Change], None]
_EventData = DocumentEventData.pb()


def document_function(name: str, *handlers: Handler) -> Callable[[CloudEvent], None]:
    """Create a deployable function for writes to `users/{uid}/{collection}/{id}`.

    It calls every handler, even after one fails. An error that a retry cannot mend is recorded in the user's system
    log; any other is raised in the end, so that Eventarc delivers the event again.
    """

    auth.require_caller()

    def function(event: CloudEvent) -> None:
        with context.bound(Context(function=name, request_id=str(event["id"]), redelivered=True)) as call:
            try:
                auth.check_caller(flask.request, name)
            except AppError as error:
                raise Answered(response=problem.render(error)) from error
            change = decode(event)
            call.principal = Principal(change.uid)
            failures = [failure for handler in handlers if (failure := _failure(name, handler, change))]
            reporting.settle(call)
            if failures:
                raise failures[0]
            log.info("event taken", document=event.get("document"), firestore=str(call.meter.cost))

    function.__name__ = name
    registered: Callable[[CloudEvent], None] = functions_framework.cloud_event(function)
    return registered


def _failure(name: str, handler: Handler, change: Change) -> Exception | None:
    """Call a handler; returns the error for which the event has to be delivered again, or None."""
    try:
        try:
            handler(change)
        except AppError as error:
            if error.retriable:
                return error
            log.error("event refused", exception=error, collection=change.collection, document=change.id)
            reporting.reporter().report_refusal(change, name, handler.__module__, error)
    except Exception as error:
        log.error("a handler failed", exception=error, function=name, document=change.id)
        return error
    return None


def decode(event: CloudEvent) -> Change:
    """Decode an event to a change. Its body is a google.events.cloud.firestore.v1.DocumentEventData."""
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
    """The time of the write: the document's update time; of a deletion the event's time, which may be cut to seconds
    and is then moved behind the deleted version."""
    if data.HasField("value"):
        return decode_time(data.value.update_time)
    sent = datetime.fromisoformat(str(event["time"])) if event.get("time") else clock.now()
    return max(sent, decode_time(data.old_value.update_time) + timedelta(microseconds=1))


def _fields(data: Any, side: str) -> dict[str, Any] | None:
    return decode_fields(getattr(data, side).fields) if data.HasField(side) else None
