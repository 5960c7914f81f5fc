"""Sends one guarded HTTP request and returns its answer, whatever its status.

Each connection checks its address (addresses.py), one deadline covers the whole exchange, at most `max_bytes` are
kept, and nothing comes from the environment: no proxy, no credentials.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from shared import settings
from shared.errors import Invalid, ProviderError, Unavailable
from shared.providers import retry_after
from shared.providers.watching import watched
from shared.providers.web import sniffing
from shared.providers.web.addresses import Location, locate
from shared.providers.web.body import Body, Broken, TooLong

if TYPE_CHECKING:
    import httpcore

    from shared.providers.web.connection import Deadline, Network

ROBOT = "prospecting-backend"  # our user agent, also for robots.txt
SECONDS, MAX_BYTES = 20.0, 5_000_000
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_READS = ("GET", "HEAD")
_HARMLESS = frozenset({"accept", "accept-language"})  # the headers that a redirect to another origin keeps
_OURS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "metadata-flavor",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-google-metadata-request",
    }
)


@dataclass(frozen=True)
class Fetched:
    """An answer. `url` is the final URL, `content_type` is sniffed from the content.

    `cut`: the content is incomplete.
    """

    url: str
    status: int
    headers: Mapping[str, str]  # by names in lower case
    content: bytes
    content_type: str
    cut: bool = False

    @property
    def retry_after(self) -> float | None:
        return retry_after.seconds(self.headers.get("retry-after"))


class Interrupted(Unavailable):
    """Raised where the request was sent but no whole answer came back: it may or may not have been served."""

    code = "interrupted"


@dataclass(frozen=True)
class _Request:
    method: str
    headers: Mapping[str, str]
    content: bytes | None
    max_bytes: int
    partial: bool


def exchange(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    seconds: float = SECONDS,
    max_bytes: int = MAX_BYTES,
    redirects: int = 0,
    partial: bool = False,
    network: "Network | None" = None,
) -> Fetched:
    """Send a request and return its answer; follows redirects of GET and HEAD alone. `partial` accepts the beginning of
    an answer that is too long or breaks off.

    Raises Invalid for an address that is not asked, Unavailable where nothing was sent, Interrupted
    where something was, and ProviderError for an answer that cannot be read.
    """
    from shared.providers.web.connection import INTERNET, Deadline

    request = _Request(method, checked_headers(headers or {}), content, max_bytes, partial)
    location, deadline = locate(url), Deadline(seconds)
    hops = redirects if method in _READS else 0
    while True:
        with watched("web", method=request.method, host=location.host):
            answer = _send(location, request, network or INTERNET, deadline)
        onward = answer.headers.get("location")
        if answer.status not in REDIRECTS or not onward or not hops:
            return answer
        hops -= 1
        target = locate(urljoin(location.url, onward), came_from=location)
        if target.origin != location.origin:
            harmless = {name: value for name, value in request.headers.items() if name in _HARMLESS}
            request = _Request(method, harmless, None, max_bytes, partial)
        location = target


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers by lower-case names. Raises Invalid for a connection's own, and those that open cloud metadata."""
    lowered = {name.strip().lower(): value for name, value in headers.items()}
    if refused := sorted(lowered.keys() & _OURS):
        raise Invalid.of("headers", f"The header {refused[0]} cannot be set.")
    return lowered


def _send(location: Location, request: _Request, network: "Network", deadline: "Deadline") -> Fetched:
    import httpcore

    from shared.providers.web.connection import GuardedBackend

    secure = location.scheme == "https"
    url = httpcore.URL(
        scheme=location.scheme.encode(),
        host=location.host.encode(),
        port=location.port,
        target=location.target.encode(),
    )
    connection = httpcore.HTTPConnection(
        origin=url.origin,
        ssl_context=network.tls() if secure else None,
        network_backend=GuardedBackend(location, network, deadline),
    )
    wire = [(name.encode(), value.encode()) for name, value in _all_headers(location, request).items()]
    with (
        _mapped_errors(location),
        connection,
        connection.stream(request.method, url, headers=wire, content=request.content) as response,
    ):
        headers = _named(response.headers)
        content, cut = _content(location, request, response, headers)
    kind = sniffing.content_type(content, headers.get("content-type", ""))
    return Fetched(location.url, response.status, headers, content, kind, cut)


def _named(wire: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in wire:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _all_headers(location: Location, request: _Request) -> dict[str, str]:
    contact = settings.current().web_contact_url
    ours = {"host": location.authority, "accept-encoding": "gzip, identity", "connection": "close"}
    if request.content is not None:
        ours["content-length"] = str(len(request.content))
    agent = f"{ROBOT}/1.0 (+{contact})" if contact else f"{ROBOT}/1.0"
    return {"accept": "*/*", "user-agent": agent, **request.headers, **ours}


def _content(
    location: Location, request: _Request, response: "httpcore.Response", headers: Mapping[str, str]
) -> tuple[bytes, bool]:
    """The body, and whether it is incomplete; reads no body of a redirect."""
    if response.status in REDIRECTS:
        return b"", False
    encoding = headers.get("content-encoding", "").strip().lower()
    body = Body(encoding, request.max_bytes)
    try:
        if encoding not in body.encodings and request.method != "HEAD":
            raise Broken
        with _mapped_errors(location):
            for piece in response.iter_stream():
                body.add(piece)
        body.end()
    except TooLong as error:
        if not request.partial:
            most = f"{request.max_bytes:,} bytes"
            raise ProviderError(f"{location} is larger than {most}, the most that is read.") from error
        return body.content, True
    except Broken as error:
        if not request.partial:
            raise ProviderError(f"{location} answers in an encoding that cannot be read.") from error
        return body.content, True
    except Interrupted:
        if not request.partial:
            raise
        return body.content, True
    return body.content, False


@contextmanager
def _mapped_errors(location: Location) -> Iterator[None]:
    """Map network errors of the block to ours, by whether the request had been sent."""
    import httpcore

    try:
        yield
    except httpcore.ConnectTimeout as error:
        raise Unavailable(f"{location.origin} did not answer in time.") from error
    except httpcore.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise ProviderError(f"{location.origin} has no valid certificate.") from error
        raise Unavailable(f"{location.origin} cannot be reached.") from error
    except httpcore.TimeoutException as error:
        raise Interrupted(f"{location.origin} did not answer in time.") from error
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        raise Interrupted(f"The connection to {location.origin} broke off.") from error
    except httpcore.LocalProtocolError as error:
        raise Invalid.of("headers", "The request cannot be sent: one of its headers is not valid.") from error
