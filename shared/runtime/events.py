"""Firestore-triggered functions: decode Eventarc's CloudEvent to a typed change and call the handlers."""

from collections.abc import Callable, Sequence
from typing import TypeGuard

import flask
import functions_framework
from cloudevents.http import CloudEvent
from werkzeug.exceptions import HTTPException as Answered

from shared import log
from shared.context import Context, Principal
from shared.errors import AppError
from shared.gcp import trace_marks
from shared.kit.traces import Place
from shared.runtime import accounts, auth, calls, problem, reporting
from shared.store import document_events
from shared.store.changes import Change

Handler = Callable[[Change], None]


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
            _take(call, decode(event), handlers)

    function.__name__ = name
    registered: Callable[[CloudEvent], None] = functions_framework.cloud_event(function)
    return registered


def take_again(name: str, change: Change, handlers: Sequence[Handler]) -> None:
    """Have the handlers take a change as the function `name` does with its event, in a call of its own.

    Raises the error for which an event would be delivered again.
    """
    call = Context(name, "event", change.event_id, redelivered=True)
    with calls.taken(call, None):
        _take(call, change, handlers)


def _take(call: Context, change: Change, handlers: Sequence[Handler]) -> None:
    if accounts.is_closed(change.uid):
        call.facts["dropped"] = "the account was deleted"
        return
    call.principal = Principal(change.uid)
    document, age = f"{change.collection}/{change.id}", calls.milliseconds_since(change.time)
    call.facts |= {"document": document, "age_ms": age}
    failures = [failure for handler in handlers if (failure := _failure(call.function, handler, change))]
    _answer(call, failures)


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
        return trace_marks.left_by(document_events.parsed(event.data or b""))
    except Exception:  # what cannot be read is met again by `decode`
        return None


def decode(event: CloudEvent) -> Change:
    """Decode an event to a change."""
    attributes = {name: str(event[name]) for name in ("document", "time", "clockoffset") if event.get(name)}
    return document_events.change_of(attributes, event.data or b"")
