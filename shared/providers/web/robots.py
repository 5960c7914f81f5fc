"""Checks URLs against their site's robots.txt (RFC 9309), which is fetched through the same guard and cached."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from shared.errors import AppError, Invalid, ProviderError, Unavailable
from shared.kit import clock
from shared.providers.web.addresses import Location, locate
from shared.providers.web.exchange import ROBOT, exchange

if TYPE_CHECKING:
    from shared.providers.web.connection import Network

_KEPT, _KEPT_UNKNOWN = timedelta(hours=12), timedelta(seconds=5)  # the second: about as long as a research task reads
_MAX_SITES = 500
_MAX_BYTES = 512_000  # RFC 9309: at least 500 KiB are read
_SECONDS = 10.0


@dataclass(frozen=True)
class _Rules:
    """A site's rules. `parsed`: None allows all; `unknown`: why robots.txt could not be read, which forbids all."""

    until: datetime
    parsed: Any = None
    unknown: str | None = None


_cached: OrderedDict[str, _Rules] = OrderedDict()  # by origin, the least recently used first
_lock = Lock()


def check(url: str, *, network: "Network | None" = None) -> None:
    """Raise ProviderError where robots.txt disallows the page, Unavailable where robots.txt cannot be read now, Invalid
    for a refused address."""
    location = locate(url)
    rules = _remembered(location.origin) or _remember(location.origin, _ask(location, network))
    if rules.unknown:
        raise Unavailable(rules.unknown, retry_after=max(0.0, (rules.until - clock.now()).total_seconds()))
    if rules.parsed is not None and not rules.parsed.can_fetch(location.url, ROBOT):
        raise ProviderError(f"{location} is not read: the site's robots.txt asks robots not to.")


def forget() -> None:
    """Clear the cache."""
    with _lock:
        _cached.clear()


def _remembered(origin: str) -> _Rules | None:
    with _lock:
        rules = _cached.get(origin)
        if rules is None or clock.now() >= rules.until:
            return None
        _cached.move_to_end(origin)
        return rules


def _remember(origin: str, rules: _Rules) -> _Rules:
    with _lock:
        _cached[origin] = rules
        _cached.move_to_end(origin)
        while len(_cached) > _MAX_SITES:
            _cached.popitem(last=False)
    return rules


def _ask(location: Location, network: "Network | None") -> _Rules:
    """Fetch robots.txt: a missing file allows all, a server error or no answer nothing."""
    now = clock.now()
    try:
        answer = exchange(
            f"{location.origin}/robots.txt",
            seconds=_SECONDS,
            max_bytes=_MAX_BYTES,
            redirects=5,
            partial=True,
            network=network,
        )
    except Invalid:
        raise
    except AppError as error:
        return _Rules(now + _KEPT_UNKNOWN, unknown=error.detail)
    if answer.status == 429 or answer.status >= 500:
        why = f"{location.origin} does not say what robots may read (HTTP {answer.status}); try again later."
        return _Rules(now + _KEPT_UNKNOWN, unknown=why)
    if not 200 <= answer.status < 300:
        return _Rules(now + _KEPT)
    from protego import Protego

    return _Rules(now + _KEPT, Protego.parse(answer.content.decode("utf-8", "replace")))
