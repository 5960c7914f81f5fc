"""The process's clock: the time in UTC, replaceable so that tests and the local stack can move it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until `advance` moves it."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, delta: timedelta) -> None:
        self._now += delta


class SharedClock:
    """The system's time plus an offset kept in a file, so that several processes move together."""

    def __init__(self, file: Path) -> None:
        self._file = file
        # The file's inode and mtime when it was last read, and the offset in it.
        self._read: tuple[tuple[int, int] | None, timedelta] = (
            None,
            timedelta(),
        )

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """The offset in the file, 0 without one; reads the file only when it has changed since the last call."""
        try:
            status = os.stat(self._file)
            state = (status.st_ino, status.st_mtime_ns)
            if state != self._read[0]:
                self._read = (state, timedelta(seconds=float(self._file.read_text())))
        except (FileNotFoundError, ValueError):
            self._read = (None, timedelta())
        return self._read[1]

    def advance(self, delta: timedelta) -> None:
        moved = self.offset() + delta
        partial = self._file.with_suffix(".partial")
        partial.write_text(str(moved.total_seconds()))
        partial.replace(self._file)


_clock: Clock = SystemClock()
_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """The current time in UTC; within `standing_at` the time that stands still there."""
    return _standing.get() or _clock.now()


def of_process() -> datetime:
    """The current time in UTC, for what outlives a call: what a process remembers, what it logs."""
    return _clock.now()


@contextmanager
def standing_at(time: datetime) -> Iterator[None]:
    """Have `now` answer one time for the length of a block, in this context alone: what happened then is rehearsed."""
    token = _standing.set(time)
    try:
        yield
    finally:
        _standing.reset(token)


def install(clock: Clock) -> Clock:
    """Make `clock` the process's clock; returns the one it replaces."""
    global _clock
    replaced, _clock = _clock, clock
    return replaced
