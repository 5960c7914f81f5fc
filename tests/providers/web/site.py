"""A server on loopback that answers byte by byte as it is told, and a network that takes it for the internet."""

import socketserver
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import httpcore

from infra.local.serving import Serving
from shared.providers.web.addresses import Resolver
from shared.providers.web.connection import Network

PUBLIC = "93.184.215.14"


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Asked], Iterable[bytes]]


class Site(Serving, socketserver.ThreadingTCPServer):
    """One request a connection; `answer` gives the pieces of the response, whole or broken."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        site = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                asked = _read(self.rfile)
                if asked is None:
                    return
                site.asked.append(asked)
                for piece in answer(asked):
                    self.wfile.write(piece)
                    self.wfile.flush()

        super().__init__(("127.0.0.1", 0), Handler)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def internet(self, *answers: list[str]) -> "Internet":
        """A network in which every public address is this site; the n-th question for a name gets the n-th answer."""
        return Internet(self, list(answers) or [[PUBLIC]])


class Internet:
    """What `network=` takes, and what it was asked."""

    def __init__(self, site: Site, answers: list[list[str]], tls: Callable[[], ssl.SSLContext] | None = None) -> None:
        self.resolved: list[str] = []
        self.connected: list[str] = []
        self.unreachable: set[str] = set()
        internet = self

        class Sockets(httpcore.SyncBackend):
            def connect_tcp(self, host: str, port: int, *args: Any, **more: Any) -> httpcore.NetworkStream:
                internet.connected.append(host)
                if host in internet.unreachable:
                    raise httpcore.ConnectError("unreachable")
                return super().connect_tcp("127.0.0.1", site.port, *args, **more)

        def resolve(host: str, port: int) -> list[str]:
            self.resolved.append(host)
            return answers[min(len(self.resolved), len(answers)) - 1]

        self.network = Network(resolve, Sockets(), **({"tls": tls} if tls else {}))

    def resolving(self, resolve: Resolver) -> Network:
        """The same network, with another resolver."""
        return replace(self.network, resolve=resolve)


def response(body: bytes = b"ok", status: int = 200, **headers: str) -> list[bytes]:
    """A whole response; `content_type="…"` and the like are its headers."""
    named = {"content-length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in named.items() if value)]
    return ["\r\n".join(lines).encode() + b"\r\n\r\n", body]


def _read(stream: Any) -> Asked | None:
    first = stream.readline().decode().split()
    if len(first) != 3:
        return None
    headers = {}
    while (line := stream.readline().decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Asked(first[0], first[1], headers, stream.read(int(headers.get("content-length", 0))))
