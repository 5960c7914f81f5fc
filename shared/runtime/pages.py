"""HTML pages for people without a sign-in: no script, nothing loaded from elsewhere, never cached or framed."""

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
    """Whether the caller takes a page at least as gladly as JSON: browsers do, and who says nothing."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html") == "text/html"


def page(html: str, status: int = 200) -> Response:
    return Response(html, status=status, content_type="text/html; charset=utf-8", headers=_HEADERS)
