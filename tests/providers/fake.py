"""A local server that answers as it is told: the outside world, failures included."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from infra.local.serving import Serving


@dataclass
class Reply:
    """`parts` are sent one by one in place of `body`, without a length; `headers` may lie about the length."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    parts: Iterable[bytes] | None = None


def answer(content: object, status: int = 200, **headers: str) -> Reply:
    """JSON."""
    return Reply(status, json.dumps(content).encode(), headers)


def token(seconds: int = 3600) -> Reply:
    """An access token of a service account."""
    return answer({"access_token": "t-1", "expires_in": seconds, "token_type": "Bearer"})


def huge() -> Reply:
    """An answer that does not end before the client has had enough."""
    return Reply(parts=(b'{"x":"' if n == 0 else b" " * 2**20 for n in range(64)))


def cut_off() -> Reply:
    """The connection breaks in the middle of the body."""
    return Reply(body=b'{"results": [', headers={"Content-Length": "4096"})


class Provider(Serving, ThreadingHTTPServer):
    """Records the requests it gets; `reply` decides the answer to the n-th, `routes` by the path."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, reply: Callable[[int], Reply] = lambda n: Reply(404), *, routes: Mapping[str, Reply] | None = None
    ) -> None:
        self.requests: list[dict[str, Any]] = []
        self.reply = reply
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                self._respond(raw)

            def do_GET(self) -> None:
                self._respond(b"null")

            def _respond(self, raw: bytes) -> None:
                path, _, query = self.path.partition("?")
                asked = {
                    "method": self.command,
                    "path": path,
                    "query": dict(parse_qsl(query)),
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": self._read(raw),
                }
                provider.requests.append(asked)
                chosen = (routes or {}).get(path) or provider.reply(len(provider.requests))
                threading.Event().wait(chosen.seconds)
                self.send_response(chosen.status)
                length = {} if chosen.parts is not None else {"Content-Length": str(len(chosen.body))}
                for name, value in {**length, **chosen.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for part in chosen.parts if chosen.parts is not None else (chosen.body,):
                    self.wfile.write(part)

            def _read(self, raw: bytes) -> Any:
                """JSON, or a form as OAuth's token endpoint takes it."""
                if "urlencoded" in self.headers.get("Content-Type", ""):
                    return dict(parse_qsl(raw.decode()))
                return json.loads(raw)

            def log_message(self, format: str, *args: Any) -> None:
                return

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"


def completion(content: object, *, sent: int = 0, written: int = 0) -> Reply:
    """A chat completion as OpenAI's reference documents it."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": sent, "completion_tokens": written, "total_tokens": sent + written}
    return answer({"id": "c1", "object": "chat.completion", "choices": [choice], "usage": usage})


def streamed(*pieces: str, sent: int = 0, written: int = 0, ends: bool = True) -> Reply:
    """The same as server-sent events, the usage in a last chunk without a choice."""
    chunks: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    usage = {"prompt_tokens": sent, "completion_tokens": written, "total_tokens": sent + written}
    chunks.append({"choices": [], "usage": usage})
    lines = [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks]
    return Reply(parts=[*lines, b"data: [DONE]\n\n"] if ends else lines[:-1])
