"""One call of a function: its context, its span, and the one line of the log that says what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from time import perf_counter, sleep
from typing import Any

from flask import has_request_context, request
from werkzeug.exceptions import HTTPException

from shared import context, log, tracing
from shared.context import Context
from shared.errors import AppError
from shared.kit import clock, traces
from shared.kit.ids import new_id
from shared.kit.traces import Place
from shared.runtime import reporting
from shared.runtime.incoming import Headers
from shared.tracing import Span

# Of answers that say nothing else: no cache between may keep them, and a browser asks before it shows one again.
CACHING = "private, no-cache"
_MOMENT = 0.25  # seconds that an item of a job gives way at most, so that it gets on whatever else there is
_LONG = 2.0  # seconds after which a call is one that takes its time, such as a stream or a model's answer
_awaited: dict[int, float] = {}  # when the calls were begun that are under way, and that somebody waits for


@contextmanager
def awaited(call: Context) -> Iterator[None]:
    """Note for the block that somebody waits for the call."""
    _awaited[id(call)] = perf_counter()
    try:
        yield
    finally:
        del _awaited[id(call)]


def give_way() -> None:
    """Wait a moment for calls that somebody waits for, if this process serves some: as it does on one's own machine,
    where one process serves all functions that the platform calls."""
    until = perf_counter() + _MOMENT
    while (now := perf_counter()) < until and any(now - begun < _LONG for begun in [*_awaited.values()]):
        sleep(0.005)


@contextmanager
def taken(call: Context, cause: Place | None) -> Iterator[Context]:
    """Make `call` current for the block, and log at its end what became of it; for every call but requests."""
    started = perf_counter()
    span = tracing.begin(call.function, "consumer", cause)
    with context.bound(call), tracing.within(span), awaited(call) if call.kind == "message" else nullcontext():
        try:
            yield call
        except BaseException as error:  # also what ends the process
            if not isinstance(error, HTTPException):  # which stands for an answer
                call.error = error
            raise
        finally:
            reporting.settle(call)
            write(call, span, call.function, perf_counter() - started, _outcome(call.error))


def write(call: Context, span: Span, subject: str, seconds: float, outcome: str, **fields: Any) -> None:
    """End the call's span and write its line, within the call's context. `subject` is what the line's text begins with.

    Outcomes: done; again (it failed, and is repeated by its caller); denied (to this caller); refused (it cannot be
    done as it is); failed.
    """
    cost, error = call.meter.cost, call.error
    entry: dict[str, Any] = {
        "kind": call.kind,
        "outcome": outcome,
        "latency_ms": round(1000 * seconds, 1),
        "cost": {"rpcs": cost.rpcs, "reads": cost.reads, "writes": cost.writes, "commits": cost.commits},
        **call.facts,
        **fields,
    }
    if isinstance(error, AppError):
        entry["error"] = error.code
    message = f"{subject}: {outcome}"
    if error is None or outcome == "done" or (call.kind == "request" and outcome != "failed"):
        log.info(message, **entry)
    elif outcome in ("again", "denied"):
        log.warning(message, **entry, reason=str(error))
    else:
        log.error(f"{message}: {error}", exception=error, **entry)
    span.set(_attributes(call, outcome))
    span.end(error if outcome == "failed" else None)
    if call.kind != "request":  # whose answer does not wait for it
        tracing.flush()


def _attributes(call: Context, outcome: str) -> dict[str, Any]:
    facts = {name: call.facts.get(name) for name in ("route", "document", "age_ms", "attempt", "verdict")}
    more = {"outcome": outcome, "request_id": call.request_id, "execution_id": call.execution_id}
    return {**facts, **more, "reads": call.meter.cost.reads, "commits": call.meter.cost.commits}


def place_of_caller() -> Place | None:
    """The caller's place in a trace, from the headers of the request under way, if there is one."""
    return place_of(request.headers) if has_request_context() else None


def place_of(headers: Headers) -> Place | None:
    """The caller's place in a trace, from a request's headers."""
    return traces.of_caller(headers.get("traceparent", ""), headers.get("X-Cloud-Trace-Context", ""))


def request_id(headers: Headers) -> str:
    """The id that a request was sent with, or a new one where that is none to write in logs."""
    sent = headers.get("X-Request-Id", "")
    return sent if 8 <= len(sent) <= 64 and sent.isascii() and sent.replace("-", "").isalnum() else new_id()


def milliseconds_since(time: datetime) -> int:
    """How old something is; nothing is younger than 0, whatever the clocks say."""
    return max(0, round((clock.now() - time).total_seconds() * 1000))


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "done"
    if not isinstance(error, AppError):
        return "failed"
    if error.status in (401, 403):
        return "denied"
    return "again" if error.retriable else "refused"
