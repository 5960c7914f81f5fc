"""One request and its answer, through the guarded door, whatever the answer says.

Each address is checked at each connection (addresses.py), one deadline covers all that an exchange
takes, a bounded number of bytes is kept, and nothing comes from the environment: no proxy, no
credentials.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from shared import settings
from shared.errors import Invalid, ProviderError, Unavailable
from shared.providers import retry_after
from shared.providers.web import sniffing
from shared.providers.web.addresses import Location, locate
from shared.providers.web.body import Body, Broken, TooLong

if TYPE_CHECKING:
    import httpcore

    from shared.providers.web.connection import Deadline, Network

ROBOT = "prospecting-backend"  # how we call ourselves, also before robots.txt
SECONDS, MAX_BYTES = 20.0, 5_000_000
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_READS = ("GET", "HEAD")
_HARMLESS = frozenset({"accept", "accept-language"})  # what goes along to another origin
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
    """An answer. `url` is where it was found in the end, `content_type` what it is by its content.

    `cut`: there was more of it.
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
    """The request went out, but no whole answer came back: whether it was served is not known."""

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
    """The answer. Redirects are followed for reads alone; `partial` keeps what came of one that is too long or
    breaks off.

    Raises Invalid for an address that is not asked, Unavailable where nothing was sent, Interrupted
    where something was, and ProviderError for an answer that cannot be read.
    """
    from shared.providers.web.connection import INTERNET, Deadline

    request = _Request(method, checked_headers(headers or {}), content, max_bytes, partial)
    location, deadline = locate(url), Deadline(seconds)
    hops = redirects if method in _READS else 0
    while True:
        found = _send(location, request, network or INTERNET, deadline)
        onward = found.headers.get("location")
        if found.status not in REDIRECTS or not onward or not hops:
            return found
        hops -= 1
        target = locate(urljoin(location.url, onward), came_from=location)
        if target.origin != location.origin:
            kept = {name: value for name, value in request.headers.items() if name in _HARMLESS}
            request = _Request(method, kept, None, max_bytes, partial)
        location = target


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """By names in lower case. Raises Invalid for those that are the connection's own, or open a cloud's metadata."""
    given = {name.strip().lower(): value for name, value in headers.items()}
    if refused := sorted(given.keys() & _OURS):
        raise Invalid(f"The header {refused[0]} cannot be set.")
    return given


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
        _told(location),
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
    """The body, and whether there was more of it; that of a redirect is not waited for."""
    if response.status in REDIRECTS:
        return b"", False
    encoding = headers.get("content-encoding", "").strip().lower()
    body = Body(encoding, request.max_bytes)
    try:
        if encoding not in body.encodings and request.method != "HEAD":
            raise Broken
        with _told(location):
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
def _told(location: Location) -> Iterator[None]:
    """Failures of the network, by whether anything had been sent."""
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
        raise Invalid("The request cannot be sent: one of its headers is not valid.") from error
