"""What the streams of one process share: the hub, who is connected, and the process's end."""

import asyncio
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from shared import log, settings
from shared.context import SignedIn
from shared.errors import AppError, Unavailable
from shared.realtime import channels
from shared.realtime.hub import Hub
from shared.runtime import accounts
from shared.runtime.live import revocation
from shared.runtime.live.sessions import Session

_THREADS = 32  # that wait for the store: on one CPU, the loop's own would be five
_FAREWELL_SECONDS = 3.0  # that streams have to say that they end, of the 10 until the platform kills the process


class Instance:
    """The streams of this process. Made on the event loop that serves them, and used there alone."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="store"))
        self.hub = Hub()
        self._sessions: dict[str, set[Session]] = {}
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._leaving: asyncio.Task[None] | None = None
        self._take_signals()

    async def open(self, caller: SignedIn, names: list[str] | None, cursor: str | None) -> Session:
        """Connect a caller. Raises AppError: Invalid for a channel that there is not, TooManyRequests, Unavailable."""
        wanted = channels.parsed(names)
        connection = await self.hub.open(caller.principal.uid, wanted, cursor)
        if self._leaving:
            self.hub.close(connection)
            raise Unavailable("This instance ends; try again.", retry_after=1)
        session = Session(caller, connection)
        of_user = self._sessions.setdefault(session.uid, set())
        of_user.add(session)
        if session.uid not in self._watchers:
            self._watchers[session.uid] = self.loop.create_task(self._watch(session.uid))
        return session

    def close(self, session: Session) -> None:
        """Disconnect a session; once is enough."""
        of_user = self._sessions.get(session.uid, set())
        if session not in of_user:
            return
        of_user.remove(session)
        self.hub.close(session.connection)
        if not of_user:
            del self._sessions[session.uid]
            self._watchers.pop(session.uid).cancel()

    async def end(self) -> None:
        """End all streams: each says so first, within a few seconds."""
        until = self.loop.time() + _FAREWELL_SECONDS
        for session in self._all():
            session.end("shutdown")
        while self._sessions and self.loop.time() < until:
            await asyncio.sleep(0.02)
        self.hub.end()

    def _all(self) -> list[Session]:
        return [session for of_user in self._sessions.values() for session in of_user]

    async def _watch(self, uid: str) -> None:
        """End a user's streams once the account is closed, or access was revoked: one read and one look-up a minute,
        however many streams there are."""
        every = settings.current().realtime_account_seconds
        # The answers that the first stream was opened with may be old already.
        pause = every - max(accounts.seconds_since(uid), revocation.seconds_since(uid))
        while True:
            await asyncio.sleep(max(0.0, pause))
            closed = await asyncio.to_thread(_is_closed, uid)
            standing = await asyncio.to_thread(revocation.look_up, uid)
            for session in [*self._sessions.get(uid, ())]:
                if closed or not standing.covers(session.caller.issued_at):
                    session.end("revoked")
            pause = every

    def _take_signals(self) -> None:
        """Have streams say that they end before the server closes their connections.

        The server would close WebSockets at once and wait for the rest; so its own handler is called once all is said.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            served = signal.getsignal(number)
            if callable(served):
                signal.signal(number, partial(self._signalled, served))

    def _signalled(self, served: Callable[[int, Any], Any], number: int, frame: Any) -> None:
        self.loop.call_soon_threadsafe(self._leave, partial(served, number, None))

    def _leave(self, then: Callable[[], Any]) -> None:
        async def leave() -> None:
            await self.end()
            then()

        if self._leaving is None:
            self._leaving = self.loop.create_task(leave())


def _is_closed(uid: str) -> bool:
    try:
        return accounts.look_up(uid)
    except AppError as error:
        log.warning("it is not known whether an account is closed", exception=error)
        return False


_instance: Instance | None = None


def current() -> Instance:
    """The instance of the running event loop, made at the first call."""
    global _instance
    if _instance is None or _instance.loop is not asyncio.get_running_loop():
        _instance = Instance()
    return _instance
