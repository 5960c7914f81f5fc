"""The one place where an error becomes an answer: RFC 9457 problem documents."""

from flask import Response
from pydantic import ValidationError
from pydantic_core import to_json

from shared import context, log
from shared.errors import AppError, FieldError, Invalid, MethodNotAllowed

CONTENT_TYPE = "application/problem+json"


def render(error: Exception) -> Response:
    """The problem document of an error. What was not meant for the caller is logged, not shown."""
    if not isinstance(error, AppError):
        log.error("unexpected error", exception=error)
        error = AppError("Something went wrong on our side. The request id identifies it in our logs.")
    elif error.status >= 500:
        log.error(error.detail, exception=error)
    body = {
        "success": False,
        "type": f"urn:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "request_id": context.current().request_id,
    }
    if error.errors:
        body["errors"] = [{"field": e.field, "message": e.message} for e in error.errors]
    response = Response(to_json(body), status=error.status, content_type=CONTENT_TYPE)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(error.retry_after)))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.allowed)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def invalid(error: ValidationError) -> Invalid:
    """Pydantic's findings in our words: each names its field."""
    errors = [
        FieldError(".".join(map(str, e["loc"])) or "body", _sentence(e))
        for e in error.errors(include_url=False, include_input=False)[:20]
    ]
    return Invalid("; ".join(f"{e.field}: {e.message}" for e in errors), errors=errors)


def _sentence(error: object) -> str:
    kind, message = error["type"], error["msg"]  # type: ignore[index]
    if kind == "extra_forbidden":
        return "unknown field; remove it"
    if kind == "missing":
        return "is required"
    return str(message).removeprefix("Value error, ")
