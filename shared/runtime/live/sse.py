"""GET /api/realtime/stream: a user's messages as server-sent events.

Only messages have an id, which is the cursor behind them: what else is sent moves no client past something that it has
not got. Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from shared import settings
from shared.realtime.frames import encoded
from shared.runtime.live.callers import StreamQuery
from shared.runtime.live.exchanges import Exchange
from shared.runtime.live.sessions import Session, retry_ms

_MOVE_SECONDS = 600.0  # after which a client for which nothing came is given a newer cursor
_RETRY_MS = (1_000, 3_000)  # after which a client comes back whose connection broke
_LF = "\n"


async def serve(exchange: Exchange, request: Request) -> Response:
    """Open a stream; what it is refused for is answered before it begins."""
    caller, query = await exchange.admit(StreamQuery)
    session = await exchange.open(caller, query)
    config = settings.current()
    return EventSourceResponse(
        _events(session),
        ping=config.realtime_heartbeat_seconds,
        ping_message_factory=_heartbeat,
        sep=_LF,
        send_timeout=config.realtime_send_seconds,
        shutdown_grace_period=config.realtime_send_seconds,  # a session ends by itself, and in time
    )


async def _events(session: Session) -> AsyncIterator[bytes]:
    cursor = session.connection.cursor
    yield _sent(session, session.greeting(), id=cursor, retry=random.randint(*_RETRY_MS))  # noqa: S311
    loop = asyncio.get_running_loop()
    moves_at = loop.time() + _MOVE_SECONDS
    while session.goes_on():
        for message in await session.take(moves_at - loop.time()):
            cursor = message.cursor
            yield _sent(session, message.data, id=cursor)
            if not session.goes_on():
                break
        if loop.time() >= moves_at:
            moves_at = loop.time() + _MOVE_SECONDS
            if session.connection.cursor != cursor:
                cursor = session.connection.cursor
                yield ServerSentEvent(id=cursor, sep=_LF).encode()
    yield _sent(session, session.farewell(), retry=retry_ms(session.ending or "rotation"))


def _sent(session: Session, data: dict[str, Any], *, id: str | None = None, retry: int | None = None) -> bytes:
    """An event as it is sent."""
    event = ServerSentEvent(encoded(data), event=data["type"], id=id, retry=retry, sep=_LF).encode()
    session.count(len(event), messages=1)
    return event


def _heartbeat() -> ServerSentEvent:
    return ServerSentEvent(comment="heartbeat", sep=_LF)
