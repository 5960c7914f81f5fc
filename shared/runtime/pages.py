"""Serves HTML pages without sign-in: no script, no foreign resources, never cached or framed."""

from flask import Request, Response

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def is_wanted(request: Request) -> bool:
    """Whether the caller prefers HTML to JSON, or has no preference: browsers do."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html") == "text/html"


def page(html: str, status: int = 200) -> Response:
    """A response with the page and its security headers."""
    return Response(html, status=status, content_type="text/html; charset=utf-8", headers=_HEADERS)
