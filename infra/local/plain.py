"""HTTP on loopback, where nobody speaks TLS."""

import ssl
from typing import Any

import httpx

_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reading them takes longer than a test's other set-up


def client(**more: Any) -> httpx.Client:
    """A client as httpx makes it, at once."""
    return httpx.Client(verify=_NO_AUTHORITIES, **more)
