"""Logs answered requests, and records failed and slow ones in the user's system log."""

from dataclasses import dataclass

from shared import log
from shared.context import Context
from shared.errors import AppError
from shared.runtime import accounts, calls, reporting
from shared.tracing import Span

CLIENT_GONE = 499  # of a request whose client did not wait for its answer, as Google's load balancers log it
_LONGEST = 1_000  # characters of a client's text in a line


@dataclass(frozen=True)
class Answered:
    """A request that was answered, and how. Sizes in bytes, where they are known."""

    method: str
    path: str
    status: int
    user_agent: str = ""
    protocol: str = ""
    request_size: int | None = None
    response_size: int | None = None


def note(answered: Answered, call: Context, seconds: float) -> None:
    """Record a request in its user's system log if it failed or was slow: at most one commit."""
    if call.principal is None or call.principal.uid == "anonymous" or answered.status == CLIENT_GONE:
        return
    try:
        if accounts.is_closed(call.principal.uid):
            return
        reporting.reporter().report_request(
            call.principal.uid,
            f"{answered.method} {answered.path}",
            status=answered.status,
            milliseconds=round(1000 * seconds, 1),
            request_id=call.request_id,
        )
    except AppError:
        return  # the store may be what failed
    except Exception as error:
        log.error("a request could not be reported", exception=error)


def write_line(answered: Answered, call: Context, span: Span, seconds: float) -> None:
    """Write a request's line, with `httpRequest` in Cloud Logging's format.

    Format: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#HttpRequest
    """
    method, status, url = answered.method, answered.status, (call.route or answered.path)[:_LONGEST]
    sizes = {"requestSize": answered.request_size, "responseSize": answered.response_size}
    served = {
        "requestMethod": method,
        "requestUrl": url,
        "status": status,
        "latency": f"{seconds:.6f}s",
        "userAgent": answered.user_agent[:_LONGEST],
        "protocol": answered.protocol,
        **{name: str(size) for name, size in sizes.items() if size is not None},
    }
    subject, outcome = f"{method} {url} {status}", _outcome(call, status)
    span.set({"http.request.method": method, "http.response.status_code": status})
    calls.write(call, span, subject, seconds, outcome, status=status, httpRequest=served)


def _outcome(call: Context, status: int) -> str:
    if status >= 500 or (call.error is not None and status < 400):  # of a stream that broke off
        return "failed"
    if status in (401, 403):
        return "denied"
    if status == CLIENT_GONE:
        return "done"
    return "refused" if status >= 400 else "done"
