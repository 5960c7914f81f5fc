"""An outside service that counts its calls by step, by idempotency key, and how many ran at once."""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.local.serving import Serving


class Receiver(Serving, ThreadingHTTPServer):
    """Answers every POST with 200, after up to `seconds`; if `busy`, with 503 to the first call of each key.

    Of the first calls of a key, a share `silent` is never answered: half of these have arrived, and are counted, the
    other half were lost on the way. `silences` counts them.
    `calls` counts the calls of each execution's steps, `keys` those of each webhook-id, `most_at_once` the most that
    were under way at the same time.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, seconds: float = 0.0, *, busy: bool = False, silent: float = 0.0, seed: int = 0) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.keys: Counter[str] = Counter()
        self.most_at_once = 0
        self.silences = 0
        self._silent, self._dice = silent, random.Random(seed)  # noqa: S311
        self._tried: set[str] = set()
        self.over = threading.Event()
        self._at_once = 0
        self._counting = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body, key = json.loads(self.rfile.read(int(self.headers["Content-Length"]))), self.headers["webhook-id"]
                if receiver.stays_silent((body["execution_id"], body["step"]), key):
                    receiver.over.wait()
                    return
                with receiver.counted((body["execution_id"], body["step"]), key):
                    threading.Event().wait(random.uniform(seconds / 2, seconds))  # noqa: S311
                    self.send_response(503 if busy and receiver.keys[key] == 1 else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def __exit__(self, *exc: object) -> None:
        self.over.set()
        super().__exit__(*exc)

    def stays_silent(self, step: tuple[str, str], key: str) -> bool:
        """Whether a call is never answered, so that its caller cannot know whether it has arrived."""
        with self._counting:
            first = key not in self._tried
            self._tried.add(key)
            if not first or self._dice.random() >= self._silent:
                return False
            self.silences += 1
            if self.silences % 2:
                self.calls[step] += 1
                self.keys[key] += 1
            return True

    @contextmanager
    def counted(self, step: tuple[str, str], key: str) -> Iterator[None]:
        """Count a call that is under way within the block."""
        with self._counting:
            self.calls[step] += 1
            self.keys[key] += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._counting:
                self._at_once -= 1
