"""A page without content, of which a browser takes the origin."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.local.serving import Serving

_BODY = b"<!doctype html><title>blank</title><body></body>"


class _Pages(Serving, ThreadingHTTPServer):
    posted: Callable[[], None] | None = None


class _Blank(BaseHTTPRequestHandler):
    server: _Pages

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(_BODY)))
        self.end_headers()
        self.wfile.write(_BODY)

    def do_POST(self) -> None:
        if self.server.posted:
            self.server.posted()
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def page(posted: Callable[[], None] | None = None) -> Iterator[int]:
    """Serve the page; yields the port. A POST calls `posted`."""
    with _Pages(("127.0.0.1", 0), _Blank) as serving:
        serving.posted = posted
        yield int(serving.server_address[1])
