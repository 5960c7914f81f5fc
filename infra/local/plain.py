"""HTTP on loopback, where nobody speaks TLS."""

import json
import ssl
from http.client import HTTPConnection, HTTPException
from typing import Any, Self

import httpx

_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reading them takes longer than a test's other set-up


def client(**more: Any) -> httpx.Client:
    """A client as httpx makes it, at once."""
    return httpx.Client(verify=_NO_AUTHORITIES, **more)


def request(method: str, url: str, *, timeout: float = 60, **more: Any) -> httpx.Response:
    """One request, on a connection of its own."""
    with client(timeout=timeout) as http:
        return http.request(method, url, **more)


def get(url: str, **more: Any) -> httpx.Response:
    """GET, on a connection of its own."""
    return request("GET", url, **more)


def post(url: str, **more: Any) -> httpx.Response:
    """POST, on a connection of its own."""
    return request("POST", url, **more)


class Owner:
    """The owner of an emulator's projects, on one connection: a new one for each call costs as much as the call."""

    def __init__(self, host: str) -> None:
        self._connection = HTTPConnection(host, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._connection.close()

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, *, but: tuple[int, ...] = ()) -> None:
        """Raises OSError that holds the emulator's answer, unless it is a success or a status of `but`."""
        sent = None if body is None else json.dumps(body)
        headers = {"Content-Type": "application/json", "Authorization": "Bearer owner"}
        try:
            self._connection.request(method, path, sent, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode(errors="replace")
        except HTTPException as error:
            raise OSError(f"{method} {path}: {error!r}") from error
        if answer.status != 200 and answer.status not in but:
            raise OSError(f"{method} {path}: {answer.status} {text[:300]}")
