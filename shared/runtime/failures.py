"""Logs answered requests, and records failed and slow ones in the user's system log."""

from contextlib import suppress

from flask import Request, Response

from shared import log
from shared.context import Context
from shared.errors import AppError
from shared.runtime import reporting


def note(request: Request, response: Response, call: Context, seconds: float) -> None:
    """Log a request; if it failed or was slow, also record it in its user's system log."""
    milliseconds = round(1000 * seconds, 1)
    status = response.status_code
    log.info(
        f"{request.method} {call.route or request.path} {status}",
        status=status,
        milliseconds=milliseconds,
        firestore=str(call.meter.cost),
    )
    if call.principal is None or call.principal.uid == "anonymous":
        return
    with suppress(AppError):  # the store may be what failed
        reporting.reporter().report_request(
            call.principal.uid,
            f"{request.method} {request.path}",
            status=status,
            milliseconds=milliseconds,
            request_id=call.request_id,
        )
