"""The one way in which the API of a provider is called.

A call costs the user's turn at the provider, an answer that is kept, and what the provider charges: see
`call`. Outside of a user's request, as in a check by hand, neither is there and the provider is just asked.
"""

import json
import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from shared import context, settings
from shared.context import Mishap, Usage
from shared.errors import Ambiguous, AppError, TooManyRequests, Unavailable, Withheld
from shared.providers.calls import answers, breaker, transport
from shared.providers.calls.answers import Question
from shared.providers.calls.base import Provider, Request, Underway, bearer

__all__ = ["Provider", "Request", "Underway", "bearer", "call", "events"]

Answer = dict[str, Any]
T = TypeVar("T")
_MISSHAPEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_PATIENCE = 3.0  # seconds that an attempt may wait for the next; longer waits are the engine's
_BACKOFF = 0.25
_LONG = 0.5  # of the time that a call may take


def call(
    provider: Provider,
    request: Request,
    *,
    check: Callable[[Answer], object] = lambda answer: None,
    used: Callable[[Answer], Usage] | None = None,
    kept: timedelta | None = None,
) -> Answer:
    """The provider's JSON answer, or the one that it gave this user not longer than `kept` ago.

    `check` raises where an answer is none although its status says so, in its own words or those of whatever it
    stumbles over; `used` reads what it cost. One read and one commit, with `kept` another; one read if it is
    known. Raises ProviderError (final), NotYet, TooManyRequests and Unavailable (later), Ambiguous where a paid
    request may have been charged and its answer is lost.
    """
    question = _question(provider, request, kept)
    if question is None:
        breaker.of(provider).check(provider.title)
        answer, took = _asked(provider, request, check, used)
        context.current().usage.append(took)
        return answer
    document = answers.known(question)
    known = answers.answer_in(document) if kept else None
    if known is not None:
        context.current().usage.append(Usage(provider.name, cached=True))
        return known
    with _turn(question, document):
        answer, took = _asked(provider, request, check, used)
        counted = answers.keep(question, answer, took)
        context.current().usage.append(replace(took, counted=counted))
    return answer


@contextmanager
def events(provider: Provider, request: Request) -> Iterator[Iterator[str]]:
    """The data of a provider's server-sent events as they come; nothing of it is kept. Costs and raises as `call`.

    An answer that has begun is not asked for again.
    """
    question, gate = _question(provider, request, None), breaker.of(provider)
    gate.check(provider.title)
    if question is not None:
        answers.take_turn(question, answers.known(question))
    began = time.monotonic()
    ends = began + provider.seconds
    try:
        with transport.opened(provider, request, ends) as response:
            gate.succeeded()
            lines = transport.lines(provider, response)
            yield (line[5:].strip() for line in lines if line.startswith("data:"))
    except AppError as error:
        _note(provider, began, error)
        if isinstance(error, Unavailable | Ambiguous):
            gate.failed()
        raise


def _question(provider: Provider, request: Request, kept: timedelta | None) -> Question | None:
    """Whose question this is; None outside of a user's call. Raises Withheld in a dry run."""
    about = context.current()
    if about.dry:
        raise Withheld(f"A dry run does not ask {provider.title}.")
    if about.principal is None or about.principal.uid == "anonymous":
        return None
    return Question(about.principal.uid, provider, request, kept)


@contextmanager
def _turn(question: Question, document: Any) -> Iterator[None]:
    """Hold the question for the block; it is let go where the block raises."""
    breaker.of(question.provider).check(question.provider.title)
    answers.take_turn(question, document)
    try:
        yield
    except Exception:
        answers.release(question)
        raise


def _asked(
    provider: Provider, request: Request, check: Callable[[Answer], object], used: Callable[[Answer], Usage] | None
) -> tuple[Answer, Usage]:
    """Ask the provider itself: its answer and what that took. Of one that is none, what it took is counted here."""
    gate, began = breaker.of(provider), time.monotonic()
    took: Usage | None = None
    try:
        answer = _attempts(provider, request)
        took = Usage(provider.name)
        took = _shaped(provider, request, lambda: used(answer)) if used else took
        _shaped(provider, request, lambda: check(answer))
    except AppError as error:
        _note(provider, began, error)
        if took or isinstance(error, Ambiguous):
            context.current().usage.append(took or Usage(provider.name))
        if isinstance(error, Ambiguous | Unavailable):
            gate.failed()
        else:  # it lives: it refuses
            gate.succeeded()
        raise
    gate.succeeded()
    if time.monotonic() - began > _LONG * provider.seconds:
        _note(provider, began, None)
    return answer, took


def _note(provider: Provider, began: float, error: AppError | None) -> None:
    milliseconds = round(1000 * (time.monotonic() - began), 1)
    context.current().mishaps.append(Mishap(provider.name, provider.title, milliseconds, error))


def _shaped(provider: Provider, request: Request, read: Callable[[], T]) -> T:
    """What is read of an answer, if it has the shape that the provider documents."""
    try:
        return read()
    except _MISSHAPEN as error:
        raise transport.lost(provider, request, "sent an answer that cannot be read") from error


def _attempts(provider: Provider, request: Request) -> Answer:
    """The first good answer; between attempts it waits as long as Retry-After says, or backs off."""
    ends = time.monotonic() + provider.seconds
    attempts = settings.current().provider_attempts
    for attempt in range(1, attempts + 1):
        try:
            return _decoded(provider, request, transport.send(provider, request, ends))
        except (TooManyRequests, Unavailable) as error:
            wait = max(error.retry_after or 0.0, _BACKOFF * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311
            if attempt == attempts or wait > _PATIENCE or time.monotonic() + wait >= ends:
                raise
        time.sleep(wait)
    raise AssertionError("unreachable")


def _decoded(provider: Provider, request: Request, body: bytes) -> Answer:
    """The answer, without numbers that are none and halves of characters, which no store takes."""
    try:
        answer = json.loads(body, parse_constant=_no_number, parse_float=_finite)
        if rb"\ud" in body.lower():
            answer = json.loads(json.dumps(answer, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError) as error:
        raise transport.lost(provider, request, "sent an answer that was cut off") from error
    if not isinstance(answer, dict):
        raise transport.lost(provider, request, "sent an answer that cannot be read")
    return answer


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> float:
    raise ValueError(text)
