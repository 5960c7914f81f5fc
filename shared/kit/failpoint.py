"""Failpoints: a test makes the process die, or one call in it, at the n-th write boundary it passes."""

import os
import signal
import threading
from pathlib import Path

_lock = threading.Lock()
_file: Path | None = None
_remaining: int | None = None


class Crash(BaseException):
    """A call ends here as if its process had died: nothing after this boundary happens."""


def watch(file: Path | None) -> None:
    """From now on look for the number of boundaries still to pass in `file` (None: never look)."""
    global _file
    _file = file


def arm(boundaries: int | None) -> None:
    """In this process, the call that passes so many boundaries from now on crashes (None: none does)."""
    global _remaining
    with _lock:
        _remaining = boundaries


def armed() -> bool:
    """Whether the crash is still to come."""
    return _remaining is not None


def hit() -> None:
    """Pass a write boundary: count down, and die as a machine dies when the count is used up."""
    if _remaining is not None:
        _count_down()
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


def _count_down() -> None:
    """Raises Crash at the last boundary."""
    global _remaining
    with _lock:
        if _remaining is None:
            return
        _remaining = _remaining - 1 or None
        if _remaining is None:
            raise Crash
