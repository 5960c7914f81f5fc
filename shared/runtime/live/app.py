"""The realtime function: its addresses, and how functions-framework serves them."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import functions_framework.aio as framework
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket
from uvicorn_worker import UvicornWorker  # type: ignore[import-untyped]

from shared.errors import BadRequest, NotFound
from shared.runtime.live import polling, sse
from shared.runtime.live.connections import HttpConnection, SocketConnection
from shared.runtime.live.exchanges import Endpoint, Exchange
from shared.runtime.live.websocket import WebSocketEndpoint

_STREAM, _POLL, _SOCKET = "/api/realtime/stream", "/api/realtime/poll", "/api/ws"
# Of uvicorn: frames are small; connections that do not end by themselves when the process does are cut.
SERVER: dict[str, Any] = {
    "http": HttpConnection,
    "ws": SocketConnection,
    "ws_max_size": 16 * 1024,
    "ws_per_message_deflate": False,
    "timeout_graceful_shutdown": 3,
}
AsgiFunction = Callable[[Request], Awaitable[Response]]


def live_function(name: str) -> AsgiFunction:
    """Create the deployable function, which the framework serves with uvicorn.

    The framework sends what a function returns, so the whole app is what ours returns. It has no routes for WebSockets:
    ours is added as the framework makes its app.
    """
    app = application(name)

    async def function(request: Request) -> Response:
        return cast(Response, app)

    function.__name__ = name
    _add_websockets(name, app)
    UvicornWorker.CONFIG_KWARGS |= SERVER
    return cast(AsgiFunction, framework.http(function))


def application(name: str) -> Starlette:
    """The function's addresses, each with and without a slash at its end."""

    def both(path: str, endpoint: Any) -> list[Route]:
        return [Route(path, endpoint), Route(path + "/", endpoint)]

    socket = WebSocketEndpoint(name, f"WS {_SOCKET}")
    routes = [
        *both(_STREAM, Endpoint(name, f"GET {_STREAM}", sse.serve)),
        *both(_POLL, Endpoint(name, f"GET {_POLL}", polling.serve)),
        *both(_SOCKET, Endpoint(name, f"GET {_SOCKET}", _no_websocket)),
        Route("/{path:path}", Endpoint(name, "/…", _nothing, methods=())),
        WebSocketRoute(_SOCKET, socket),
        WebSocketRoute(_SOCKET + "/", socket),
        WebSocketRoute("/{path:path}", _deny),
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    return app


def _add_websockets(name: str, app: ASGIApp) -> None:
    """Have the framework's app hand WebSockets of this function to ours."""
    create: Callable[..., Starlette] = framework._create_asgi_app_with_function

    def created(function: Any, *more: Any) -> Starlette:
        app_of_framework = create(function, *more)
        if function.__name__ == name:
            app_of_framework.router.routes.append(WebSocketRoute("/{path:path}", app))
        return app_of_framework

    framework._create_asgi_app_with_function = created


async def _no_websocket(exchange: Exchange, request: Request) -> Response:
    raise BadRequest("Open this address as a WebSocket, or /api/realtime/stream as server-sent events.")


async def _nothing(exchange: Exchange, request: Request) -> Response:
    raise NotFound("There is nothing at this path.")


async def _deny(socket: WebSocket) -> None:
    await socket.close()
