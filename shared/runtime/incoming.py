"""What the edge asks of a request before it serves it, whichever server took it: flask's requests are of this form."""

from typing import Protocol


class Headers(Protocol):
    """Header fields, whose names may be written in any case."""

    def get(self, key: str, default: str, /) -> str:
        """A field's value, or `default` where it was not sent."""


class Incoming(Protocol):
    """A request, as far as authentication, CORS and rate limits look at it."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def headers(self) -> Headers: ...

    @property
    def remote_addr(self) -> str | None: ...
