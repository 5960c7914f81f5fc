"""GET /api/realtime/poll: a user's messages for clients that can hold no stream; it answers when there are any."""

from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from shared.runtime.live.callers import StreamQuery
from shared.runtime.live.exchanges import Exchange, json_response


class PollQuery(StreamQuery):
    """`wait`: seconds until it answers without messages; Firebase Hosting ends a request after 60."""

    wait: Annotated[float, Field(ge=0, le=50)] = 25


async def serve(exchange: Exchange, request: Request) -> Response:
    """The messages behind the cursor, once there are any; without a cursor, at once the one to begin from."""
    caller, query = await exchange.admit(PollQuery)
    session = await exchange.open(caller, query)
    first = not (query.cursor or request.headers.get("Last-Event-ID"))
    messages = await session.take(0 if first else query.wait)
    frames = [{**message.data, "cursor": message.cursor} for message in messages]
    response = json_response({"success": True, "messages": frames, "cursor": session.connection.cursor})
    session.end("answered")
    response.headers["Cache-Control"] = "no-store"
    session.count(len(response.body), len(frames))
    return response
