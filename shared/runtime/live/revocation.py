"""Cuts off whoever's access was revoked: a user who was disabled or removed, or whose ID tokens were revoked.

For streams alone, which outlast many calls: one look-up a minute for each user and instance, at an opening or while
streams are open. Where Google does not answer, the last answer stands; without one, nobody is cut off.
"""

from datetime import datetime, timedelta
from threading import Lock

from shared import log
from shared.errors import AppError, Unauthenticated
from shared.gcp import identity
from shared.gcp.identity import Standing
from shared.kit import clock
from shared.kit.remembered import Remembered
from shared.runtime import accounts

_REST = timedelta(seconds=10)  # for which nobody is looked up after a look-up had no answer: threads would wait for it
_MOST = 20_000
_GOOD = Standing(exists=True)

_answers: Remembered[Standing] = Remembered(accounts.STANDS, _MOST)
_lock = Lock()
_failed_at: datetime | None = None


def refuse_revoked(uid: str, issued_at: datetime | None) -> None:
    """Raises Unauthenticated where the access was revoked of a user with an ID token that was issued then: one look-up,
    unless there was one within a minute. The development user has no token."""
    standing = _GOOD if issued_at is None else _answers.standing(uid) or look_up(uid)
    if not standing.covers(issued_at):
        raise Unauthenticated("Access was revoked: the user was disabled, or has to sign in again.")


def seconds_since(uid: str) -> float:
    """How old the answer is that stands for a user."""
    return _answers.age(uid)


def look_up(uid: str) -> Standing:
    """How a user stands by now: one look-up. Never raises."""
    standing = None if _rests() else _looked_up(uid)
    if standing is None:
        standing = _answers.last(uid) or _GOOD
    _answers.keep(uid, standing)
    return standing


def _looked_up(uid: str) -> Standing | None:
    global _failed_at
    try:
        return identity.look_up(uid) or _GOOD
    except AppError as error:
        with _lock:
            _failed_at = clock.now()
        log.warning("it is not known whether access was revoked", exception=error)
        return None


def _rests() -> bool:
    with _lock:
        return _failed_at is not None and _failed_at <= clock.now() < _failed_at + _REST
