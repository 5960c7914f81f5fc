"""Requests on the wire: a client for each service, bounded in time and size."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

from shared import log
from shared.errors import Ambiguous, AppError, ProviderError, Unavailable
from shared.providers.calls.base import Provider, Request
from shared.providers.calls.refusals import refusal

if TYPE_CHECKING:
    import ssl

    import httpx

MAX_ANSWER = 16 * 2**20  # bytes
_MAX_REFUSAL = 4_096
_CONNECT_SECONDS = 5.0

_lock = threading.Lock()
_clients: dict[str, "httpx.Client"] = {}


def send(provider: Provider, request: Request, ends: float) -> bytes:
    """The body of a good answer. Raises ProviderError, TooManyRequests, Unavailable; Ambiguous where a paid
    request was sent and its answer is lost."""
    with opened(provider, request, ends) as response:
        parts = []
        for part in _parts(provider, response):
            if time.monotonic() > ends:
                raise lost(provider, request, "did not answer in time")
            parts.append(part)
    return b"".join(parts)


def lines(provider: Provider, response: "httpx.Response") -> Iterator[str]:
    """The lines of an answer as they come."""
    rest = b""
    for part in _parts(provider, response):
        *whole, rest = (rest + part).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)


def _parts(provider: Provider, response: "httpx.Response") -> Iterator[bytes]:
    """An answer's bytes, decompressed, and never too many of them."""
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > MAX_ANSWER:
            raise ProviderError(f"{provider.title} answered with more than {MAX_ANSWER // 2**20} MiB; ask for less.")
        yield part


@contextmanager
def opened(provider: Provider, request: Request, ends: float) -> Iterator["httpx.Response"]:
    """An answer whose head is good, its body still to be read: errors of reading it are mapped here too."""
    import httpx

    secrets = dict(provider.secrets())
    timeout = httpx.Timeout(max(0.05, ends - time.monotonic()), connect=_CONNECT_SECONDS)
    try:
        with _client(provider).stream(
            request.method,
            provider.base_url.rstrip("/") + request.path,
            json=request.body,
            params=request.query or None,
            headers={**provider.headers, **secrets},
            timeout=timeout,
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
    """The request went out, and nothing usable came back: a slow service is slow again, and charges again."""
    if request.paid:
        return Ambiguous(
            f"{provider.title} {what} and may have charged for the request, so it is not repeated by itself; "
            "run it again if you want it."
        )
    return Unavailable(f"{provider.title} {what}; try again later.")


def _refused(provider: Provider, response: "httpx.Response", secrets: dict[str, str]) -> AppError:
    """The error of a status; what the provider says is logged, without what it may quote of the credentials."""
    import httpx

    said = ""
    with suppress(httpx.HTTPError):  # the status says enough
        said = next(response.iter_bytes(_MAX_REFUSAL), b"").decode(errors="replace")
    for secret in secrets.values():
        for word in (secret, secret.removeprefix("Bearer ")):
            said = said.replace(word, "…")
    log.warning("a provider refused", provider=provider.name, status=response.status_code, said=said)
    return refusal(provider, response.status_code, response.headers)


def _client(provider: Provider) -> "httpx.Client":
    """Made on first use; what the environment says of proxies and certificates is not ours."""
    import httpx

    with _lock:
        if provider.base_url not in _clients:
            _clients[provider.base_url] = httpx.Client(verify=authorities(), trust_env=False, follow_redirects=False)
        return _clients[provider.base_url]


@cache
def authorities() -> "ssl.SSLContext":
    """Whom to trust, for all connections: reading it takes longer than many a call."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)
