"""Renders errors as RFC 9457 problem documents."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import Response
from pydantic_core import to_json

from shared import context
from shared.errors import AppError, MethodNotAllowed

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """What an error is answered with."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


def render(error: Exception) -> Response:
    """Render an error as a response."""
    problem = document(error)
    return Response(to_json(problem.body), status=problem.status, headers=problem.headers)


def document(error: Exception) -> Problem:
    """Render an error, and note it for the call's line in the log; an unexpected exception's text is not shown."""
    context.note_error(error)
    if not isinstance(error, AppError):
        error = AppError("Something went wrong on our side. The request id identifies it in our logs.")
    body: dict[str, Any] = {
        "success": False,
        "type": f"urn:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "request_id": context.current().request_id,
    }
    if error.errors:
        body["errors"] = [{"field": e.field, "message": e.message} for e in error.errors]
    headers = {"Content-Type": CONTENT_TYPE}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(error.retry_after)))
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Problem(error.status, headers, body)
