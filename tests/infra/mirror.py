"""A server with one file, which answers well, badly or not at all."""

import hashlib
import os
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.local.fetching import Published
from infra.local.serving import Serving

CONTENT = os.urandom(3_000_000)
Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as `server.answer` does, and notes the ranges asked for."""

    server: "Mirror"

    def do_GET(self) -> None:
        self.server.ranges.append(self.headers.get("Range"))
        self.server.answer(self)

    def begin(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


class Mirror(Serving, ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.ranges: list[str | None] = []
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/emulators"

    def server_close(self) -> None:
        self.ended.set()
        super().server_close()


def good(handler: Handler) -> None:
    """The file, or what the range asks for, as Google's storage answers."""
    asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range") or "")
    start = int(asked[1]) if asked else 0
    total = len(CONTENT)
    if asked:
        handler.begin(206, total - start, Content_Range=f"bytes {start}-{total - 1}/{total}")
    else:
        handler.begin(200, total)
    handler.wfile.write(CONTENT[start:])


def without_ranges(handler: Handler) -> None:
    handler.begin(200, len(CONTENT))
    handler.wfile.write(CONTENT)


def broken_off(handler: Handler) -> None:
    """The connection ends after a third of what is asked for."""
    asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range") or "")
    start, total = int(asked[1]) if asked else 0, len(CONTENT)
    handler.begin(206 if asked else 200, total - start, Content_Range=f"bytes {start}-{total - 1}/{total}")
    handler.wfile.write(CONTENT[start : start + total // 3])


def short(handler: Handler) -> None:
    handler.begin(200, 5)
    handler.wfile.write(b"short")


def longer(handler: Handler) -> None:
    handler.begin(200, len(CONTENT) + 1)
    handler.wfile.write(CONTENT + b"x")


def another_file(handler: Handler) -> None:
    handler.begin(200, len(CONTENT))
    handler.wfile.write(bytes(len(CONTENT)))


def silent(handler: Handler) -> None:
    handler.begin(200, len(CONTENT))
    handler.wfile.write(CONTENT[:1000])
    handler.wfile.flush()
    handler.server.ended.wait(60)


def status(code: int) -> Answer:
    return lambda handler: handler.begin(code, 0)


def in_turn(*answers: Answer) -> Answer:
    waiting = list(answers)
    return lambda handler: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler)


def published(mirror: Mirror) -> Published:
    return Published(f"{mirror.url}/emulator.jar", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
