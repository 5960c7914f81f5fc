"""Functions that hold connections, within the local server: uvicorn on a thread of its own, as the framework runs it.

The local server gives each request a thread, of which there are few. So it hands the whole connection over: uvicorn
gets the socket, and the head of the request as if it had read it.
"""

import asyncio
import errno
import os
import socket
import threading
from collections.abc import Iterable
from typing import Any

import uvicorn

from functions.spec import FunctionSpec
from infra.local.loading import load
from shared.runtime.live import instance
from shared.runtime.live.app import SERVER

_MOST_BODY = 2**20
_OWN = ("HTTP_CONNECTION", "HTTP_KEEP_ALIVE", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT")


class StreamingApp:
    """A function, as a WSGI app that answers nothing itself. It is loaded at the first request."""

    def __init__(self, spec: FunctionSpec) -> None:
        self._spec = spec
        self._lock = threading.Lock()
        self._app: Any = None
        self._serving: _Uvicorn | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Hand the request's connection over. Raises OSError, as for a client that has gone: nothing is to be sent."""
        connection: socket.socket = environ.get("gunicorn.socket") or environ["werkzeug.socket"]
        environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), _MOST_BODY))
        self._server().take(_taken_from(connection), _head(environ))
        raise BrokenPipeError(errno.EPIPE, "the connection was handed over")

    def end(self) -> None:
        """End all connections."""
        with self._lock:
            if self._serving:
                self._serving.end()
                self._serving = None

    def _server(self) -> "_Uvicorn":
        with self._lock:
            if self._app is None:
                self._app = load(self._spec)
            if self._serving is None:
                self._serving = _Uvicorn(self._app)
            return self._serving


class _Uvicorn:
    """A server without a port, on an event loop in a thread of its own."""

    def __init__(self, app: Any) -> None:
        self._config = uvicorn.Config(app, log_config=None, access_log=False, loop="asyncio", **SERVER)
        self._server = uvicorn.Server(self._config)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
        self._thread.start()
        self._ready.wait()

    def take(self, connection: socket.socket, head: bytes) -> None:
        """Serve a connection whose request's head was read."""
        asyncio.run_coroutine_threadsafe(self._take(connection, head), self._loop).result()

    def end(self) -> None:
        """Have every connection say that it ends, then end."""
        asyncio.run_coroutine_threadsafe(_farewell(), self._loop).result()
        self._server.should_exit = True
        self._thread.join()

    async def _take(self, connection: socket.socket, head: bytes) -> None:
        connection.setblocking(False)
        _, protocol = await self._loop.connect_accepted_socket(self._protocol, connection)
        protocol.data_received(head)

    def _protocol(self) -> Any:
        protocol: Any = self._config.http_protocol_class
        return protocol(self._config, self._server.server_state, self._server.lifespan.state)

    def _run(self) -> None:
        self._loop.call_soon(self._ready.set)
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._server.serve(sockets=[]))


def _taken_from(connection: socket.socket) -> socket.socket:
    """The connection, away from Gunicorn, which would shut it down as it closes its own socket: that is another now."""
    taken = socket.socket(fileno=os.dup(connection.fileno()))
    nobody, nothing = socket.socketpair()
    with nobody, nothing:
        os.dup2(nobody.fileno(), connection.fileno())
    return taken


async def _farewell() -> None:
    await instance.current().end()


def _head(environ: dict[str, Any]) -> bytes:
    """The head of the request as it was sent; the connection ends with its answer, unless it becomes a WebSocket."""
    target = environ.get("RAW_URI") or environ["REQUEST_URI"]
    headers = {_name(key): str(value) for key, value in environ.items() if key.startswith("HTTP_") and key not in _OWN}
    headers["Connection"] = "Upgrade" if "HTTP_UPGRADE" in environ else "close"
    lines = [f"{environ['REQUEST_METHOD']} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _name(key: str) -> str:
    return key.removeprefix("HTTP_").replace("_", "-").title()
