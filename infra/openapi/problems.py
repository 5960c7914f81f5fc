"""The error responses that an operation can give, as far as its route shows."""

import re
from collections.abc import Iterator
from typing import Any

from infra.openapi.headers import RATES, named
from shared.runtime.router import PageOrFields, Route, Router

SCHEMA = {
    "type": "object",
    "description": "Why a call was refused or failed (RFC 9457).",
    "required": ["success", "type", "title", "status", "detail"],
    "properties": {
        "success": {"const": False, "description": "Always false."},
        "type": {"type": "string", "description": "What kind of error it is: `urn:problem:` and a stable name."},
        "title": {"type": "string", "description": "The kind of error in words."},
        "status": {"type": "integer", "description": "The HTTP status code, 400 to 599."},
        "detail": {"type": "string", "description": "What is wrong and what to do about it: a sentence for people."},
        "request_id": {"type": "string", "description": "The request's id in our logs."},
        "errors": {
            "type": "array",
            "description": "The fields that were refused: with 422, and there at least one, at most 20.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string", "description": "The field's path, such as `steps.0.action`."},
                    "message": {"type": "string", "description": "What is wrong with it."},
                },
            },
        },
    },
}
_NAMES = {
    "400": ("BadRequest", "The request cannot be understood, or not in the state that the entity is in."),
    "401": ("Unauthenticated", "No valid ID token, or on a public address no valid signature."),
    "403": ("Forbidden", "Not allowed."),
    "404": ("NotFound", "This user has no entity with this id."),
    "409": ("Conflict", "In conflict with what exists, or with a request under way."),
    "410": ("Gone", "The user's account was deleted; it takes no further calls."),
    "412": ("PreconditionFailed", "`If-Match` does not name the current version; nothing was changed."),
    "413": ("TooLarge", "The body, or what would be stored of it, is too large; the detail says the limit."),
    "415": ("UnsupportedMediaType", "A file of a kind that is not read; the detail says which."),
    "422": ("Invalid", "Invalid input; `errors` names the fields."),
    "429": ("TooManyRequests", "Too many requests; `Retry-After` says when to come back."),
    "502": ("ProviderFailed", "A language model or another service outside refused, or may not have been reached."),
    "503": ("Unavailable", "Temporarily unavailable; the same call may succeed later."),
}
_LATER = ("409", "429", "503")
_BY_PROVIDERS = re.compile(r"/api/content/.*|/api/outreach/generate|/api/templates/{id}/use|/api/playbooks/{id}/run")
_MISSING_WITHOUT_ID = ("/api/personas/default", "/api/prospects/manual/upload-analysis")


def _response(status: str, text: str) -> dict[str, Any]:
    headers = named("X-Request-Id", *(["Retry-After"] if status in _LATER else []))
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": text, "headers": headers | (RATES if status == "429" else {}), "content": content}


RESPONSES = {name: _response(status, text) for status, (name, text) in _NAMES.items()}

NOT_MODIFIED: dict[str, Any] = {
    "304": {
        "description": "Nothing has changed: what `If-None-Match` names still holds.",
        "headers": named("X-Request-Id", "ETag") | RATES,
    }
}


def responses(router: Router, route: Route) -> dict[str, Any]:
    """The error responses of a route, by status."""
    possible = set(_possible(router.prefix + route.path, route))
    by_status: dict[str, Any] = {
        status: {"$ref": f"#/components/responses/{name}"} for status, (name, _) in _NAMES.items() if status in possible
    }
    if isinstance(route.answer, PageOrFields):
        page = {"text/html": {"schema": {"type": "string"}}}
        by_status["404"] = {**RESPONSES["NotFound"], "content": {**RESPONSES["NotFound"]["content"], **page}}
    return by_status


def honours_if_match(route: Route) -> bool:
    """Whether the handler reads the version that the client demands."""
    return "if_match" in route.handler.__code__.co_names


def _possible(path: str, route: Route) -> Iterator[str]:
    takes_body = bool(route.body or route.upload)
    yield from ("422", "503")  # from the query and the store
    if not route.unlimited:
        yield "429"
    if route.method != "GET" or route.query or "{" in path:
        yield "400"
    if not route.public:
        yield from ("401", "403", "410")
    elif takes_body:  # signed by its sender
        yield "401"
    if "{" in path or path in _MISSING_WITHOUT_ID or _names_others(route):
        yield "404"
    if route.method != "GET":
        yield "409"
    if honours_if_match(route):
        yield "412"
    if takes_body:
        yield "413"
    if route.upload:
        yield "415"
    if route.method == "POST" and _BY_PROVIDERS.fullmatch(path):
        yield "502"


def _names_others(route: Route) -> bool:
    """Whether the call refers to other entities; a list filtered by one is merely empty."""
    if route.method == "GET":
        return False
    fields = [name for model in (route.body, route.query) if model for name in model.model_fields]
    return any(re.search("_ids?$", name) for name in fields)
