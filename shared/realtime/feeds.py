"""Feeds: a user's stream as this instance hears it, shared by all of the user's connections here."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from shared import log, settings
from shared.errors import AppError, Unavailable
from shared.gcp.firestore import Document
from shared.gcp.listening import Listener, Watch
from shared.gcp.queries import Query
from shared.realtime import entries
from shared.realtime.backlog import Backlog
from shared.realtime.entries import Entry, Position, entry_of

_RECENT = 200  # entries that are remembered: a connection that comes back soon costs no read
_SEEN = 2_000  # ids that are remembered, of more entries than come within entries.SETTLING
_UNHEARD = timedelta(seconds=5)  # an entry that a query sees this long before the listener was missed by it
_MOVE = timedelta(minutes=5)  # in which nothing came: then positions move, or a quiet day would make cursors expire
_START_SECONDS = 15.0


class Subscriber(Protocol):
    """Who is at a feed."""

    def receive(self, fresh: Sequence[Entry]) -> None:
        """Take entries, in order, each once."""

    def move(self, position: Position) -> None:
        """Note that nothing is missing up to a position."""

    def skip(self, position: Position) -> None:
        """Note that there were too many entries up to a position."""


class Feed:
    """One user's entries, from the time at which it began, each once. Used on the event loop alone.

    Costs: two queries to begin, a read for each entry of the minute before the newest; then a read for each entry,
    whatever the number of connections; a query now and then.
    """

    def __init__(self, uid: str, listener: Listener) -> None:
        self.uid = uid
        self.read_time: datetime | None = None  # nothing is missing up to then
        self.left_at = 0.0  # when its last connection went, by the loop's clock
        self._listener = listener
        self._subscribers: set[Subscriber] = set()
        self._expected = 0  # connections that wait until it has begun
        self._bound: Position | None = None  # where the listener begins, before there is a position
        self._position: Position | None = None
        self._begun_at: datetime | None = None
        self._recent: deque[Entry] = deque(maxlen=_RECENT)
        self._floor: datetime | None = None  # `_recent` has all that was committed later
        self._seen: OrderedDict[str, datetime] = OrderedDict()  # when each entry was committed
        self._held: list[Sequence[Document]] = []  # snapshots that came while a query was under way
        self._begun = asyncio.Event()
        self._backlog = Backlog(uid)
        self._watch: Watch | None = None
        self._starting: asyncio.Task[None] | None = None
        self._catching_up: asyncio.Task[None] | None = None
        self._reviewing: asyncio.Task[None] | None = None
        self._rereading: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Listen; returns once it does. Raises AppError where the store does not answer."""
        if self._starting is None:
            self._starting = asyncio.get_running_loop().create_task(self._listen())
        self._expected += 1
        try:
            async with asyncio.timeout(_START_SECONDS):
                await asyncio.shield(self._starting)
                await self._begun.wait()
        except TimeoutError as error:
            raise Unavailable("The store does not answer; try again.", retry_after=5) from error
        finally:
            self._expected -= 1

    async def _listen(self) -> None:
        try:
            newest = await asyncio.to_thread(entries.newest, self.uid)
        except BaseException:
            self._starting = None  # the next connection tries again
            raise
        self._bound = Position(newest.at) if newest else None
        self._watch = self._listener.watch(self._query, self._heard)
        self._reviewing = asyncio.get_running_loop().create_task(self._review())

    @property
    def position(self) -> Position:
        """Behind the last entry that was heard."""
        assert self._position is not None  # noqa: S101 -- once it has begun
        return self._position

    @property
    def connections(self) -> int:
        """How many connections there are, those on their way included; each counts once."""
        return len(self._subscribers) + self._expected

    def attach(self, subscriber: Subscriber) -> None:
        """Have everything that comes from now on heard."""
        self._subscribers.add(subscriber)

    def detach(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)

    async def missed(self, after: Position) -> list[Entry] | None:
        """The entries that may follow a position, as far as heard: from memory or by a query, which may be another
        connection's. None where they are too many. Raises AppError where the store does not answer."""
        assert self._floor  # noqa: S101 -- once it has begun
        assert self.read_time  # noqa: S101
        older: list[Entry] | None = []
        recent = [
            entry for entry in self._recent if entry.may_follow(after)
        ]  # by now: what comes meanwhile is handed on
        if after.committed - entries.SETTLING < self._floor:
            older = await self._backlog.behind(after, self.read_time, self._floor)
        if older is None:
            return None
        return sorted({entry.id: entry for entry in (*older, *recent)}.values(), key=lambda entry: entry.begin)

    def settling(self) -> list[str]:
        """The ids of entries so late that others may yet come before them."""
        since = self.position.committed - entries.SETTLING
        return [id for id, committed in self._seen.items() if committed > since]

    def close(self) -> None:
        """Listen no more."""
        self._backlog.close()
        for task in (self._starting, self._catching_up, self._reviewing, self._rereading):
            if task:
                task.cancel()
        if self._watch:
            self._listener.unwatch(self._watch)

    def _query(self) -> Query:
        return entries.since(self.uid, self._position or self._bound, limit=entries.WINDOW)

    def _heard(self, documents: Sequence[Document], read_time: datetime) -> None:
        self.read_time = read_time
        if self._position is None:
            self._begin(documents, read_time)
        elif self._catching_up:
            self._held.append(documents)
        elif len(fresh := self._fresh(documents)) < entries.WINDOW:
            self._hand_on(fresh)
            self._move(Position(read_time - entries.OVERLAP))
        else:
            self._catch_up()

    def _begin(self, documents: Sequence[Document], read_time: datetime) -> None:
        """Begin behind the first snapshot. Who comes back from before it is answered by a query: a busy emulator sends
        some of its documents after it."""
        self._position, self._begun_at = Position(read_time), read_time
        self._note([entry for entry in map(entry_of, documents) if entry.may_follow(self._position)])
        self._floor = read_time
        self._begun.set()

    def _fresh(self, documents: Iterable[Document]) -> list[Entry]:
        """The entries since the feed began that were not handed on, in order; late ones too, as a busy emulator sends
        them."""
        assert self._begun_at  # noqa: S101 -- once it has begun
        since = self._begun_at
        in_order = entries.in_order([*documents], Position(since))
        return [entry for entry in in_order if entry.committed > since and entry.id not in self._seen]

    def _note(self, seen: Sequence[Entry]) -> None:
        self._seen |= {entry.id: entry.committed for entry in seen}
        while len(self._seen) > _SEEN:
            self._seen.popitem(last=False)

    def _hand_on(self, fresh: Sequence[Entry]) -> None:
        if not fresh:
            return
        self._note(fresh)
        for entry in fresh:
            if len(self._recent) == _RECENT:
                self._floor = max(self._floor or entry.committed, self._recent[0].committed)
            self._recent.append(entry)
        self._position = max(self.position, fresh[-1].end)
        for subscriber in [*self._subscribers]:
            subscriber.receive(fresh)
        self._read_again_after_a_burst()

    def _read_again_after_a_burst(self) -> None:
        """Where as many entries as the listener's window holds came within the time of one commit, it may hide a slow
        one: read them by a query once none can be under way any more, a read each."""
        commit = entries.longest_commit()
        if self._rereading or len(self._recent) < entries.WINDOW:
            return
        earliest = self._recent[-entries.WINDOW]
        if self._recent[-1].at - earliest.at < commit:
            self._rereading = asyncio.get_running_loop().create_task(self._reread(Position(earliest.at - commit)))

    async def _reread(self, since: Position) -> None:
        try:
            await asyncio.sleep(entries.longest_commit().total_seconds())
            late = await asyncio.to_thread(entries.behind, self.uid, since)
            self._hand_on([entry for entry in late or () if entry.id not in self._seen])
        except AppError as error:
            log.warning("a burst was not read again", exception=error)
        finally:
            self._rereading = None

    def _move(self, position: Position) -> None:
        """Go on to a time so long past that nothing will yet be seen of before it."""
        if position.committed - self.position.committed > _MOVE:
            self._position = position
            for subscriber in self._subscribers:
                subscriber.move(position)

    def _catch_up(self) -> None:
        if self._catching_up is None:
            self._catching_up = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        """Read what the listener's window may not have held, until no snapshot since the query was full."""
        pause, full = 0.1, True
        try:
            while full:
                self._held.clear()
                try:
                    missed = await asyncio.to_thread(entries.behind, self.uid, self.position)
                    if missed is None:
                        await self._skip()
                except AppError as error:
                    log.warning("a stream is read again", exception=error)
                    await asyncio.sleep(pause := min(10.0, 2 * pause))
                    continue
                self._hand_on([entry for entry in missed or () if entry.id not in self._seen])
                full = any(len(self._fresh(held)) >= entries.WINDOW for held in self._held)
            self._hand_on(self._fresh(row for held in self._held for row in held))
        finally:
            self._catching_up = None

    async def _skip(self) -> None:
        """Go on behind the newest entry, and say so to all."""
        newest = await asyncio.to_thread(entries.newest, self.uid)
        if newest:
            self._position, self._floor, self._begun_at = newest.end, newest.committed, newest.committed
            self._note([newest])
        self._recent.clear()
        for subscriber in [*self._subscribers]:
            subscriber.skip(self.position)

    async def _review(self) -> None:
        """Compare what was heard with what a query sees, now and then: one query, one read."""
        while True:
            await asyncio.sleep(settings.current().listener_review_seconds)
            try:
                newest = await asyncio.to_thread(entries.newest, self.uid)
                if self._is_unheard(newest):
                    await asyncio.sleep(_UNHEARD.total_seconds())
            except AppError as error:
                log.warning("a listener could not be checked", exception=error)
                continue
            if self._is_unheard(newest) and self._watch:
                log.warning("a listener has missed an entry, and is replaced", user=self.uid)
                self._catch_up()
                self._listener.doubt(self._watch)

    def _is_unheard(self, newest: Entry | None) -> bool:
        return newest is not None and newest.may_follow(self.position) and newest.id not in self._seen
