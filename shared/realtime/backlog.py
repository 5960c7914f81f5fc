"""What connections have missed that come back to a feed: one query for all that come back meanwhile."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from shared.realtime import entries
from shared.realtime.entries import Entry, Position

_KEPT_SECONDS = 30.0  # for which what was read is remembered: a client that was cut off meanwhile comes back


@dataclass(frozen=True)
class _Reading:
    """A query of all entries behind a position. It finds whatever was committed by `heard_until`."""

    after: Position
    heard_until: datetime
    found: asyncio.Task[list[Entry] | None]

    def has_failed(self) -> bool:
        """Whether it has found nothing that could be handed on."""
        if not self.found.done():
            return False
        return self.found.cancelled() or self.found.exception() is not None or self.found.result() is None


class Backlog:
    """Reads what a user's connections have missed. Used on the event loop alone.

    A query goes on though its client has gone: who is cut off sooner than it is answered finds it when it comes back.
    """

    def __init__(self, uid: str) -> None:
        self._uid = uid
        self._reading: _Reading | None = None

    async def behind(self, after: Position, heard_until: datetime, remembered_from: datetime) -> list[Entry] | None:
        """The entries that may follow a position; of those committed from `remembered_from` on some may be left out.

        `heard_until`: the time of the store up to which the feed has heard everything. None where they are too many.
        Raises AppError where the store does not answer.
        """
        reading = self._reading
        serves = reading and reading.after <= after and reading.heard_until >= remembered_from
        if reading is None or not serves or reading.has_failed():
            reading = self._read(after, heard_until)
        found = await asyncio.shield(reading.found)
        return None if found is None else [entry for entry in found if entry.may_follow(after)]

    def close(self) -> None:
        if self._reading:
            self._reading.found.cancel()

    def _read(self, after: Position, heard_until: datetime) -> _Reading:
        loop = asyncio.get_running_loop()
        task = loop.create_task(asyncio.to_thread(entries.behind, self._uid, after))
        self._reading = reading = _Reading(after, heard_until, task)
        task.add_done_callback(lambda _: loop.call_later(_KEPT_SECONDS, self._forget, reading))
        return reading

    def _forget(self, reading: _Reading) -> None:
        if self._reading is reading:
            self._reading = None
