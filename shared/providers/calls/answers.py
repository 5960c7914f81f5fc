"""Caches a provider's answers per user, under a lease and the user's rate limit.

One document for each request's hash, in one of three states: leased (a caller is asking, others wait for the answer),
due at a turn of the rate limit (the next caller at that time uses it, without taking another turn), or answered.

What is done in the background waits for a turn of its share first, half of each limit, and takes one of the limit
itself only then: however much of it there is, it leaves the other half to calls that somebody waits for.
"""

import json
import random
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared import log, settings
from shared.errors import AlreadyExists, AppError, NotFound, NotYet, PreconditionFailed
from shared.gcp import firestore, rate, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.shares import parts_of, share
from shared.meter import Usage
from shared.providers.calls import spending
from shared.providers.calls.base import Provider, Request, Underway, fingerprint

MAX_KEPT = 900_000  # bytes, compressed: a document holds 1 MiB
_SLACK = timedelta(seconds=10)  # of a lease, beyond the call's timeout
_TURN_KEPT = timedelta(hours=1)
_PUNCTUAL = timedelta(milliseconds=50)
_WINDOW = 60.0  # seconds
_PART, _PARTS = 60, 100  # calls a minute of one part of a limit for all users; the most parts


@dataclass(frozen=True)
class Question:
    """One user's request to one provider. With `cache_for` its answer is cached, and a lease admits one caller."""

    uid: str
    provider: Provider
    request: Request
    cache_for: timedelta | None
    background: bool = False

    @property
    def path(self) -> str:
        kind = "kept" if self.cache_for else "once"
        return f"users/{self.uid}/provider_cache/{derived_id(kind, fingerprint(self.provider, self.request))}"

    @property
    def meters(self) -> dict[str, int]:
        """The rate limits to pass, the user's and that of all users: calls a minute, by the path of their document."""
        config = settings.current()
        of_user = {f"users/{self.uid}/meters/{self.provider.name}~calls": config.provider_calls_per_minute}
        of_all = config.provider_calls_per_minute_of_all
        return of_user | (_meter_of_all(self.provider.name, of_all) if of_all else {})


def _meter_of_all(provider: str, limit: int) -> dict[str, int]:
    """A random part of the limit of all users together, each part a document that takes about a call a second.

    Together the parts never admit more than the limit. They admit a few per cent less, as chance fills them unevenly.
    """
    parts = parts_of(limit, _PART, _PARTS)
    number = random.randrange(parts)  # noqa: S311
    return {f"meters/{provider}~calls~{number}": share(limit, number, parts)}


def find(question: Question) -> Document | None:
    """The question's document: one read."""
    return firestore.client().get(question.path)


def answer_in(document: Document | None) -> dict[str, Any] | None:
    """The answer in a question's document, unless it has expired."""
    if document is None or "body" not in document.data or document.data["expires_at"] <= clock.now():
        return None
    answer: dict[str, Any] = json.loads(zlib.decompress(document.data["body"]))
    return answer


def take_turn(question: Question, document: Document | None) -> None:
    """Take the question's lease and the next turn of the rate limits, in one commit; in the background another commit
    ahead, for the turn of its share.

    Raises Underway where another caller holds the lease, NotYet where the turn lies in the future: another commit then
    stores the turn, and the next attempt uses it.
    """
    now = clock.now()
    state = document.data if document else {}
    leased = state.get("lease_until", now) - now
    if leased > timedelta():
        raise _underway(leased)
    turn, of_share = state.get("turn_at"), state.get("of_share", False)
    if turn and turn - now > _PUNCTUAL and (question.background or not of_share):
        raise _not_yet(question.provider, turn - now)
    if question.background and not turn:
        _await_share(question, document, now)
    meters = {} if turn and not of_share else question.meters
    try:
        _, counted = firestore.client().commit_counted([*_claim(question, document, now), *_to_take(meters, now)])
    except (AlreadyExists, PreconditionFailed, NotFound) as error:
        raise _underway(_SLACK) from error
    if meters:
        _await(question, _turn(counted, meters), now)


