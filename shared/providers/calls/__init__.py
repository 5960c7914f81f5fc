"""Calls the API of a provider: rate limit, circuit breaker, retries, cache and cost in one place.

Within a user's request a call takes a turn of the user's rate limit and may use and fill the user's cache. Outside of
one, as in a check by hand, there is neither.
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
from shared.errors import Ambiguous, AppError, TooManyRequests, Unavailable
from shared.kit import shutdown
from shared.meter import Mishap, Usage
from shared.providers import withholding
from shared.providers.calls import answers, breaker, transport
from shared.providers.calls.answers import Question
from shared.providers.calls.base import Provider, Request, Underway, bearer
from shared.providers.watching import watched

__all__ = ["Provider", "Request", "Underway", "bearer", "call", "events"]

Answer = dict[str, Any]
T = TypeVar("T")
_MISSHAPEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_PATIENCE = 3.0  # seconds of backoff between attempts; for longer waits the error goes to the engine
_BACKOFF = 0.25
_LONG = 0.5  # share of the call's timeout above which it is reported as slow


def call(
    provider: Provider,
    request: Request,
    *,
    check: Callable[[Answer], object] = lambda answer: None,
    used: Callable[[Answer], Usage] | None = None,
    cache_for: timedelta | None = None,
) -> Answer:
    """Call the provider and return its JSON answer, or the answer it gave this user at most `cache_for` ago.

    `check` raises for an answer that is an error despite its status, or has the wrong shape; `used` reads what the
    answer cost. One read and one commit, with `cache_for` another commit; one read on a cache hit. Raises ProviderError
    (final), NotYet, TooManyRequests and Unavailable (later), Ambiguous where a paid request may have been charged and
    its answer is lost.
    """
    question = _question(provider, request, cache_for)
    if question is None:
        breaker.of(provider).check(provider.title)
        answer, took = _send(provider, request, check, used)
        context.current().meter.usage.append(took)
        return answer
    document = answers.find(question)
    cached = answers.answer_in(document) if cache_for else None
    if cached is not None:
        context.current().meter.usage.append(Usage(provider.name, cached=True))
        return cached
    with _turn(question, document):
        answer, took = _send(provider, request, check, used)
        counted = answers.keep(question, answer, took)
        context.current().meter.usage.append(replace(took, counted=counted))
    return answer


@contextmanager
def events(provider: Provider, request: Request) -> Iterator[Iterator[str]]:
    """Stream the data of a provider's server-sent events, uncached. Costs and raises as `call`.

    Once an answer has begun, the call is not retried. Raises Unavailable when the process is asked to end, which is no
    failure of the provider.
    """
    question, gate = _question(provider, request, None), breaker.of(provider)
    gate.check(provider.title)
    if question is not None:
        answers.take_turn(question, answers.find(question))
    began = time.monotonic()
    ends = began + provider.seconds
    try:
        with watched(provider.name, streamed=True), transport.streamed(provider, request, ends) as response:
            gate.succeeded()
            lines = transport.lines(provider, response)
            yield (line[5:].strip() for line in lines if line.startswith("data:"))
    except AppError as error:
        lost = isinstance(error, Unavailable | Ambiguous)
        if lost and shutdown.has_begun():
            raise Unavailable(
                "The server is being shut down and broke off its answer; send the request again."
            ) from error
        _note(provider, began, error)
        if lost:
            gate.failed()
        raise


def _question(provider: Provider, request: Request, cache_for: timedelta | None) -> Question | None:
    """The current user's question; None outside of a user's request. Raises Withheld in a dry run."""
    withholding.check(provider.title)
    caller = context.current().principal
    if caller is None or caller.uid == "anonymous":
        return None
    return Question(caller.uid, provider, request, cache_for, context.current().background)


@contextmanager
def _turn(question: Question, document: Any) -> Iterator[None]:
    """Hold the question's lease for the block; releases it where the block raises."""
    breaker.of(question.provider).check(question.provider.title)
    answers.take_turn(question, document)
    try:
        yield
    except Exception:
        answers.release(question)
        raise


def _send(
    provider: Provider, request: Request, check: Callable[[Answer], object], used: Callable[[Answer], Usage] | None
) -> tuple[Answer, Usage]:
    """Send the request; returns the answer and its usage. Records the usage of an answer that is an error itself."""
    gate, began = breaker.of(provider), time.monotonic()
    took: Usage | None = None
    try:
        with watched(provider.name):
            answer = _attempts(provider, request)
        took = Usage(provider.name)
        took = _shaped(provider, request, lambda: used(answer)) if used else took
        _shaped(provider, request, lambda: check(answer))
    except AppError as error:
        _note(provider, began, error)
        if took or isinstance(error, Ambiguous):
            context.current().meter.usage.append(took or Usage(provider.name))
        if isinstance(error, Ambiguous | Unavailable):
            gate.failed()
        else:  # a refusal shows that the service is up
            gate.succeeded()
        raise
    gate.succeeded()
    seconds = time.monotonic() - began
    if seconds > _LONG * provider.seconds:
        _note(provider, began, None)
    return answer, replace(took, milliseconds=1_000 * seconds)


def _note(provider: Provider, began: float, error: AppError | None) -> None:
    milliseconds = round(1000 * (time.monotonic() - began), 1)
    context.current().meter.mishaps.append(Mishap(provider.name, provider.title, milliseconds, error))


def _shaped(provider: Provider, request: Request, read: Callable[[], T]) -> T:
    """Read from an answer; raises the error of a lost answer where it lacks the documented shape."""
    try:
        return read()
    except _MISSHAPEN as error:
        raise transport.lost(provider, request, "sent an answer that cannot be read") from error


def _attempts(provider: Provider, request: Request) -> Answer:
    """Send until an attempt succeeds; waits for Retry-After, or backs off exponentially with jitter."""
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
    """Parse the answer; refuses NaN and infinities, and replaces lone surrogates, which Firestore cannot store."""
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
