"""Serves an HTTP function's requests without Flask's part in each: its routing, contexts, session and signals, which
nobody here uses and which take longer than the function's own part of a small read.

The framework's app stays what is deployed, and serves whatever Flask would not simply pass on.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, Response
from werkzeug.exceptions import HTTPException

from shared.runtime import arguments

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
_OF_THE_FRAMEWORK = ("/robots.txt", "/favicon.ico")


@dataclass(frozen=True, slots=True)
class _Body:
    """An answer's body, all of which there is."""

    parts: list[bytes]
    close: Callable[[], None]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)


def shorten(app: Flask, function: Callable[[Request], Response]) -> None:
    """Have the app's requests answered by its function at once."""
    framework: WsgiApp = app.wsgi_app

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not _is_passed_on(environ):
            return framework(environ, start_response)
        request = Request(environ)
        try:
            response = function(request)
            if not response.is_streamed:
                _read_to_its_end(request, environ)
        finally:
            request.close()  # files that were uploaded
        if response.is_streamed or environ["REQUEST_METHOD"] == "HEAD" or response.status_code != 200:
            return response(environ, start_response)
        start_response(response.status, response.get_wsgi_headers(environ).to_wsgi_list())
        return _Body([*response.iter_encoded()], response.close)

    app.wsgi_app = serve  # type: ignore[method-assign]


def _is_passed_on(environ: dict[str, Any]) -> bool:
    """Whether Flask would call the function with the request as it is: it refuses or redirects odd paths, and what
    would become a WebSocket."""
    path = environ["PATH_INFO"]
    odd = not path.startswith("/") or "//" in path or "\n" in path
    return not (odd or path in _OF_THE_FRAMEWORK or "HTTP_UPGRADE" in environ)


def _read_to_its_end(request: Request, environ: dict[str, Any]) -> None:
    """Read what the function left of the body, as the framework does: a client that still sends has its answer."""
    if arguments.has_body(environ):
        with suppress(HTTPException):  # the client has gone
            request.get_data()
