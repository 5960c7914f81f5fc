"""The hub of an instance: connections, each with its channels and its place in its user's stream."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Literal

from pydantic import AwareDatetime, ConfigDict, TypeAdapter

from shared import settings
from shared.errors import BadRequest, TooManyRequests
from shared.gcp.announcements import RETENTION
from shared.gcp.listening import Listener
from shared.kit import clock
from shared.realtime import entries, frames
from shared.realtime.channels import Channels
from shared.realtime.entries import Entry, Position
from shared.realtime.feeds import Feed
from shared.realtime.frames import Frame
from shared.store import cursors

_NAMED = 100  # entries of the last moments that a cursor names, so that they are not sent again
_NAME = 10  # digits of a name: 40 random bits
_WAITING = 500  # messages that wait for a slow connection; then it is closed, and can go on where it was
_LINGER = 5.0  # seconds that a user's feed outlives its last connection: clients that poll come back meanwhile
# What another version of this code has sealed may hold something else.
_CURSOR = TypeAdapter(tuple[AwareDatetime, str, int, str], config=ConfigDict(strict=True))
Reason = Literal["expired", "unknown", "too_many"]
_REASONS: dict[Reason, str] = {
    "expired": "The cursor is older than what is kept; read the lists again, then go on from here.",
    "unknown": "The cursor is not one of this user and these channels; read the lists again, then go on from here.",
    "too_many": "More has changed than is sent again; read the lists again, then go on from here.",
}


@dataclass(frozen=True)
class Message:
    """What a connection is sent: its cursor, behind it, and the frame as clients read it."""

    cursor: str
    type: str
    data: dict[str, Any]


class Slow(Exception):
    """More messages wait for a connection than it takes."""


class Connection:
    """One client's place in its user's stream. Used on the event loop alone."""

    def __init__(self, uid: str, channels: Channels, position: Position, taken: Sequence[str] = ()) -> None:
        """`taken`: names of entries within `entries.SETTLING` before the position, which the client has."""
        self.uid, self.channels = uid, channels
        self._position = self._queued = position  # behind what was taken, and behind what waits
        self._begun_at, self._had = position, frozenset(taken) - {_name(position.entry)}
        # Entries whose messages were taken: when they were committed, and their names.
        self._taken = deque(((position.committed, name) for name in taken), maxlen=_NAMED)
        self._replayed: frozenset[str] = frozenset()  # ids of entries that the feed may yet hand on,
        self._replayed_until = position.committed  # until it has come so far
        self._waiting: deque[tuple[Position, Frame]] = deque()
        self._held: list[Entry] | None = []  # what is heard while what was missed is read
        self._news = asyncio.Event()
        self._is_slow = False

    @property
    def cursor(self) -> str:
        """Where the client is once it has everything that was taken."""
        recent = [id for committed, id in self._taken if committed > self._position.committed - entries.SETTLING]
        return cursors.encode(self.channels.key(self.uid), [*self._position, "".join(recent)])

    def begin(self, missed: Sequence[Entry]) -> None:
        """Queue what was missed, and then what was heard meanwhile."""
        held, self._held = self._held or (), None
        self._receive(missed, most=None)
        self._replayed = frozenset(entry.id for entry in missed)
        self._replayed_until = max([entry.committed for entry in missed], default=self._replayed_until)
        self.receive(held)

    def receive(self, fresh: Sequence[Entry]) -> None:
        """Queue the messages of entries that are for this connection, each once."""
        if self._is_slow:
            return
        if self._held is not None:
            self._held.extend(fresh)
        else:
            self._receive(fresh, most=_WAITING)

    def move(self, position: Position) -> None:
        """Go on to a position, before which nothing is missing."""
        if self._held is None and not self._is_slow:
            self._queued = max(self._queued, position)
            if not self._waiting:
                self._position = self._queued

    def _receive(self, fresh: Sequence[Entry], *, most: int | None) -> None:
        for entry in fresh:
            if entry.id in self._replayed or self._is_had(entry):
                continue
            for number, frame in frames.frames_of(entry):
                self._queue(Position(entry.committed, entry.id, number), frame, most)
            if self._is_slow:
                return  # it goes on from here on another connection
            self._queued = max(self._queued, entry.end)
        if not self._waiting:
            self._position = self._queued
        if self._replayed and self._queued.committed > self._replayed_until + entries.SETTLING:
            self._replayed = frozenset()

    def _is_had(self, entry: Entry) -> bool:
        return entry.committed <= self._begun_at.committed and _name(entry.id) in self._had

    def _queue(self, position: Position, frame: Frame, most: int | None) -> None:
        begun = self._begun_at
        if (position.entry == begun.entry and position <= begun) or not self.channels.take(frame.channel, frame.path):
            return
        if self._is_slow or (most is not None and len(self._waiting) >= most):
            self._is_slow = True
        else:
            self._waiting.append((position, frame))
        self._news.set()

    def skip(self, position: Position) -> None:
        """Tell the client that more has changed than is sent."""
        self.reset(position, "too_many")

    def reset(self, position: Position, reason: Reason) -> None:
        """Queue the message that what was missed has to be read anew, in place of all that waits."""
        self._queued, self._held = position, None
        reload = sorted({*self.channels.names, *self.channels.documents})
        data = {"type": "reset", "id": f"reset.{position.committed.isoformat()}", "reason": reason, "reload": reload}
        frame = Frame("", None, "reset", {**data, "message": _REASONS[reason], "timestamp": position.committed})
        self._waiting = deque([(position, frame)])
        self._is_slow = False
        self._news.set()

    def wake(self) -> None:
        """Have `take` return, with whatever waits."""
        self._news.set()

    async def take(self, seconds: float, most: int = 100) -> list[Message]:
        """The messages that wait, or come within so many seconds: as many as `most`, beside those that may be sent for
        the second time, or who takes once for each cursor would get these for ever. Raises Slow behind the last one
        before too many came: so a client gets on, however slow it is."""
        if not self._waiting and not self._is_slow:
            self._news.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait()
            except TimeoutError:
                return []
        if self._is_slow and not self._waiting:
            raise Slow
        again = sum(1 for _ in takewhile(self._is_sent_again, self._waiting))
        return [self._next() for _ in range(min(again + most, len(self._waiting)))]

    def _is_sent_again(self, waiting: tuple[Position, Frame]) -> bool:
        return waiting[0] <= self._begun_at

    def _next(self) -> Message:
        position, frame = self._waiting.popleft()
        self._position = max(self._position, position)
        if not self._waiting or self._waiting[0][0].entry != position.entry:  # of an entry, all are taken by now
            self._taken.append((position.committed, _name(position.entry)))
        message = Message(self.cursor, frame.type, frame.data)
        if not self._waiting:
            self._position = max(self._position, self._queued)
        return message

    def change_channels(self, channels: Channels) -> None:
        """Have other channels from here on; what waits and is for none of them is dropped."""
        self.channels = channels
        self._waiting = deque(
            (place, frame) for place, frame in self._waiting if channels.take(frame.channel, frame.path)
        )


class Hub:
    """All connections of an instance."""

    def __init__(self) -> None:
        self.listener = Listener()
        self._feeds: dict[str, Feed] = {}

    async def open(self, uid: str, channels: Channels, cursor: str | None) -> Connection:
        """Connect a client; without a cursor, to what comes from now on.

        A cursor that cannot be followed becomes a reset message. Raises TooManyRequests for a user with too many
        connections, Unavailable where the store does not answer.
        """
        feed = self._feeds.get(uid)
        if feed is None:
            feed = self._feeds[uid] = Feed(uid, self.listener)
        most = settings.current().realtime_streams
        if feed.connections >= most:
            raise TooManyRequests(f"You have {most} streams open, the most at once; close one.", retry_after=10)
        try:
            await feed.begin()
            return await _joined(feed, channels, cursor)
        finally:
            self._close_if_left(feed)

    def close(self, connection: Connection) -> None:
        """Disconnect a client."""
        if feed := self._feeds.get(connection.uid):
            feed.detach(connection)
            self._close_if_left(feed)

    def end(self) -> None:
        """Listen to nothing any more."""
        for feed in self._feeds.values():
            feed.close()
        self._feeds.clear()
        self.listener.close()

    def _close_if_left(self, feed: Feed) -> None:
        """Close a feed without connections, unless there is one again a moment later."""
        if feed.connections == 0:
            loop = asyncio.get_running_loop()
            feed.left_at = loop.time()
            loop.call_later(_LINGER, self._close, feed, feed.left_at)

    def _close(self, feed: Feed, left_at: float) -> None:
        is_left = feed.connections == 0 and feed.left_at == left_at
        if is_left and self._feeds.get(feed.uid) is feed:
            del self._feeds[feed.uid]
            feed.close()


async def _joined(feed: Feed, channels: Channels, cursor: str | None) -> Connection:
    """A connection at the feed that gets all that is behind the cursor: from memory, or by one query."""
    after, taken, reason = _place(feed, channels, cursor)
    connection = Connection(feed.uid, channels, after, taken)
    feed.attach(connection)
    if not cursor:
        connection.begin(())
    elif reason:
        connection.reset(feed.position, reason)
    else:
        try:
            missed = await feed.missed(after)
        except BaseException:
            feed.detach(connection)
            raise
        if missed is None:
            connection.reset(feed.position, "too_many")
        else:
            connection.begin(missed)
    return connection


def _place(feed: Feed, channels: Channels, cursor: str | None) -> tuple[Position, list[str], Reason | None]:
    """The position that a cursor means, and the entries that it names; or why it means none."""
    if not cursor:
        return feed.position, [_name(id) for id in feed.settling()[-_NAMED:]], None
    try:
        committed, entry, message, taken = _CURSOR.validate_python((*cursors.decode(channels.key(feed.uid), cursor),))
    except (BadRequest, ValueError):
        return feed.position, [], "unknown"
    position = Position(committed, entry, message)
    if committed > max(feed.read_time or committed, clock.now()) + entries.OVERLAP:
        return feed.position, [], "unknown"  # nothing that comes would be behind it
    if (feed.read_time or position.committed) - position.committed > RETENTION:
        return feed.position, [], "expired"
    return position, [taken[at : at + _NAME] for at in range(0, len(taken), _NAME)], None


def _name(entry: str) -> str:
    return entry[-_NAME:]  # an id begins with its number in the commit