def _await_share(question: Question, document: Document | None, now: datetime) -> None:
    """Take a turn of the background's share, and return if it is now; else store it and raise NotYet."""
    shares = _shares(question.meters)
    _, counted = firestore.client().commit_counted(_to_take(shares, now))
    turn = _turn(counted, shares)
    if turn - now <= _PUNCTUAL:
        return
    stored = {"turn_at": turn, "of_share": True, "expires_at": turn + _TURN_KEPT}
    version = document.version if document else None
    with suppress(AlreadyExists, PreconditionFailed, NotFound):  # by somebody else, who asks the same
        firestore.client().commit([Write(question.path, stored, exists=None if version else False, version=version)])
    raise _not_yet(question.provider, turn - now)


def _shares(meters: Mapping[str, int]) -> dict[str, int]:
    """The limits of what is done in the background, which has meters of its own."""
    return {f"{path}~background": max(1, limit // 2) for path, limit in meters.items()}


def _to_take(meters: Mapping[str, int], now: datetime) -> list[Write]:
    """The writes that take the next turn of each limit."""
    return [write for path, limit in meters.items() for write in rate.to_take(path, 1, _pace(limit)[1], now)]


def _turn(counted: Mapping[str, Sequence[Any]], meters: Mapping[str, int]) -> datetime:
    """The turn that fits all limits, from the result of `commit_counted`."""
    paces = {path: _pace(limit) for path, limit in meters.items()}
    return max(rate.turn(counted, path, burst * gap) for path, (burst, gap) in paces.items())


def _pace(limit: int) -> tuple[int, float]:
    """The burst and the seconds between further calls, such that no minute ever has more than `limit` calls."""
    burst = (limit + 1) // 2
    return burst, _WINDOW / (limit - burst + 1)


def _claim(question: Question, document: Document | None, now: datetime) -> list[Write]:
    """The writes that take the question: a lease if its answer will be cached, else the removal of a stored turn."""
    version = document.version if document else None
    if question.cache_for:
        until = now + timedelta(seconds=question.provider.seconds) + _SLACK
        fields = {"lease_until": until, "expires_at": until}
        return [Write(question.path, fields, exists=None if version else False, version=version)]
    return [writes.delete(question.path, version=version)] if version else []


def _await(question: Question, turn: datetime, now: datetime) -> None:
    """Return if the turn is now; else store it and raise NotYet."""
    if turn - now <= _PUNCTUAL:
        return
    firestore.client().commit([Write(question.path, {"turn_at": turn, "expires_at": turn + _TURN_KEPT})])
    raise _not_yet(question.provider, turn - now)


def _not_yet(provider: Provider, wait: timedelta) -> NotYet:
    sentence = f"{provider.title} is asked only so often a minute; this request waits for its turn."
    return NotYet(sentence, retry_after=wait.total_seconds())


def _underway(wait: timedelta) -> Underway:
    return Underway(
        "The same request is being answered already; its answer serves both.",
        retry_after=min(5.0, max(1.0, wait.total_seconds())),
    )


def keep(question: Question, answer: Mapping[str, Any], used: Usage) -> bool:
    """Cache the answer and record its usage, in one commit, before the caller uses it.

    Returns False where neither was stored: the caller goes on with the answer all the same.
    """
    if question.cache_for is None:
        return False
    body = zlib.compress(json.dumps(answer, separators=(",", ":")).encode())
    if len(body) > MAX_KEPT:
        release(question)
        return False
    fields = {"body": body, "expires_at": clock.now() + question.cache_for}
    try:
        firestore.client().commit([Write(question.path, fields), *spending.to_record(question.uid, [used])])
    except AppError as error:
        log.warning("an answer could not be kept", exception=error, provider=question.provider.name)
        return False
    return True


def release(question: Question) -> None:
    """Give up the lease of a question that was not answered: one commit where there is one."""
    if question.cache_for:
        with suppress(AppError):  # else its lease ends by itself
            firestore.client().commit([writes.delete(question.path)])
