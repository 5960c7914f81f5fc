"""Failpoints: a test makes the process die, or one call in it, at the n-th write boundary it passes, or stop there."""

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
    """A call ends here as if its process had died: nothing after this boundary happens."""


def watch(file: Path | None) -> None:
    """From now on look for the number of boundaries still to pass in `file` (None: never look)."""
    global _file
    _file = file


def arm(boundaries: int | None) -> None:
    """What this thread does crashes at the boundary of that number from now on (None: at none)."""
    _remaining.set([boundaries] if boundaries else [])


def armed() -> bool:
    """Whether the crash is still to come."""
    return bool(_remaining.get())


def stop_at(gate: Callable[[], None]) -> None:
    """What this thread does calls `gate` at each boundary from now on, and goes on when that returns."""
    _gate.set(gate)


def hit() -> None:
    """Pass a write boundary: count down, and die as a machine dies when the count is used up."""
    if gate := _gate.get():
        gate()
    if armed_here := _remaining.get():
        _count_down(armed_here)
    if _file is None:
        return
    with _lock:
        try:
            remaining = int(_file.read_text())
        except (FileNotFoundError, ValueError):
            return
        if remaining > 1:
            _file.write_text(str(remaining - 1))
            return
        _file.unlink()
        os.killpg(0, signal.SIGKILL)


def _count_down(remaining: list[int]) -> None:
    """Raises Crash at the last boundary."""
    with _lock:
        if remaining and remaining[0] > 1:
            remaining[0] -= 1
        elif remaining:
            remaining.clear()
            raise Crash
