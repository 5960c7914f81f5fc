"""Opens connections to checked addresses alone, under a deadline.

Below HTTP, so that no caller can bypass it: a connection resolves its name once, checks the addresses, and opens the
socket to one of them. TLS and the Host header keep the name.
"""

import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpcore

from shared.errors import Unavailable
from shared.kit import deadline
from shared.providers.web.addresses import Location, Resolver, connectable, system_resolver

_CONNECT_SECONDS = 10.0
_MAX_ADDRESSES = 4  # how many of a name's are tried


@cache
def _verifying() -> ssl.SSLContext:
    """The TLS context, created once since loading the authorities is slow; ignores the environment."""
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


@dataclass(frozen=True)
class Network:
    """How to reach the outside: the resolver, the socket backend and the TLS context; tests replace them."""

    resolve: Resolver = system_resolver
    sockets: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    tls: Callable[[], ssl.SSLContext] = _verifying


INTERNET = Network()


class Deadline:
    """The deadline of an exchange, no later than that of the surrounding work (kit.deadline)."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + deadline.left(seconds)

    def left(self) -> float:
        """The seconds until the deadline, at least 0."""
        return max(0.0, self._at - time.monotonic())


class GuardedBackend(httpcore.NetworkBackend):
    """Opens sockets to the checked addresses of one location, whatever host the caller names."""

    def __init__(self, location: Location, network: Network, deadline: Deadline) -> None:
        self._location = location
        self._network = network
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the location. Raises Invalid or Unavailable (check), ConnectError or ConnectTimeout (network)."""
        addresses = self._in_time(lambda: connectable(self._location, self._network.resolve))
        failure: Exception = httpcore.ConnectTimeout("no time is left")
        for address in addresses[:_MAX_ADDRESSES]:
            seconds = min(self._deadline.left(), _CONNECT_SECONDS)
            if not seconds:
                break
            try:
                stream = self._network.sockets.connect_tcp(address, self._location.port, timeout=seconds)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure

    def _in_time(self, resolve: Callable[[], list[str]]) -> list[str]:
        """Run the resolver in a thread, since it takes no timeout; abandon it at the deadline."""
        resolved: list[list[str]] = []
        failure: list[Exception] = []

        def ask() -> None:
            try:
                resolved.append(resolve())
            except Exception as error:
                failure.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self._deadline.left())
        if failure:
            raise failure[0]
        if not resolved:
            raise Unavailable(f"The name {self._location.host} was not resolved in time.")
        return resolved[0]


class _TimedStream(httpcore.NetworkStream):
    """A stream whose reads and writes all end at the exchange's deadline, so that a slow drip gains no time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=self._left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=self._left(httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._left(httpcore.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, late: type[Exception]) -> float:
        seconds = self._deadline.left()
        if not seconds:
            raise late("the time is up")
        return seconds
