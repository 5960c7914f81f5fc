"""The server's connections, whose clients may read nothing: none is kept, and none grows, for such a client.

uvicorn closes a connection once all that was written to it is received, which may be never; and it answers pings of a
WebSocket whether or not the answers are received.
"""

import asyncio
import socket
import struct
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from shared import settings


class HttpConnection(H11Protocol):
    """A connection over HTTP."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Serve on it."""
        super().connection_made(transport)
        self.app: Any = _Served(self.app, transport)


class SocketConnection(WebSocketsSansIOProtocol):
    """A WebSocket."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Serve on it."""
        super().connection_made(transport)
        self.app: Any = _Served(self.app, self.transport)

    def handle_ping(self) -> None:
        """Answer a ping, unless earlier answers wait: not all need one (RFC 6455, 5.5.3)."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()  # which the answer waits in


class _Served:
    """The app on one connection, which is cut where the client does not go on to receive what was sent at its end."""

    def __init__(self, app: ASGIApp, transport: asyncio.Transport) -> None:
        self._app, self._transport = app, transport
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        self._requests += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._look_again(self._requests)

    def _look_again(self, request: int) -> None:
        if left := self._transport.get_write_buffer_size():
            seconds = settings.current().realtime_send_seconds
            asyncio.get_running_loop().call_later(seconds, self._look, request, left)

    def _look(self, request: int, before: int) -> None:
        """Cut the connection if of what was left nothing was received since, and nobody has asked for more."""
        if request != self._requests:
            return
        if self._transport.get_write_buffer_size() >= before:
            self._cut()
        else:
            self._look_again(request)

    def _cut(self) -> None:
        """Reset the connection: the system, too, forgets what it holds for it."""
        connection = self._transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
