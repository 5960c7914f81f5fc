"""Clients of streams, of three transports: each goes on from its cursor whenever its connection ends."""

import asyncio
import json
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import httpx
import websockets
from websockets.asyncio.client import connect

Frame = dict[str, Any]
_TALK = frozenset({"connection", "reconnect", "heartbeat", "subscription", "pong", "error"})  # not of the stream
_BUSY = 503  # the store does not answer: the client comes again
_PAUSE = (0.05, 0.3)  # seconds between two connections


class Cut(Exception):
    """The server ended a connection, or there was none."""


class StreamClient(ABC):
    """One client of a user. `received` has all messages, doubled ones too; `cursor` is where it goes on."""

    transport: ClassVar[str]

    def __init__(self, http: httpx.AsyncClient, token: str, channels: Sequence[str], *, seed: int = 0) -> None:
        self._http, self.token, self.channels = http, token, tuple(channels)
        self._dice = random.Random(seed)  # noqa: S311
        self.cursor: str | None = None
        self.received: list[Frame] = []
        self.ids: set[str] = set()
        self.connections = 0
        self.refused: list[str] = []
        self.is_connected = asyncio.Event()
        self.heard: Callable[[Frame], None] = lambda _: None

    async def run(self, urls: Sequence[str], lasts: tuple[float, float] | None) -> None:
        """Connect to one of the addresses after another, each time for `lasts` seconds; None: as long as it lasts."""
        while True:
            length = self._dice.uniform(*lasts) if lasts else None
            with suppress(TimeoutError, Cut, httpx.HTTPError, OSError, websockets.WebSocketException):
                async with asyncio.timeout(length):
                    await self.connect(self._dice.choice(urls))
            await asyncio.sleep(self._dice.uniform(*_PAUSE))

    @abstractmethod
    async def connect(self, url: str) -> None:
        """One connection, from its opening to its end. Raises Cut, TimeoutError, OSError or the transport's errors."""

    @property
    def once(self) -> list[Frame]:
        """Its messages, each once, as a client keeps them that suppresses what it has."""
        kept: dict[str, Frame] = {}
        for frame in self.received:
            kept.setdefault(frame["id"], frame)
        return [*kept.values()]

    @property
    def resets(self) -> list[Frame]:
        return [frame for frame in self.received if frame["type"] == "reset"]

    def take(self, frame: Frame, cursor: str | None) -> None:
        """Keep a frame, and the cursor behind it."""
        if frame["type"] not in _TALK:
            self.received.append(frame)
            self.ids.add(frame["id"])
            self.heard(frame)
        elif frame["type"] == "error" and frame.get("problem", {}).get("status") != _BUSY:
            self.refused.append(str(frame.get("message")))
        if cursor:
            self.cursor = cursor
            self.is_connected.set()

    def query(self, **more: str) -> dict[str, str]:
        return {"channels": ",".join(self.channels), **({"cursor": self.cursor} if self.cursor else {}), **more}

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def refuse(self, response: httpx.Response) -> None:
        """Note an answer that is no stream. Raises Cut."""
        if response.status_code != _BUSY:
            self.refused.append(f"{response.status_code} {response.text[:200]}")
        raise Cut


class EventsClient(StreamClient):
    """Server-sent events."""

    transport = "sse"

    async def connect(self, url: str) -> None:
        stream = self._http.stream("GET", f"{url}/api/realtime/stream", params=self.query(), headers=self.headers)
        async with stream as response:
            if response.status_code != 200:
                await response.aread()
                self.refuse(response)
            self.connections += 1
            event: dict[str, str] = {}
            async for line in response.aiter_lines():
                name, _, value = line.partition(": ")
                if line:
                    event[name] = value
                    continue
                self._dispatch(event)
                event = {}
        raise Cut

    def _dispatch(self, event: dict[str, str]) -> None:
        """As a browser does: what lacks its blank line is no event."""
        if "data" in event:
            self.take(json.loads(event["data"]), event.get("id"))
        elif "id" in event:
            self.cursor = event["id"]


class SocketClient(StreamClient):
    """A WebSocket."""

    transport = "websocket"

    async def connect(self, url: str) -> None:
        address = f"{url.replace('http', 'ws', 1)}/api/ws?{httpx.QueryParams(self.query())}"
        async with connect(
            address, additional_headers=self.headers, max_size=None, close_timeout=0.2, compression=None
        ) as socket:
            self.connections += 1
            async for text in socket:
                frame = json.loads(text)
                self.take(frame, frame.get("cursor"))
        raise Cut


class PollingClient(StreamClient):
    """Long polls."""

    transport = "poll"

    async def connect(self, url: str) -> None:
        while True:
            response = await self._http.get(
                f"{url}/api/realtime/poll", params=self.query(wait="10"), headers=self.headers, timeout=30
            )
            if response.status_code != 200:
                self.refuse(response)
            self.connections += 1
            answer = response.json()
            for frame in answer["messages"]:
                self.take(frame, frame["cursor"])
            self.cursor = answer["cursor"]
            self.is_connected.set()


TRANSPORTS: tuple[type[StreamClient], ...] = (EventsClient, SocketClient, PollingClient)


def http_client() -> httpx.AsyncClient:
    """A client for any number of streams."""
    unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(verify=False, limits=unlimited, timeout=httpx.Timeout(30, read=60))  # noqa: S501 -- loopback
