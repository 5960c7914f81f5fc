"""/api/ws: a user's messages over a WebSocket, and what the client may say: ping, subscribe, authenticate.

Each frame is a JSON object with a `type`. One task reads, the other writes: what a client is answered stands in order
with its messages.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from shared import context, settings, tracing
from shared.errors import AppError
from shared.kit import clock
from shared.realtime.frames import encoded
from shared.realtime.hub import Message
from shared.runtime import failures
from shared.runtime.live import wishes
from shared.runtime.live.callers import StreamQuery
from shared.runtime.live.exchanges import Exchange
from shared.runtime.live.presence import HungUp, while_present
from shared.runtime.live.sessions import Ending, Session

_INCOMING, _INCOMING_SECONDS = 30, 10.0
_CODES: Mapping[Ending, int] = {
    "shutdown": 1001,
    "gone": 1001,
    "answered": 1000,
    "rotation": 4000,
    "expired": 4001,
    "revoked": 4001,
    "slow": 4008,
    "too_many": 4029,
}
_REFUSALS = {401: 4001, 403: 4001, 410: 4001, 429: 4029, 503: 1013}
_REFUSED = 1008  # whatever else it is: it will be refused again


class WebSocketEndpoint:
    """The address: an ASGI app for WebSockets."""

    def __init__(self, function: str, route: str) -> None:
        self._function, self._route = function, route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection from its opening to its end; never raises."""
        socket = WebSocket(scope, receive, send)
        exchange = Exchange(self._function, self._route, socket)
        status = 101
        with context.bound(exchange.call), tracing.within(exchange.span):
            try:
                status = await _serve(exchange, socket)
            except (WebSocketDisconnect, OSError):
                pass  # the client has gone
            except Exception as error:
                if exchange.session is None or not isinstance(error, RuntimeError):  # the server's: it has closed
                    context.note_error(error)
            finally:
                await exchange.end(status)


async def _serve(exchange: Exchange, socket: WebSocket) -> int:
    """The status that the connection's line tells."""
    try:
        session = await while_present(_opened(exchange), socket.receive)
    except HungUp:
        if socket.client_state is WebSocketState.CONNECTED:  # it spoke before it was let in
            await socket.close()
        return failures.CLIENT_GONE
    except Exception as error:
        return await _refuse(exchange, socket, error)
    await socket.accept(headers=[(b"x-request-id", exchange.call.request_id.encode())])
    talk = _Talk(socket, session)
    reading = asyncio.get_running_loop().create_task(talk.read())
    try:
        await talk.write()
    except TimeoutError:
        session.end("slow")
    finally:
        reading.cancel()
    return 101


async def _opened(exchange: Exchange) -> Session:
    caller, query = await exchange.admit(StreamQuery)
    return await exchange.open(caller, query)


async def _refuse(exchange: Exchange, socket: WebSocket, error: Exception) -> int:
    """Say why, and close. The connection is accepted first: a browser shows nothing of one that is not."""
    problem = exchange.refuse(error)
    await socket.accept(headers=[(b"x-request-id", exchange.call.request_id.encode())])
    frame = {"type": "error", "message": problem.body["detail"], "problem": problem.body}
    if after := problem.headers.get("Retry-After"):
        frame["retry_ms"] = 1_000 * int(after)
    await socket.send_text(encoded(frame))
    await socket.close(_REFUSALS.get(problem.status, _REFUSED), str(problem.body["title"]))
    return problem.status


class _Talk:
    """What is said on one connection."""

    def __init__(self, socket: WebSocket, session: Session) -> None:
        self._socket, self._session = socket, session
        self._heard: deque[str | None] = deque()  # None: a frame that is no text
        self._times: deque[float] = deque(maxlen=_INCOMING)
        self._types: frozenset[str] | None = None  # of messages that are wanted; None: all

    async def read(self) -> None:
        """Take what the client says, until it is gone or says too much."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                self._session.end("gone")
                return
            now = time.monotonic()
            if len(self._times) == _INCOMING and now - self._times[0] < _INCOMING_SECONDS:
                self._session.end("too_many")
                return
            self._times.append(now)
            self._heard.append(message.get("text"))
            self._session.connection.wake()

    async def write(self) -> None:
        """Send messages, answers and heartbeats, until the session ends. Raises TimeoutError for a slow client."""
        session, loop = self._session, asyncio.get_running_loop()
        every = settings.current().realtime_heartbeat_seconds
        await self._send(session.greeting())
        beats_at = loop.time() + every
        while session.goes_on():
            for message in await session.take(max(0.0, beats_at - loop.time())):
                await self._hand_on(message)
                if not session.goes_on():
                    break
            while self._heard and session.goes_on():
                await self._answer(self._heard.popleft())
            if loop.time() >= beats_at and session.goes_on():
                beats_at = loop.time() + every
                cursor = session.connection.cursor
                await self._send({"type": "heartbeat", "timestamp": clock.now(), "cursor": cursor})
        await self._leave()

    async def _hand_on(self, message: Message) -> None:
        if self._types is None or message.type in self._types or message.type == "reset":
            await self._send({**message.data, "cursor": message.cursor})

    async def _answer(self, text: str | None) -> None:
        try:
            wish = wishes.parsed(text)
            answer = await wishes.fulfil(wish, self._session)
            if isinstance(wish, wishes.Subscribe) and wish.event_types is not None:
                self._types = frozenset(wish.event_types)
        except AppError as error:
            answer = {"type": "error", "message": error.detail}
        await self._send(answer)

    async def _leave(self) -> None:
        """Say why, and close; with nobody there, nothing."""
        session = self._session
        why = session.ending or "rotation"
        if why == "gone" or self._socket.client_state is not WebSocketState.CONNECTED:
            return
        with suppress(WebSocketDisconnect, RuntimeError):
            farewell = session.farewell()
            if why == "too_many":
                await self._send({"type": "error", "message": farewell["message"]})
            await self._send(farewell)
            async with asyncio.timeout(settings.current().realtime_send_seconds):
                await self._socket.close(_CODES[why], farewell["message"])

    async def _send(self, frame: dict[str, Any]) -> None:
        text = encoded(frame)
        self._session.count(len(text), messages=1)
        try:
            async with asyncio.timeout(settings.current().realtime_send_seconds):
                await self._socket.send_text(text)
        except WebSocketDisconnect:
            self._session.end("gone")
