"""Firestore-triggered functions: decode Eventarc's CloudEvent to a typed change and call the handlers."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeGuard

import flask
import functions_framework
from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData
from werkzeug.exceptions import HTTPException as Answered

from shared import log
from shared.context import Context, Principal
from shared.errors import AppError
from shared.gcp import trace_marks
from shared.gcp.values import decode_fields, decode_time
from shared.kit import clock
from shared.kit.traces import Place
from shared.runtime import auth, calls, problem, reporting
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
        call = Context(name, "event", str(event["id"]), redelivered=True)
        with calls.taken(call, _place_of_writer(event) or calls.place_of_caller()):
            try:
                auth.check_caller(flask.request, name)
            except AppError as error:
                raise Answered(response=problem.render(error)) from error
            change = decode(event)
            call.principal = Principal(change.uid)
            document, age = f"{change.collection}/{change.id}", calls.milliseconds_since(change.time)
            call.facts |= {"document": document, "age_ms": age}
            failures = [failure for handler in handlers if (failure := _failure(name, handler, change))]
            _answer(call, failures)

    function.__name__ = name
    registered: Callable[[CloudEvent], None] = functions_framework.cloud_event(function)
    return registered


def _failure(name: str, handler: Handler, change: Change) -> Exception | None:
    """Call a handler, and report its refusal to the user; returns the error, if there is one."""
    try:
        handler(change)
    except Exception as error:
        if not _is_final(error):
            return error
        try:
            reporting.reporter().report_refusal(change, name, handler.__module__, error)
        except Exception as unreported:
            return unreported
        return error
    return None


def _is_final(error: Exception) -> TypeGuard[AppError]:
    return isinstance(error, AppError) and not error.retriable


def _answer(call: Context, failures: Sequence[Exception]) -> None:
    """Raise the first error for which the event has to be delivered again; log those that the call's line omits."""
    again = [error for error in failures if not _is_final(error)]
    call.error = next(iter([*again, *failures]), None)
    for error in failures:
        if error is not call.error:
            log.error(f"another handler failed: {error}", exception=error)
    if again:
        raise again[0]


def _place_of_writer(event: CloudEvent) -> Place | None:
    """Where the write stands in its trace, if that is recorded."""
    if trace_marks.FIELD.encode() not in (event.data or b""):
        return None
    try:
        return trace_marks.left_by(_parsed(event))
    except Exception:  # what cannot be read is met again by `decode`
        return None


def _parsed(event: CloudEvent) -> Any:
    data = _EventData()
    data.ParseFromString(event.data or b"")
    return data


def decode(event: CloudEvent) -> Change:
    """Decode an event to a change. Its body is a google.events.cloud.firestore.v1.DocumentEventData."""
    data = _parsed(event)
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
    if not data.HasField(side):
        return None
    fields = decode_fields(getattr(data, side).fields)
    fields.pop(trace_marks.FIELD, None)
    return fields
