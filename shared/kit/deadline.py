"""Until when the work under way has time: a call that it makes is broken off then, rather than left behind."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_at: ContextVar[float | None] = ContextVar("deadline", default=None)  # by the monotonic clock


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is called in the block has at most so long, and no longer than the block around it."""
    mine, outer = time.monotonic() + seconds, _at.get()
    token = _at.set(mine if outer is None else min(mine, outer))
    try:
        yield
    finally:
        _at.reset(token)


def left(seconds: float) -> float:
    """How long a call may take that would have `seconds`."""
    at = _at.get()
    return seconds if at is None else max(0.0, min(seconds, at - time.monotonic()))
