"""Checks URLs and IP addresses against SSRF: only the public web may be requested.

A URL is checked twice: as it is written, and, at each connection, by the addresses that its name resolves to. The
connection goes to the very addresses that were checked, so DNS rebinding gains nothing.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Never
from urllib.parse import quote, urlsplit

from shared import settings
from shared.errors import Invalid, Unavailable
from shared.kit.patterns import lazy_pattern

Resolver = Callable[[str, int], Sequence[str]]  # a name's addresses, all of them

_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1024  # lower ports belong to mail, shells and the like, not to the web
_MAX_URL = 8_000
_NAME = lazy_pattern(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_NUMBER = lazy_pattern(r"\d+|0x[0-9a-f]*")
_INSIDE = ("localhost", "local", "localdomain", "internal", "lan", "home.arpa", "metadata.goog")
_OWN_HOOK = lazy_pattern(r"/api/hooks/[\w-]{1,100}/?")  # the only route of the local stack that automations may call
_OWN_SERVER = lazy_pattern(r"(https?)://(127\.0\.0\.1|localhost):(\d{1,5})(?=[/?#]|$)")

_PRIVATE, _RESERVED = "a private address", "a reserved address"
_REFUSED = [  # spelled out: the standard library's registries change with its version
    (ip_network(network), why)
    for network, why in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", _PRIVATE),
        ("100.64.0.0/10", "an address of a carrier's inner network"),
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.0.0/16", "a link-local address, where cloud metadata lives"),
        ("172.16.0.0/12", _PRIVATE),
        ("192.0.0.0/24", _RESERVED),
        ("192.0.2.0/24", _RESERVED),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", _PRIVATE),
        ("198.18.0.0/15", _RESERVED),
        ("198.51.100.0/24", _RESERVED),
        ("203.0.113.0/24", _RESERVED),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", _RESERVED),
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("::ffff:0:0/96", "an IPv4 address in IPv6's clothes"),
        ("64:ff9b::/96", "an IPv4 address behind a translator (NAT64)"),
        ("2001::/32", "an IPv4 address behind a tunnel (Teredo)"),
        ("2001::/23", _RESERVED),
        ("2001:db8::/32", _RESERVED),
        ("2002::/16", "an IPv4 address behind a tunnel (6to4)"),
        ("3fff::/20", _RESERVED),
        ("fc00::/7", _PRIVATE),
        ("fe80::/10", "a link-local address"),
        ("ff00::/8", "a multicast address"),
    )
]
_PUBLIC_V6 = ip_network("2000::/3")


@dataclass(frozen=True)
class Location:
    """A checked URL in parts, as sent on the wire. `local`: a server on the developer's machine."""

    scheme: str
    host: str  # ASCII and lower case; an IPv6 address without its brackets
    port: int
    target: str
    local: bool = False

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        return self.origin + self.target

    def __str__(self) -> str:
        """The URL for messages: without the query, which may hold secrets."""
        return _named(self.url)


def locate(url: str, *, came_from: Location | None = None) -> Location:
    """Check a URL as it is written and split it; `came_from` redirected to it. Makes no request.

    Raises Invalid for a URL that is refused whatever its name resolves to.
    """
    if len(url) > _MAX_URL or not url.isprintable() or re.search(r"[\s\\]", url):
        _refuse(url, f"it is longer than {_MAX_URL:,} characters or holds blanks, backslashes or control characters")
    if (local := _local_server(url, came_from)) is not None:
        return local
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        _refuse(url, "it is no valid URL")
    scheme = parts.scheme
    if scheme not in _PORTS or not host:
        _refuse(url, "only http and https addresses are, such as https://example.com/page")
    if "[" in parts.netloc and ":" not in host:
        _refuse(url, "its host is no valid address")
    if "@" in parts.netloc:
        _refuse(url, "it holds a user name or password; send credentials in a header")
    port = _PORTS[scheme] if port is None else port
    if port not in _PORTS.values() and port < _FIRST_FREE_PORT:
        _refuse(url, f"port {port} is none of the web; use 80, 443 or one from {_FIRST_FREE_PORT} on")
    return Location(scheme, _checked_host(url, host), port, _target(parts.path, parts.query))


