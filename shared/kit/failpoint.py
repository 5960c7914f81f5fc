"""Failpoints: a test makes the process group die at the n-th write boundary it passes."""

import os
import signal
import threading
from pathlib import Path

_lock = threading.Lock()
_file: Path | None = None


def watch(file: Path | None) -> None:
    """From now on look for the number of boundaries still to pass in `file` (None: never look)."""
    global _file
    _file = file


def hit() -> None:
    """Pass a write boundary: count down, and die as a machine dies when the count is used up."""
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
