"""Builds the JSON line of a log record.

Formats: https://cloud.google.com/logging/docs/structured-logging and, for errors,
https://cloud.google.com/error-reporting/docs/formatting-error-messages
"""

import hmac
import json
import logging
import traceback
from functools import lru_cache
from typing import Any

from shared import context, settings, tracing
from shared.kit import clock
from shared.log import masking, plain

MAX_BYTES = 250_000  # Cloud Logging takes entries of up to 256 KB, which it measures with what it adds
_ERROR_EVENT = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
_LIMITS = (50_000, 10_000, 1_000, 100, 10)  # that values are cut to, until the entry fits


def line(record: logging.LogRecord) -> str:
    """The record as one line, without the secrets of the settings. Never raises; a line has at most MAX_BYTES."""
    try:
        return _line(_entry(record))
    except Exception as error:  # a log must not end the work that it tells of
        reason = str(error) if isinstance(error, ImportError) else type(error).__name__  # the module that is missing
        return json.dumps({"severity": "ERROR", "message": f"a log entry was lost: {reason}"})


def _line(entry: dict[str, Any]) -> str:
    text = masking.masked(plain.encoded(entry))
    if len(text) <= MAX_BYTES:
        return text
    whole = json.loads(text)  # without its secrets, which a cut would leave halves of
    note = {"cut": f"The entry had {len(text):,} bytes; long values are cut."}
    for limit in _LIMITS:
        text = plain.encoded({**plain.shortened(whole, limit), **note})
        if len(text) <= MAX_BYTES:
            break
    return text


def _entry(record: logging.LogRecord) -> dict[str, Any]:
    call, config, place = context.current(), settings.current(), tracing.place()
    entry: dict[str, Any] = {
        "severity": record.levelname,
        "time": clock.of_process().isoformat(),
        "message": _message(record),
        "function": call.function,
        "request_id": call.request_id,
    }
    if call.principal and call.principal.uid != "anonymous":
        entry["user"] = pseudonym(call.principal.uid)
    if call.execution_id:
        entry["execution_id"] = call.execution_id
    if place:
        entry["logging.googleapis.com/trace"] = f"projects/{config.project}/traces/{place.trace}"
        entry["logging.googleapis.com/spanId"] = place.span
        entry["logging.googleapis.com/trace_sampled"] = place.sampled
    entry.update(getattr(record, "fields", {}))
    if record.levelno >= logging.ERROR:
        entry |= _error_event(record, entry)
    elif record.exc_info:
        entry["stack_trace"] = _stack(record.exc_info[1])
    return entry


def _message(record: logging.LogRecord) -> str:
    """The record's text; of another library's faulty call what can be had."""
    try:
        return record.getMessage()
    except Exception:
        return str(record.msg)


def _error_event(record: logging.LogRecord, entry: dict[str, Any]) -> dict[str, Any]:
    """The fields by which Error Reporting counts an error: with those that have its stack or, without one, its place
    in the source."""
    config = settings.current()
    service = {
        "service": config.cloud_run_service or entry["function"],
        "version": config.cloud_run_revision or "local",
    }
    where: dict[str, Any] = {"user": entry["user"]} if "user" in entry else {}
    event: dict[str, Any] = {"@type": _ERROR_EVENT, "serviceContext": service, "context": where}
    if record.exc_info and record.exc_info[1]:
        return event | {"stack_trace": _stack(record.exc_info[1])}
    where["reportLocation"] = {
        "filePath": record.pathname,
        "lineNumber": record.lineno,
        "functionName": record.funcName,
    }
    return event


def _stack(error: BaseException | None) -> str:
    """The error with its causes, each with its stack, as Python prints them."""
    return "".join(traceback.format_exception(error)).rstrip()


def pseudonym(uid: str) -> str:
    """What stands for a user in the logs: a keyed hash, which only who has the server's key can compute."""
    return _pseudonym(uid, settings.current().server_keys[0])


@lru_cache(maxsize=1024)
def _pseudonym(uid: str, key: str) -> str:
    return hmac.digest(key.encode(), f"log\0{uid}".encode(errors="replace"), "sha256").hex()[:16]
