"""Logs answered requests, and records failed and slow ones in the user's system log."""

from flask import Request, Response

from shared import log
from shared.context import Context
from shared.errors import AppError
from shared.runtime import accounts, calls, reporting
from shared.tracing import Span

_LONGEST = 1_000  # characters of a client's text in a line


def note(request: Request, response: Response, call: Context, seconds: float) -> None:
    """Record a request in its user's system log if it failed or was slow: at most one commit."""
    if call.principal is None or call.principal.uid == "anonymous":
        return
    try:
        if accounts.is_closed(call.principal.uid):
            return
        reporting.reporter().report_request(
            call.principal.uid,
            f"{request.method} {request.path}",
            status=response.status_code,
            milliseconds=round(1000 * seconds, 1),
            request_id=call.request_id,
        )
    except AppError:
        return  # the store may be what failed
    except Exception as error:
        log.error("a request could not be reported", exception=error)


def write_line(request: Request, response: Response, call: Context, span: Span, seconds: float) -> None:
    """Write a request's line, with `httpRequest` in Cloud Logging's format.

    Format: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#HttpRequest
    """
    status, url = response.status_code, (call.route or request.path)[:_LONGEST]
    sizes = {"requestSize": request.content_length, "responseSize": response.content_length}
    served = {
        "requestMethod": request.method,
        "requestUrl": url,
        "status": status,
        "latency": f"{seconds:.6f}s",
        "userAgent": request.headers.get("User-Agent", "")[:_LONGEST],
        "protocol": request.environ.get("SERVER_PROTOCOL", ""),
        **{name: str(size) for name, size in sizes.items() if size is not None},
    }
    subject, outcome = f"{request.method} {url} {status}", _outcome(call, status)
    span.set({"http.request.method": request.method, "http.response.status_code": status})
    calls.write(call, span, subject, seconds, outcome, status=status, httpRequest=served)


def _outcome(call: Context, status: int) -> str:
    if status >= 500 or (call.error is not None and status < 400):  # of a stream that broke off
        return "failed"
    if status in (401, 403):
        return "denied"
    return "refused" if status >= 400 else "done"
