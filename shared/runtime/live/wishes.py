"""What a client may say on a WebSocket, and what is done and answered."""

import asyncio
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError
from pydantic_core import from_json

from shared import findings
from shared.errors import AppError, BadRequest
from shared.kit import clock
from shared.kit.schema import Model
from shared.realtime import channels
from shared.runtime.live import callers
from shared.runtime.live.sessions import Session

EventType = Literal["activity", "notification", "notification_update", "task_update", "document"]


class Wish(Model):
    """A frame of a client; what else it holds is ignored."""

    model_config = ConfigDict(extra="ignore")


class Ping(Wish):
    type: Literal["ping"]
    timestamp: Any = None


class Subscribe(Wish):
    """Messages of these types alone, and of these channels, from here on; what is left out stays as it is."""

    type: Literal["subscribe"]
    event_types: Annotated[list[EventType], Field(max_length=20)] | None = None
    channels: Annotated[list[str], Field(max_length=100)] | None = None


class Authenticate(Wish):
    """A new ID token of the same user: the stream goes on until that expires."""

    type: Literal["authenticate"]
    token: str


_KINDS: dict[str, type[Wish]] = {"ping": Ping, "subscribe": Subscribe, "authenticate": Authenticate}


def parsed(text: str | None) -> Wish:
    """What a client says. Raises BadRequest or Invalid."""
    try:
        frame = from_json(text, allow_inf_nan=False) if text is not None else None
    except ValueError as error:
        raise BadRequest("The frame is not valid JSON.") from error
    kind = frame.get("type") if isinstance(frame, dict) else None
    model = _KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise BadRequest(f"Send a JSON object as text, with a type of {', '.join(_KINDS)}.")
    try:
        return model.model_validate(frame)
    except ValidationError as error:
        raise findings.invalid(error, model=model) from error


async def fulfil(wish: Wish, session: Session) -> dict[str, Any]:
    """Do what a client asks for; returns the frame that answers it. Raises AppError."""
    match wish:
        case Ping():
            return {"type": "pong", "timestamp": wish.timestamp}
        case Subscribe():
            if wish.channels is not None:
                session.connection.change_channels(channels.parsed(wish.channels))
            cursor = session.connection.cursor
            more = {"event_types": wish.event_types, "channels": session.channels, "cursor": cursor}
            return {"type": "subscription", "status": "subscribed", **more, "timestamp": clock.now()}
        case Authenticate():
            session.caller = await asyncio.to_thread(callers.extended, wish.token, session.caller)
            return {"type": "authentication", "status": "extended", "expires_at": session.caller.until}
    raise AppError(f"no such wish: {type(wish).__name__}")
