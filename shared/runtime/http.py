"""HTTP functions: serve a domain's routes, with authentication, rate limits, idempotency and error documents."""

import sys
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import cast

import flask
import functions_framework
from flask import Request, Response, current_app, has_app_context
from werkzeug.exceptions import HTTPException

from shared import context, settings, tracing
from shared.context import Context, Principal, SignedIn
from shared.errors import NotFound
from shared.runtime import (
    accounts,
    answers,
    arguments,
    auth,
    calls,
    conditional,
    cors,
    edge,
    etag,
    failures,
    full_bodies,
    idempotency,
    problem,
    rates,
    reporting,
)
from shared.runtime.router import Router
from shared.tracing import Span

# Seconds that a thread computes until another has its turn. A request waits for a turn after each of its calls, so
# beside one that computes, such as an import, it took four times as long with Python's own 5 ms, for no more work done.
_TURN = 0.001


@dataclass(frozen=True)
class Call:
    """One request of an authenticated user. `if_match` is the version that the client demands; `raw` the unparsed
    body."""

    caller: SignedIn
    request: Request
    if_match: datetime | None = None
    raw: bytes = b""

    @property
    def uid(self) -> str:
        """The user's id."""
        return self.caller.principal.uid

    @property
    def wants_events(self) -> bool:
        """Whether the client accepts server-sent events."""
        return "text/event-stream" in self.request.headers.get("Accept", "")


def http_function(name: str, router: Router) -> Callable[[Request], Response]:
    """Create a deployable function. The framework requires a plain `def` whose `__name__` is the target."""
    sys.setswitchinterval(_TURN)

    def function(request: Request) -> Response:
        return handle(name, router, request)

    function.__name__ = name
    if has_app_context():  # the framework imports us while it sets its app up
        current_app.register_error_handler(HTTPException, _unrouted)
        edge.shorten(current_app._get_current_object(), function)  # type: ignore[attr-defined]
    return cast(Callable[[Request], Response], functions_framework.http(function))


def _unrouted(error: HTTPException) -> Response:
    """The problem document for a request that the framework refuses, such as a line break in the path."""
    request, call = flask.request, Context(function=current_app.name, route="/…")
    call.request_id = calls.request_id(request.headers)
    with context.bound(call):
        response = problem.render(NotFound("There is nothing at this path."))
        response.headers["X-Request-Id"] = call.request_id
        response.headers["Cache-Control"] = calls.CACHING
        failures.write_line(_answered(request, response), call, _begun(call, request), 0.0)
    return response


def handle(name: str, router: Router, request: Request) -> Response:
    """Serve a request. Never raises; the response always has CORS headers and a request id."""
    started = perf_counter()
    call = Context(function=name, request_id=calls.request_id(request.headers), route=f"{router.prefix}/…")
    guard, span = rates.Guard(request), _begun(call, request)
    with context.bound(call), tracing.within(span), calls.awaited(call):
        try:
            response = cors.preflight() if request.method == "OPTIONS" else _serve(router, request, call, guard)
            guard.served()
        except Exception as error:
            response = problem.render(guard.refusal(error))
        reporting.settle(call)
        headers = {**guard.describe(), "X-Request-Id": call.request_id, **cors.allow_origin(request)}
        if settings.current().local:
            headers["X-Firestore-Cost"] = str(call.meter.cost)
        if "Cache-Control" not in response.headers:
            headers["Cache-Control"] = calls.CACHING
        response.headers.update(headers)
        answered = _answered(request, response)
        failures.note(answered, call, perf_counter() - started)
        _write_line_at_end(answered, response, call, span, started)
    return response


def _write_line_at_end(answered: failures.Answered, response: Response, call: Context, span: Span, at: float) -> None:
    """Write the request's line now or, of a stream, once that has ended. `at`: when the request was begun."""
    if not response.is_streamed or answered.method == "HEAD":  # whose body is never begun, nor closed
        failures.write_line(answered, call, span, perf_counter() - at)
        if span.recorded:
            response.call_on_close(partial(copy_context().run, tracing.flush))
        return
    own = copy_context()

    def end() -> None:
        own.run(failures.write_line, answered, call, span, perf_counter() - at)
        own.run(tracing.flush)

    response.call_on_close(end)


def _answered(request: Request, response: Response) -> failures.Answered:
    return failures.Answered(
        request.method,
        request.path,
        response.status_code,
        user_agent=request.headers.get("User-Agent", ""),
        protocol=request.environ.get("SERVER_PROTOCOL", ""),
        request_size=request.content_length,
        response_size=response.content_length,
    )


def _begun(call: Context, request: Request) -> Span:
    return tracing.begin(call.function, "server", calls.place_of(request.headers))


def _serve(router: Router, request: Request, call: Context, guard: rates.Guard) -> Response:
    record_usage = partial(reporting.settle, call)
    method = "GET" if request.method == "HEAD" else request.method
    route, parameters = router.match(method, request.path)
    call.route = router.prefix + route.path if route.public else None
    call.facts["route"] = f"{method} {router.prefix}{route.path}"
    caller = SignedIn(Principal("anonymous")) if route.public else auth.signed_in(request)
    principal = call.principal = caller.principal
    if route.public:
        guard.admit_public(route, parameters)
    else:
        guard.admit_user(principal.uid)
        auth.check_operator(principal, required=router.operators_only)
        accounts.refuse_closed(principal.uid)
    raw = b"" if route.upload else arguments.raw_body(request, arguments.MAX_JSON_BYTES)
    versions = etag.if_match(request)
    signed_in = None if route.public or auth.is_development(request) else principal
    inputs = parameters | arguments.from_query(route, request, signed_in)
    if route.upload:
        inputs["body"] = arguments.uploaded(route.upload, request)
    elif route.body:
        body = arguments.json_object(raw, signed_in, public=route.public)
        if reader := full_bodies.reading(router, route, request.path, body):
            current = reader.handler(Call(caller, request, None, raw), **parameters)
            body = full_bodies.changes(route, body, current, versions)
            if not body:
                return answers.answer(route, full_bodies.unchanged(route, reader, current), record_usage)
        inputs["body"] = arguments.valid_body(route.body, body)
    sent = inputs["body"].sent if route.upload else raw

    def answer(version: datetime | None) -> Response:
        result = route.handler(Call(caller, request, version, raw), **inputs)
        return answers.answer(route, result, record_usage)

    def act() -> Response:
        return idempotency.once(principal.uid, request, sent, lambda: etag.first_that_holds(versions, answer))

    return conditional.answered(route, request, principal.uid, act) if method == "GET" else act()
