"""Sends requests over HTTP, with a client for each service, bounded in time and size."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from shared import log
from shared.errors import Ambiguous, AppError, ProviderError, Unavailable
from shared.kit import shutdown
from shared.providers.calls.base import Provider, Request
from shared.providers.calls.refusals import refusal

if TYPE_CHECKING:
    import ssl

    import httpx

MAX_ANSWER = 16 * 2**20  # bytes
_MAX_REFUSAL = 4_096
_CONNECT_SECONDS = 5.0
_MAX_CONNECTIONS, _MAX_KEPT = 100, 20  # httpx's own

_lock = threading.Lock()
_clients: dict[tuple[str, bool], "httpx.Client"] = {}


def send(provider: Provider, request: Request, ends: float) -> bytes:
    """Send a request and return the answer's body. Raises ProviderError, TooManyRequests, Unavailable; Ambiguous where
    a paid request was sent and its answer is lost."""
    with opened(provider, request, ends) as response:
        parts = []
        for part in _parts(provider, response):
            if time.monotonic() > ends:
                raise lost(provider, request, "did not answer in time")
            parts.append(part)
    return b"".join(parts)


def lines(provider: Provider, response: "httpx.Response") -> Iterator[str]:
    """The lines of an answer as they come."""
    partial = b""
    for part in _parts(provider, response):
        *whole, partial = (partial + part).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)


def _parts(provider: Provider, response: "httpx.Response") -> Iterator[bytes]:
    """An answer's bytes, decompressed. Raises ProviderError above MAX_ANSWER."""
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > MAX_ANSWER:
            raise ProviderError(f"{provider.title} answered with more than {MAX_ANSWER // 2**20} MiB; ask for less.")
        yield part


class Line:
    """A connection of one exchange. Cut from another thread, it reads as if the service had hung up."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take the connection's socket, as httpx tells of each step of the exchange."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._is_cut:
                self.cut()

    def cut(self) -> None:
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):  # of TLS too: its own shutdown is not for another thread than the reader's
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


@contextmanager
def streamed(provider: Provider, request: Request, ends: float) -> Iterator["httpx.Response"]:
    """As `opened`, on a connection of its own, which is cut when the process is asked to end."""
    line = Line()
    with shutdown.interrupting(line.cut), opened(provider, request, ends, line) as response:
        yield response


@contextmanager
def opened(provider: Provider, request: Request, ends: float, line: Line | None = None) -> Iterator["httpx.Response"]:
    """Open a response of status 200, for reading its body in the block; maps errors in the block too."""
    import httpx

    secrets = dict(provider.secrets())
    timeout = httpx.Timeout(max(0.05, ends - time.monotonic()), connect=_CONNECT_SECONDS)
    try:
        with _client(provider, keeps=line is None).stream(
            request.method,
            provider.base_url.rstrip("/") + request.path,
            json=request.body,
            params=request.query or None,
            headers={**provider.headers, **secrets},
            timeout=timeout,
            extensions={"trace": line.trace} if line else None,
        ) as response:
            if response.status_code != httpx.codes.OK:
                raise _refused(provider, response, secrets)
            yield response
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise ProviderError(f"{provider.title} has no valid address in the settings; check its base URL.") from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteError, httpx.WriteTimeout) as error:
        raise Unavailable(f"{provider.title} cannot be reached; try again later.") from error
    except httpx.ReadTimeout as error:
        raise lost(provider, request, "did not answer in time") from error
    except httpx.HTTPError as error:
        raise lost(provider, request, "broke off its answer") from error


def lost(provider: Provider, request: Request, what: str) -> AppError:
    """The error for a request that was sent without a usable answer: Ambiguous if paid, else Unavailable."""
    if request.paid:
        return Ambiguous(
            f"{provider.title} {what} and may have charged for the request, so it is not repeated by itself; "
            "run it again if you want it."
        )
    return Unavailable(f"{provider.title} {what}; try again later.")


def _refused(provider: Provider, response: "httpx.Response", secrets: dict[str, str]) -> AppError:
    """The error for an error status; logs the answer's text, with the credentials masked."""
    import httpx

    text = ""
    with suppress(httpx.HTTPError):  # the status alone is enough
        text = next(response.iter_bytes(_MAX_REFUSAL), b"").decode(errors="replace")
    for secret in secrets.values():
        for word in (secret, secret.removeprefix("Bearer ")):
            text = text.replace(word, "…")
    log.warning("a provider refused", provider=provider.name, status=response.status_code, said=text)
    return refusal(provider, response.status_code, response.headers)


def _client(provider: Provider, *, keeps: bool) -> "httpx.Client":
    """The provider's HTTP client, created on first use; ignores the environment's proxies and certificates. `keeps`
    connections for later requests, or opens one for each: httpx tells of a socket only when it opens it."""
    import httpx

    with _lock:
        key = provider.base_url, keeps
        if key not in _clients:
            limits = httpx.Limits(max_connections=_MAX_CONNECTIONS, max_keepalive_connections=_MAX_KEPT if keeps else 0)
            _clients[key] = httpx.Client(verify=authorities(), trust_env=False, follow_redirects=False, limits=limits)
        return _clients[key]


@cache
def authorities() -> "ssl.SSLContext":
    """The TLS context with the certificate authorities, shared by all connections: loading it is slow."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)
