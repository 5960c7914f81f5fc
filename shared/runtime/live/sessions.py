"""One stream from its opening to its end: what it hands on, when it ends, and why."""

import asyncio
import random
from datetime import datetime
from typing import Any, Literal

from shared import settings
from shared.context import SignedIn
from shared.kit import clock
from shared.realtime.channels import DOCUMENTS
from shared.realtime.hub import Connection, Message, Slow

Ending = Literal["rotation", "shutdown", "expired", "revoked", "slow", "too_many", "gone", "answered"]
_MOST_BYTES = 8_000_000  # of one stream: the platform ends an answer at 10 MB
_SPREAD = 0.2  # of the time until rotation, so that streams that began together do not end together
MESSAGES: dict[Ending, str] = {
    "rotation": "This stream has lasted long enough; open another, from its cursor.",
    "shutdown": "This instance ends; open another stream, from the cursor.",
    "expired": "The ID token that opened this stream has expired; open another stream with a new one.",
    "revoked": "Access was revoked: the account was deleted or disabled, or its user has to sign in again.",
    "slow": "More messages wait than are received; open another stream, from the cursor.",
    "too_many": "Too many messages were sent; open another stream, and send fewer.",
    "gone": "The client has gone.",
    "answered": "The request is answered.",
}


class Session:
    """A user's stream. Used on the event loop alone."""

    def __init__(self, caller: SignedIn, connection: Connection) -> None:
        self.caller, self.connection = caller, connection
        self.ending: Ending | None = None
        self.messages = self.bytes = 0
        lasts = settings.current().realtime_rotation_seconds
        self._loop = asyncio.get_running_loop()
        self._rotates_at = self._loop.time() + lasts * random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311

    @property
    def uid(self) -> str:
        return self.connection.uid

    def goes_on(self) -> bool:
        """Whether nothing ends it yet."""
        return self.ending is None

    def end(self, why: Ending) -> None:
        """Have it end, now; the first reason stands."""
        if self.ending is None:
            self.ending = why
            self.connection.wake()

    def count(self, size: int, messages: int = 0) -> None:
        """Note what was sent."""
        self.messages += messages
        self.bytes += size
        if self.bytes >= _MOST_BYTES:
            self.end("rotation")

    async def take(self, seconds: float) -> list[Message]:
        """The messages that wait, or come within so many seconds; none where it ends meanwhile."""
        seconds = min(seconds, self._left())
        if self.ending is None:
            try:
                return await self.connection.take(seconds)
            except Slow:
                self.end("slow")
        return []

    def greeting(self) -> dict[str, Any]:
        """The first frame of a stream."""
        return {
            "type": "connection",
            "status": "connected",
            "user_id": self.uid,
            "message": "Connected.",
            "channels": self.channels,
            "cursor": self.connection.cursor,
            "expires_at": self.caller.until,
            "timestamp": clock.now(),
        }

    @property
    def channels(self) -> list[str]:
        channels = self.connection.channels
        return [*sorted(channels.names), *sorted(DOCUMENTS + path for path in channels.documents)]

    def farewell(self) -> dict[str, Any]:
        """The last frame of a stream that we end."""
        why = self.ending or "rotation"
        return {"type": "reconnect", "reason": why, "message": MESSAGES[why], "retry_ms": retry_ms(why)}

    def _left(self) -> float:
        """Seconds until it has to end; ends it where that is now."""
        rotates_in = self._rotates_at - self._loop.time()
        expires_in = _seconds_until(self.caller.until)
        if expires_in <= 0:
            self.end("expired")
        elif rotates_in <= 0:
            self.end("rotation")
        return max(0.0, min(rotates_in, expires_in))


def retry_ms(why: Ending) -> int:
    """After how many milliseconds a client is to come back: soon, but not all clients at once."""
    longest = 5_000 if why == "slow" else 2_000
    return random.randint(longest // 10, longest)  # noqa: S311


def _seconds_until(time: datetime | None) -> float:
    return float("inf") if time is None else (time - clock.now()).total_seconds()
