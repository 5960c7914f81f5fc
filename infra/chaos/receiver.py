"""Somebody's own service, which counts by whom it was called."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.local.serving import Serving


class Receiver(Serving, ThreadingHTTPServer):
    """Answers every POST with 200; `calls` says how often each execution has called."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        calls, counting = self.calls, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with counting:
                    calls[body["execution_id"]] += 1
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/"
