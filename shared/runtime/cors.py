"""Cross-origin rules: which web pages may call the API, and which may write without signing in.

Production allows the origins of the setting CORS_ORIGINS. The local stack also allows any port of the developer's own
machine, and refuses writes of any other page: without a token every request there is the development user's, and a
browser sends a foreign page's POST before it asks anybody (a "simple request").
"""

from urllib.parse import urlsplit

from flask import Response
from pydantic_core import to_json

from shared import settings
from shared.errors import Forbidden
from shared.kit.patterns import lazy_pattern
from shared.runtime.incoming import Incoming

_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
_REQUEST_HEADERS = (
    "content-type, authorization, idempotency-key, if-match, if-none-match, last-event-id, x-request-id, "
    "traceparent, tracestate"
)
_EXPOSED_HEADERS = (
    "etag, location, retry-after, x-request-id, idempotency-replayed, content-disposition, ratelimit, "
    "ratelimit-policy, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset"
)
PREFLIGHT = {
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": _REQUEST_HEADERS,
    "Access-Control-Max-Age": "3600",
}
_LOCAL_HOST = lazy_pattern(r"localhost|([a-z0-9-]{1,63}\.){1,8}localhost|127\.0\.0\.1|::1")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def preflight() -> Response:
    """Answer an OPTIONS request with the methods and headers that calls may use."""
    return Response(to_json({"success": True}), content_type="application/json", headers=PREFLIGHT)


def allow_origin(request: Incoming) -> dict[str, str]:
    """The headers of an answer that let the calling page read it, if its origin is allowed."""
    origin, headers = request.headers.get("Origin", ""), {"Vary": "Origin"}
    if origin and _is_allowed(origin):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
    return headers


def refuse_foreign_write(request: Incoming) -> None:
    """Raise Forbidden for a write by another site's page; call it for requests without a token on the local stack."""
    origin = request.headers.get("Origin", "")
    if not origin or request.method in _SAFE_METHODS or _is_allowed(origin):
        return
    raise Forbidden(
        "A page of another site may not write as the development user. Sign in with a token, or name the page's "
        "origin in CORS_ORIGINS."
    )


def _is_allowed(origin: str) -> bool:
    config = settings.current()
    named = [entry.strip() for entry in config.cors_origins.split(",")]
    return origin in named or "*" in named or (config.local and _is_own_machine(origin))


def _is_own_machine(origin: str) -> bool:
    """Whether the origin is localhost, a name below it, 127.0.0.1 or [::1], at any port."""
    try:
        parts = urlsplit(origin)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    host = (parts.hostname or "").lower()
    return parts.scheme in ("http", "https") and port_is_valid and bare and _LOCAL_HOST.fullmatch(host) is not None
