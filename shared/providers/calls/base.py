"""The values that `calls.call` takes: a provider and a request."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.errors import NotYet

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Provider:
    """An outside service: its address, credentials and timeout, and a sentence for each status it refuses with.

    `name` is its key in usage, rate limits and the cache, `title` its name in error messages. `secrets` returns the
    headers that carry the credentials, anew for each call. `remedies` are whole sentences by status.
    """

    name: str
    title: str
    base_url: str
    key: str = ""  # the setting that holds the key
    secrets: Callable[[], Headers] = field(default=dict, repr=False)
    headers: Headers = field(default_factory=dict)
    seconds: float = 30.0  # for one call, its attempts included
    remedies: Mapping[int, str] = field(default_factory=dict)
    transient: frozenset[int] = frozenset({408})  # statuses below 500 that pass by themselves


@dataclass(frozen=True)
class Request:
    """One request. A `paid` request is not retried where it may have been charged already."""

    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    method: Literal["GET", "POST"] = "POST"
    paid: bool = True


class Underway(NotYet):
    """Raised where another caller has sent the same request; its answer will be in the cache."""

    code = "underway"


def bearer(key: str | None) -> Callable[[], Headers]:
    """The headers of a bearer token; none without a key."""
    return lambda: {"authorization": f"Bearer {key}"} if key else {}


def fingerprint(provider: Provider, request: Request) -> str:
    """A hash of the request and the service, without credentials."""
    parts = [provider.name, provider.base_url, request.method, request.path, request.query, request.body]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
