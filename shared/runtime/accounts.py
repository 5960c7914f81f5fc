"""Keeps out whoever's account was deleted: requests are refused, events and messages that concern the user dropped.

One read a minute for each user and instance, which no call's cost counts: an answer stands that long, so another
instance may serve the user for a minute more; what is written then, the deletion's later passes remove. The runtime
knows no domain: `functions/__init__.py` names who knows.
"""

from collections.abc import Callable
from datetime import timedelta

from shared import context
from shared.context import Context
from shared.errors import Gone
from shared.kit.remembered import Remembered

STANDS = timedelta(seconds=60)
_MOST = 20_000  # users whose answer is remembered: some 4 MB

_look_up: Callable[[str], bool] | None = None
_answers: Remembered[bool] = Remembered(STANDS, _MOST)


def use(look_up: Callable[[str], bool]) -> None:
    """Have the process ask `look_up` whether a user's account is closed."""
    global _look_up
    _look_up = look_up


def is_closed(uid: str) -> bool:
    """Whether the user's account was deleted: one read, unless it was asked within a minute. Raises AppError where the
    store does not answer."""
    closed = _answers.standing(uid)
    return look_up(uid) if closed is None else closed


def look_up(uid: str) -> bool:
    """Whether the user's account was deleted by now: one read. Raises AppError where the store does not answer."""
    if _look_up is None:
        raise RuntimeError("nobody was named who knows accounts; import functions before any function is called")
    with context.bound(Context("accounts")):
        closed = _look_up(uid)
    _answers.keep(uid, closed)
    return closed


def seconds_since(uid: str) -> float:
    """How old the answer is that stands for a user."""
    return _answers.age(uid)


def refuse_closed(uid: str) -> None:
    """Raises Gone where the user's account was deleted."""
    if is_closed(uid):
        raise Gone("This account was deleted, and takes no further calls. Sign in with another account.")


def close(uid: str) -> None:
    """Note that the account was closed just now, by this instance."""
    _answers.keep(uid, True)
