"""A language model that begins to stream a text and falls silent; whatever is not streamed it answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.local.serving import Serving

_WORDS = "Tutors are "
_ANSWER = {
    "pieces": [{"subject": "Tutors", "text": "Tutors are scarce."}],
    "summary": "A school.",
    "fit_score": 0.5,
    "fit_likelihood": "medium",
    "suggested_outreach_angle": "Tutors are scarce.",
    "reasoning": [],
    "pain_points": [],
}  # a text's and an analysis's answer in one


class SilentModel(Serving, ThreadingHTTPServer):
    """Speaks the chat completions protocol. `silent` counts the streams in which it fell silent, `left` those of them
    whose caller has hung up since. Without `words` it is silent from the start, `mute` even about the status."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, *, words: str = _WORDS, mute: bool = False) -> None:
        self.silent = self.left = 0
        self._counting = threading.Lock()
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if body.get("stream"):
                    self._begin_text()
                    with model.counted(), suppress(OSError):
                        self.rfile.read(1)  # nothing comes any more: it ends when the caller hangs up
                else:
                    self._send(_completion(json.dumps(_ANSWER)), "Content-Type", "application/json")

            def _begin_text(self) -> None:
                if not mute:
                    chunk = {"choices": [{"index": 0, "delta": {"content": words}}]}
                    content = f"data: {json.dumps(chunk)}\n\n" if words else ""
                    self._send(content, "Content-Type", "text/event-stream")

            def _send(self, content: str, name: str, value: str) -> None:
                self.send_response(200)
                self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content.encode())

            def log_message(self, format: str, *args: Any) -> None:
                return

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a stream within the block, in which it is silent, and that its caller has left."""
        with self._counting:
            self.silent += 1
        try:
            yield
        finally:
            with self._counting:
                self.left += 1


def _completion(content: str) -> str:
    message = {"role": "assistant", "content": content}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
