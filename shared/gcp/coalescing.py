"""Coalesces reads of many threads: what they ask for while a call is under way is asked for in the next call, once.

A burst of events of one user reads the same documents over and over: its threads share calls, and each document is
paid once a call. Nobody gets what was read before asking: a call takes no more keys once it is made.
"""

from collections.abc import Callable, Iterable, Mapping
from threading import Event, Lock
from typing import Generic, TypeVar

T = TypeVar("T")
_PATIENCE = 0.5  # seconds behind a call that does not end, until the next is made beside it
_MOST = 50  # keys of a call; whoever finds it full makes one alone


class _Call(Generic[T]):
    """One call and its keys, in order; whoever created it makes it, when it is `due`."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = dict.fromkeys(keys)
        self.due, self.done = Event(), Event()
        self.values: Mapping[str, T] = {}
        self.failure: BaseException | None = None


class Coalescer(Generic[T]):
    """Looks keys up for many threads, by a function that finds the values of several."""

    def __init__(self, find: Callable[[list[str]], Mapping[str, T]]) -> None:
        """`find` leaves out what does not exist."""
        self._find = find
        self._lock = Lock()
        self._under_way = 0
        self._next: _Call[T] | None = None

    def get(self, keys: list[str]) -> Mapping[str, T]:
        """The values of the keys that exist, and perhaps of others. Raises what `find` raises for these keys."""
        call, joined = self._call_with(keys)
        if call is None:
            return self._find(keys)
        if joined:
            call.done.wait()
        else:
            self._make(call)
        if not call.failure:
            return call.values
        if joined or len(call.keys) > len(set(keys)):  # the failure may be due to what others asked for
            return self._find(keys)
        raise call.failure

    def _call_with(self, keys: list[str]) -> tuple[_Call[T] | None, bool]:
        """The call that asks for the keys, and whether another thread makes it; none where that has no room."""
        with self._lock:
            if not self._next:
                self._next = _Call(keys)
                if not self._under_way:
                    self._next.due.set()
                return self._next, False
            if len(self._next.keys) + len(keys) > _MOST:
                return None, False
            self._next.keys.update(dict.fromkeys(keys))
            return self._next, True

    def _make(self, call: _Call[T]) -> None:
        call.due.wait(_PATIENCE)
        with self._lock:
            self._next = None
            self._under_way += 1
        try:
            call.values = self._find([*call.keys])
        except BaseException as error:
            call.failure = error
        self._pass_on()
        call.done.set()

    def _pass_on(self) -> None:
        with self._lock:
            self._under_way -= 1
            if self._next:
                self._next.due.set()
