"""The deadline of the work under way, so that a call made in it is cut off rather than left running."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_at: ContextVar[float | None] = ContextVar("deadline", default=None)  # by the monotonic clock


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give the calls in the block at most `seconds`, and no longer than the block around it has."""
    inner, outer = time.monotonic() + seconds, _at.get()
    token = _at.set(inner if outer is None else min(inner, outer))
    try:
        yield
    finally:
        _at.reset(token)


def left(seconds: float) -> float:
    """The smaller of `seconds` and the time until the deadline: how long a call may take."""
    at = _at.get()
    return seconds if at is None else max(0.0, min(seconds, at - time.monotonic()))
