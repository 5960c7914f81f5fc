"""Interrupts what waits for somebody else once the process is asked to end.

No lock: `begin` runs in a signal's handler, which may come while its own thread holds one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_interrupts: dict[object, Callable[[], None]] = {}
_has_begun = False


def begin() -> None:
    """Call every interrupt, now and as soon as it is registered. The process ends for good: there is no way back."""
    global _has_begun
    _has_begun = True
    for interrupt in list(_interrupts.values()):
        interrupt()


def has_begun() -> bool:
    """Whether the process is about to end."""
    return _has_begun


@contextmanager
def interrupting(interrupt: Callable[[], None]) -> Iterator[None]:
    """Have `interrupt` called if the process is asked to end before the block is over. It must not block, nor raise;
    it may be called twice."""
    key = object()
    _interrupts[key] = interrupt
    try:
        if _has_begun:
            interrupt()
        yield
    finally:
        del _interrupts[key]
