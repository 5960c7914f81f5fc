"""Withholds every call of a provider for the length of a block: a dry run asks and pays nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from shared.errors import Withheld

T = TypeVar("T")


@dataclass
class Withholding:
    """A block in which no provider is called. `calls`: how many would have been."""

    calls: int = 0


_current: ContextVar[Withholding | None] = ContextVar("withholding", default=None)


@contextmanager
def withhold() -> Iterator[Withholding]:
    """Withhold all provider calls of the block, and count them."""
    withholding = Withholding()
    token = _current.set(withholding)
    try:
        yield withholding
    finally:
        _current.reset(token)


def offered(provider: T) -> T | None:
    """Answers the provider; while calls are withheld None, and counts a call that would have been."""
    withholding = _current.get()
    if withholding is None:
        return provider
    withholding.calls += 1
    return None


def check(title: str) -> None:
    """Raises Withheld while calls are withheld. Whoever catches it counts the call."""
    if _current.get() is not None:
        raise Withheld(f"A dry run does not ask {title}.")
