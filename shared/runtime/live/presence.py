"""Ends the work for a client that has hung up, so that nothing is done, and no place taken, for nobody."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.types import Receive

T = TypeVar("T")
_EXPECTED = frozenset({"http.request", "websocket.connect"})


class HungUp(Exception):
    """The client has gone before it was answered."""


async def while_present(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """The result of `work`, which is cancelled where the client hangs up first; that raises HungUp.

    A client that sends frames on a WebSocket before it is accepted breaks the protocol: it is taken for gone as well.
    """
    working = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            raise HungUp
        return working.result()
    finally:
        working.cancel()
        waiting.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] in _EXPECTED:
        pass
