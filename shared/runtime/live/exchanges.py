"""One request for a stream: its context, its span, its problem document if it is refused, and its line in the log."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared import context, settings, tracing
from shared.context import Context, SignedIn
from shared.errors import MethodNotAllowed
from shared.kit import traces
from shared.realtime.frames import encoded
from shared.runtime import calls, cors, failures, problem, rates, reporting
from shared.runtime.live import instance
from shared.runtime.live.callers import UPGRADE, Q, StreamQuery, admitted, opening
from shared.runtime.live.presence import HungUp, while_present
from shared.runtime.live.sessions import Session
from shared.tracing import Span

Serve = Callable[["Exchange", Request], Awaitable[Response]]
_METHODS = ("GET", "OPTIONS")


class Exchange:
    """One request from its arrival to its end, within its context."""

    def __init__(self, function: str, route: str, connection: HTTPConnection) -> None:
        self.request = opening(connection)
        headers = self.request.headers
        self.call = Context(function, request_id=calls.request_id(headers))
        self.call.facts["route"] = route
        self.guard = rates.Guard(self.request)
        cause = traces.of_caller(headers.get("traceparent", ""), headers.get("X-Cloud-Trace-Context", ""))
        self.span: Span = tracing.begin(function, "server", cause)
        self.session: Session | None = None
        self._started = perf_counter()
        self._version = connection.scope.get("http_version", "")

    async def admit(self, model: type[Q]) -> tuple[SignedIn, Q]:
        """Authenticate the caller, and read the query. Raises AppError."""
        caller, query = await asyncio.to_thread(admitted, self.request, self.guard, model)
        self.call.principal = caller.principal
        return caller, query

    async def open(self, caller: SignedIn, query: StreamQuery) -> Session:
        """Open the stream that a query asks for; a client that comes back has its cursor in a header."""
        last = self.request.headers.get("Last-Event-ID", "")
        self.session = await instance.current().open(caller, query.names, last or query.cursor)
        return self.session

    def refuse(self, error: Exception) -> problem.Problem:
        """What an error is answered with."""
        return problem.document(self.guard.refusal(error))

    def headers(self) -> dict[str, str]:
        """The headers of every answer."""
        return {**self.guard.describe(), "X-Request-Id": self.call.request_id, **cors.allow_origin(self.request)}

    async def end(self, status: int) -> None:
        """Close what it has opened, and write its line. A refusal is noted for the user, as that of any request."""
        seconds = perf_counter() - self._started
        if session := self.session:
            instance.current().close(session)
            sent = {"messages": session.messages, "bytes": session.bytes}
            self.call.facts |= {**sent, "ended": session.ending or "gone"}
        answered = failures.Answered(
            "GET" if self.request.method == UPGRADE else self.request.method,
            self.request.path,
            status,
            user_agent=self.request.headers.get("User-Agent", ""),
            protocol=f"HTTP/{self._version}",
            response_size=session.bytes if session else None,
        )
        await asyncio.shield(asyncio.to_thread(self._settle, answered, seconds))

    def _settle(self, answered: failures.Answered, seconds: float) -> None:
        reporting.settle(self.call)
        if answered.status >= 400:
            failures.note(answered, self.call, seconds)
        failures.write_line(answered, self.call, self.span, seconds)
        tracing.flush()


class Endpoint:
    """An address over HTTP: an ASGI app that answers GET, and refuses all else with a problem document."""

    def __init__(self, function: str, route: str, serve: Serve, *, methods: tuple[str, ...] = _METHODS) -> None:
        self._function, self._route, self._serve = function, route, serve
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; never raises."""
        request = Request(scope, receive)
        exchange = Exchange(self._function, self._route, request)
        status = failures.CLIENT_GONE
        with context.bound(exchange.call), tracing.within(exchange.span):
            try:
                response = await while_present(self._answer(exchange, request), receive)
                status = response.status_code
                await response(scope, receive, send)
            except HungUp:
                pass
            except TimeoutError:  # whoever receives nothing is not told so either
                if exchange.session:
                    exchange.session.end("slow")
            except Exception as error:
                context.note_error(error)
            finally:
                await exchange.end(status)

    async def _answer(self, exchange: Exchange, request: Request) -> Response:
        response = await self._served(exchange, request)
        response.headers.update(exchange.headers())
        response.headers.setdefault("Cache-Control", calls.CACHING)
        if settings.current().local:
            response.headers["X-Firestore-Cost"] = str(exchange.call.meter.cost)
        return response

    async def _served(self, exchange: Exchange, request: Request) -> Response:
        try:
            if request.method == "OPTIONS":
                return json_response({"success": True}, headers=cors.PREFLIGHT)
            if self._methods and request.method not in self._methods:
                raise MethodNotAllowed("Use GET here.", self._methods)
            return await self._serve(exchange, request)
        except Exception as error:
            refused = exchange.refuse(error)
            return json_response(refused.body, refused.status, refused.headers)


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(encoded(body), status, headers, media_type="application/json")
