"""Failpoints: a test kills or stops the process, or one call in it, at its n-th write boundary."""

import fcntl
import os
import signal
import threading
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

_lock = threading.Lock()
_file: Path | None = None
_remaining: ContextVar[list[int] | None] = ContextVar("remaining", default=None)  # of this call and its threads
_gate: ContextVar[Callable[[], None] | None] = ContextVar("gate", default=None)


class Crash(BaseException):
    """Ends a call as if its process had died at a write boundary."""


def watch(file: Path | None) -> None:
    """Have every boundary count down the number in `file` and kill the process at 0 (None: stop counting)."""
    global _file
    _file = file


def arm(boundaries: int | None) -> None:
    """Make this thread's work raise Crash at the given boundary, counted from now (None: never)."""
    _remaining.set([boundaries] if boundaries else [])


def armed() -> bool:
    """Whether the armed crash has not happened yet."""
    return bool(_remaining.get())


def stop_at(gate: Callable[[], None]) -> None:
    """Make this thread's work call `gate` at each boundary from now on, and wait until it returns."""
    _gate.set(gate)


def hit() -> None:
    """Mark a write boundary: counts down, and kills the process (or raises Crash) at 0."""
    if gate := _gate.get():
        gate()
    if remaining_here := _remaining.get():
        _count_down(remaining_here)
    if _file is None:
        return
    if _is_last(_file):
        _file.unlink()
        os.killpg(0, signal.SIGKILL)


def _is_last(file: Path) -> bool:
    """Count down the number in a file, at which other threads and processes are as well; whether this was its end."""
    try:
        with file.open("r+") as counter:
            fcntl.flock(counter, fcntl.LOCK_EX)  # until it is closed
            remaining = int(counter.read())
            counter.seek(0)
            counter.truncate()
            if remaining > 1:
                counter.write(str(remaining - 1))
    except (FileNotFoundError, ValueError):
        return False
    return remaining <= 1


def _count_down(remaining: list[int]) -> None:
    """Raises Crash at the last boundary."""
    with _lock:
        if remaining and remaining[0] > 1:
            remaining[0] -= 1
        elif remaining:
            remaining.clear()
            raise Crash
