"""Delivers HTTP calls as Google's push services do: at least once, concurrently, with backoff.

Eventarc and Cloud Tasks differ in what they carry; how they deliver is the same, and lives here.
"""

import asyncio
import heapq
import itertools
import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import aiohttp

from shared.kit.clock import Clock

_TICK = 0.1  # seconds between looks at a clock that tests may move

UPKEEP = "/compact-search"  # which one in 64 changes of documents asks for: what is searched is the same without


@dataclass
class Parcel:
    """One call to be made, again and again until it is answered below 300, `max_attempts` times at most (None: for
    ever). Then `give_up` is called, in a thread of its own."""

    key: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    min_backoff: float = 0.3
    max_backoff: float = 10.0
    max_attempts: int | None = None
    give_up: Callable[["Parcel"], None] | None = field(default=None, compare=False)
    counter: str | None = None  # the header that says how often it was tried before
    attempts: int = 0
    durable: bool = False  # kept over a restart of the local stack
    cancelled: bool = field(default=False, compare=False)


@dataclass
class Disorder:
    """What tests have the courier do to every parcel: it comes once, or twice to `copies` times, each at its own moment
    or, every second time, at that of the first."""

    copies: int = 1
    shuffle_seconds: float = 0.0
    dice: random.Random = field(default_factory=random.Random)

    def delays(self) -> list[timedelta]:
        """How late each copy of a parcel comes."""
        first, *others = (timedelta(seconds=self.dice.uniform(0, self.shuffle_seconds)) for _ in range(self._number()))
        return [first, *(self.dice.choice((first, other)) for other in others)]

    def _number(self) -> int:
        return self.dice.randint(2, self.copies) if self.copies > 1 else 1


class Courier:
    """An event loop in a thread; every method may be called from any thread."""

    def __init__(self, clock: Clock, *, concurrency: int = 16) -> None:
        self.disorder = Disorder()
        self._clock = clock
        self._concurrency = concurrency
        self._queue: list[tuple[datetime, int, Parcel]] = []
        self._order = itertools.count()
        self._pending: dict[int, Parcel] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._on_loop(self._open()).result()

    def stop(self) -> None:
        """Deliver no more."""
        self._on_loop(self._close()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def undelivered(self) -> list[Parcel]:
        """The durable parcels that are waiting or under way."""
        return [parcel for parcel in list(self._pending.values()) if parcel.durable]

    def waiting(self, below: str) -> list[Parcel]:
        """The parcels for addresses below this one that are waiting or under way."""
        return [parcel for parcel in list(self._pending.values()) if parcel.url.startswith(below)]

    def send(self, parcel: Parcel, at: datetime | None = None) -> None:
        """Deliver a parcel, now or at the given time."""
        for delay in self.disorder.delays():
            number = next(self._order)
            self._pending[number] = parcel
            due = (at or self._clock.now()) + delay
            self._loop.call_soon_threadsafe(self._enqueue, due, number, parcel)

    def idle(self, below: str) -> bool:
        """Nothing for an address below this one is waiting or under way, but what is done minutes later, and unseen."""
        return all(UPKEEP in parcel.url for parcel in self.waiting(below))

    def forget(self, below: str) -> None:
        """Deliver nothing more to addresses below this one: nobody serves them any more."""
        for parcel in self.waiting(below):
            parcel.cancelled = True

    def submit(self, coroutine: Any) -> "Future[Any]":
        """Run a coroutine on the courier's loop (the event receiver shares it)."""
        return self._on_loop(coroutine)

    def _on_loop(self, coroutine: Any) -> "Future[Any]":
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def _enqueue(self, due: datetime, number: int, parcel: Parcel) -> None:
        heapq.heappush(self._queue, (due, number, parcel))
        self._arrived.set()

    async def _open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=600)
        )
        self._slots = asyncio.Semaphore(self._concurrency)
        self._arrived = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._dispatcher = asyncio.ensure_future(self._dispatch())

    async def _close(self) -> None:
        tasks = [self._dispatcher, *self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._session.close()

    async def _dispatch(self) -> None:
        while True:
            now = self._clock.now()
            while self._queue and self._queue[0][0] <= now:
                _, number, parcel = heapq.heappop(self._queue)
                if parcel.cancelled:
                    del self._pending[number]
                    continue
                await self._slots.acquire()
                task = asyncio.ensure_future(self._deliver(number, parcel))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            self._arrived.clear()
            timeout = _TICK if self._queue else None
            try:
                await asyncio.wait_for(self._arrived.wait(), timeout)
            except TimeoutError:
                continue

    async def _deliver(self, number: int, parcel: Parcel) -> None:
        """One attempt. A slot is held only while the call is under way, so a failing one blocks no other."""
        try:
            delivered = await self._post(parcel)
        finally:
            self._slots.release()
        if delivered:
            del self._pending[number]
            return
        parcel.attempts += 1
        if parcel.max_attempts is not None and parcel.attempts >= parcel.max_attempts:
            if parcel.give_up and not parcel.cancelled:
                await asyncio.to_thread(parcel.give_up, parcel)
            del self._pending[number]
            return
        backoff = min(parcel.max_backoff, parcel.min_backoff * 2 ** min(parcel.attempts, 20))
        self._enqueue(self._clock.now() + timedelta(seconds=backoff), number, parcel)

    async def _post(self, parcel: Parcel) -> bool:
        tried = {parcel.counter: str(parcel.attempts)} if parcel.counter else {}
        headers = {**parcel.headers, **tried}
        try:
            async with self._session.post(parcel.url, data=BytesIO(parcel.body), headers=headers) as response:
                await response.read()
                return response.status < 300
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
