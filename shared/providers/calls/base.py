"""An outside service and a request to it, as `calls` takes them."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.errors import NotYet

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Provider:
    """A service: how it is reached, and what its user can do where it refuses.

    `name` stands in usage, rate limits and kept answers, `title` begins our sentences. `secrets` makes the
    headers that carry the credentials, anew for each call. `remedies` are whole sentences for a status.
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
    """One request. A `paid` one is not repeated where nobody can tell whether it was charged already."""

    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    method: Literal["GET", "POST"] = "POST"
    paid: bool = True


class Underway(NotYet):
    """The same request is being answered for another caller; its answer will serve both."""

    code = "underway"


def bearer(key: str | None) -> Callable[[], Headers]:
    """The usual form of a key; nothing where there is none."""
    return lambda: {"authorization": f"Bearer {key}"} if key else {}


def fingerprint(provider: Provider, request: Request) -> str:
    """The same for the same question to the same service, whoever's key pays for it."""
    asked = [provider.name, provider.base_url, request.method, request.path, request.query, request.body]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
