"""The earlier frontend's calls in a real browser, from another localhost origin; and a foreign page's."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.local.serving import Serving
from infra.local.stack import Stack
from tests.fixtures import node

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_HERE = Path(__file__).parent


class _Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>blank</title><body></body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


class _Pages(Serving, ThreadingHTTPServer):
    """A page without content, of which the browser takes the origin."""


@contextmanager
def _page() -> Iterator[int]:
    with _Pages(("127.0.0.1", 0), _Blank) as serving:
        yield int(serving.server_address[1])


def test_the_earlier_frontends_calls_work_and_a_foreign_pages_do_not(stack: Stack, root: Path) -> None:
    build = node.packages(root, _HERE)
    script = shutil.copy(_HERE / "pages.mjs", build)  # beside the packages
    with _page() as port:
        origins = (f"http://localhost:{port}/", f"http://foreign.example:{port}/")
        done = node.run("node", str(script), stack.url, *origins, cwd=build, seconds=250)
    assert done.returncode == 0, done.stdout + done.stderr