def public(url: str) -> str:
    """The URL, for a pydantic field. Raises ValueError with the reason why `locate` refuses it."""
    try:
        locate(url)
    except Invalid as error:
        raise ValueError(error.detail) from error
    return url


def connectable(location: Location, resolve: Resolver) -> list[str]:
    """Resolve the addresses to connect to; every address of the name must be public.

    Raises Invalid, or Unavailable where the name cannot be resolved now.
    """
    if location.local:
        return ["127.0.0.1", "::1"] if location.host == "localhost" else [location.host]
    literal = _literal(location.host)
    try:
        addresses = [location.host] if literal else list(resolve(location.host, location.port))
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"The name {location.host} cannot be resolved.") from error
    if not addresses:
        raise Unavailable(f"The name {location.host} has no address.")
    for address in addresses:
        if why := refusal(address):
            _refuse(str(location), why if literal else f"{location.host} leads to {why}")
    return addresses


def refusal(address: str) -> str | None:
    """Why connecting to an IP address is refused; None for a public address."""
    ip = ip_address(address)
    for network, why in _REFUSED:
        if ip.version == network.version and ip in network:
            return why
    public = ip.is_global and (ip.version == 4 or ip in _PUBLIC_V6)
    return None if public else "an address that is not public"


def system_resolver(host: str, port: int) -> list[str]:
    """Resolve a name by the operating system, to IPv4 and IPv6 addresses."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


def _local_server(url: str, came_from: Location | None) -> Location | None:
    """The location of a developer's own server, on emulators alone: written as 127.0.0.1 or localhost with a port, and
    no service of the stack. A redirect may stay on that server, but not lead to it."""
    config = settings.current()
    written = _OWN_SERVER.match(url)
    if not (config.local and config.allow_local_servers and written):
        return None
    scheme, host, port = written[1], written[2], int(written[3])
    if not 0 < port <= 65_535 or (
        came_from and (not came_from.local or (came_from.host, came_from.port) != (host, port))
    ):
        return None
    parts = urlsplit(url)
    if port in _own_ports(config) and not _OWN_HOOK.fullmatch(parts.path):
        _refuse(url, "it is a service of this very stack")
    return Location(scheme, host, port, _target(parts.path, parts.query), local=True)


def _own_ports(config: settings.Settings) -> set[int | None]:
    hosts = (
        config.firestore_emulator_host,
        config.firebase_auth_emulator_host,
        config.pubsub_emulator_host,
        config.cloud_tasks_emulator_host,
    )
    urls = [*(f"//{host}" for host in hosts if host), config.functions_url, config.local_url]
    return {urlsplit(url).port for url in urls if url}


def _checked_host(url: str, host: str) -> str:
    """The host in ASCII. Raises Invalid for internal names and for obfuscated IPv4 addresses."""
    if ":" in host:
        _refuse_address(url, host)
        return host
    name = _ascii(url, host).removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        if not _literal(name):
            _refuse(url, "an IPv4 address is written as four plain decimal numbers")
        _refuse_address(url, name)
        return name
    if not _NAME.fullmatch(name):
        _refuse(url, "its host is no valid name")
    inside = [suffix for suffix in _INSIDE if name == suffix or name.endswith(f".{suffix}")]
    if inside or len(labels) == 1:
        _refuse(url, f"{name} is a name of an inner network")
    return name


def _ascii(url: str, host: str) -> str:
    if host.isascii():
        return host.lower()
    import idna

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        _refuse(url, "its host is no valid name")


def _refuse_address(url: str, address: str) -> None:
    if "%" in address or not _literal(address):
        _refuse(url, "its host is no valid address")
    if why := refusal(address):
        _refuse(url, f"its host is {why}")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _target(path: str, query: str) -> str:
    safe = "/%:@!$&'()*+,;=~"
    return quote(path or "/", safe=safe) + (f"?{quote(query, safe=safe + '?[]')}" if query else "")


def _refuse(url: str, why: str) -> Never:
    raise Invalid.of("url", f"The address {_named(url)} is not asked: {why}.")


def _named(url: str) -> str:
    """A URL for messages: without credentials and query, at most 200 characters."""
    bare = re.sub(r"//[^/?#]*@", "//", url).partition("?")[0].partition("#")[0]
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in bare)
    return shown if len(shown) <= 200 else f"{shown[:200]}…"
