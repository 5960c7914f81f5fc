"""Logs answered requests, and records failed and slow ones in the user's system log."""

from contextlib import suppress

from flask import Request, Response

from shared import log
from shared.context import Context
from shared.domains import system_logs
from shared.errors import AppError


def note(request: Request, response: Response, call: Context, seconds: float) -> None:
    """Log a request; if it failed or was slow, also record it in its user's system log."""
    milliseconds = round(1000 * seconds, 1)
    status = response.status_code
    log.info(
        f"{request.method} {call.route or request.path} {status}",
        status=status,
        milliseconds=milliseconds,
        firestore=str(call.cost),
    )
    failed, slow = status >= 500, milliseconds >= system_logs.SLOW_MS
    if call.principal is None or call.principal.uid == "anonymous" or not (failed or slow):
        return
    what = f"answered {status}" if failed else f"took {seconds:.1f} s"
    with suppress(AppError):  # the store may be what failed
        system_logs.record(
            call.principal.uid,
            "error" if failed else "warning",
            "api",
            f"{request.method} {request.path} {what}.",
            error_class="api_failure" if status in (502, 503, 504) else None,
            explanation="" if failed else "The request was answered, but later than it should be.",
            duration_ms=milliseconds,
            metadata={"request_id": call.request_id, "status": status},
        )
