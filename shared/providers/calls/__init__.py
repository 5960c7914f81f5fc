"""The one way in which the API of a provider is called.

A call costs the user's turn at the provider, an answer that is kept, and what the provider charges: see
`call`. Outside of a user's request, as in a check by hand, neither is there and the provider is just asked.
"""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from shared import context, settings
from shared.context import Mishap, Usage
from shared.errors import Ambiguous, AppError, TooManyRequests, Unavailable, Withheld
from shared.providers.calls import answers, breaker, transport
from shared.providers.calls.answers import Question
from shared.providers.calls.base import Provider, Request, Underway, bearer

__all__ = ["Provider", "Request", "Underway", "bearer", "call", "events"]

Answer = dict[str, Any]
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

    `check` raises where an answer is none although its status says so, `used` reads what it cost. One read
    and one commit, with `kept` another; one read if it is known. Raises ProviderError (final), TooManyRequests
    and Unavailable (later), Ambiguous where a paid request may have been charged and its answer is lost.
    """
    question = _question(provider, request, kept)
    if question is None:
        breaker.of(provider).check(provider.title)
        return _asked(provider, request, check, used)
    document = answers.known(question)
    answer = answers.answer_in(document) if kept else None
    if answer is not None:
        context.current().usage.append(Usage(provider.name, cached=True))
        return answer
    with _turn(question, document):
        answer = _asked(provider, request, check, used)
        answers.keep(question, answer)
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
    ends = time.monotonic() + provider.seconds
    try:
        with transport.opened(provider, request, ends) as response:
            gate.succeeded()
            lines = transport.lines(provider, response)
            yield (line[5:].strip() for line in lines if line.startswith("data:"))
    except (Unavailable, Ambiguous) as error:
        gate.failed()
        context.current().usage.append(Usage(provider.name, requests=0, mishap=Mishap(provider.title, 0.0, error)))
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
    except BaseException:
        answers.release(question)
        raise


def _asked(
    provider: Provider, request: Request, check: Callable[[Answer], object], used: Callable[[Answer], Usage] | None
) -> Answer:
    """Ask the provider itself, count what came of it, and note what went badly."""
    gate, began = breaker.of(provider), time.monotonic()
    try:
        answer = _attempts(provider, request)
        context.current().usage.append(used(answer) if used else Usage(provider.name))
        check(answer)
    except AppError as error:
        _note(provider, began, error)
        if isinstance(error, Unavailable | Ambiguous):
            gate.failed()
        else:  # it lives: it refuses
            gate.succeeded()
        raise
    gate.succeeded()
    if time.monotonic() - began > _LONG * provider.seconds:
        _note(provider, began, None)
    return answer


def _note(provider: Provider, began: float, error: AppError | None) -> None:
    """What is told of a call that failed or took long; one that may have been charged counts as a request."""
    mishap = Mishap(provider.title, round(1000 * (time.monotonic() - began), 1), error)
    charged = isinstance(error, Ambiguous)
    context.current().usage.append(Usage(provider.name, requests=int(charged), mishap=mishap))


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
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise transport.lost(provider, request, "sent an answer that was cut off") from error
    if not isinstance(answer, dict):
        raise transport.lost(provider, request, "sent an answer that cannot be read")
    return answer
