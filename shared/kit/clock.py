"""The process's clock: the time in UTC, replaceable so that tests and the local stack can move it."""

import os
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


def now() -> datetime:
    """The current time in UTC."""
    return _clock.now()


def install(clock: Clock) -> Clock:
    """Make `clock` the process's clock; returns the one it replaces."""
    global _clock
    replaced, _clock = _clock, clock
    return replaced
