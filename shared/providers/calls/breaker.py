"""Circuit breakers: stop calls to a service that keeps failing, then let one probe through."""

import threading
from datetime import datetime, timedelta

from shared.errors import Unavailable
from shared.kit import clock
from shared.providers.calls.base import Provider

FAILURES = 5  # in a row open the circuit
REST = timedelta(seconds=10)  # the circuit stays open: short, since runs wait for it and a probe costs little


class Breaker:
    """The circuit of one service in this process: closed, open until a time, then half-open for one probe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until: datetime | None = None

    def check(self, title: str) -> None:
        """Raise Unavailable while the circuit is open; afterwards let the first caller through as the probe."""
        with self._lock:
            if self._failures < FAILURES or self._open_until is None:
                return
            now = clock.now()
            if now < self._open_until:
                wait = (self._open_until - now).total_seconds()
                raise Unavailable(f"{title} keeps failing and is left alone for a while.", retry_after=wait)
            self._open_until = now + REST  # for all callers but this probe

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._open_until = clock.now() + REST


_lock = threading.Lock()
_breakers: dict[tuple[str, str], Breaker] = {}


def of(provider: Provider) -> Breaker:
    """The circuit of a provider."""
    with _lock:
        return _breakers.setdefault((provider.name, provider.base_url), Breaker())


def forget() -> None:
    """Close all circuits."""
    with _lock:
        _breakers.clear()
