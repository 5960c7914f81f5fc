"""What a site asks robots not to read (RFC 9309), asked once a while and through the same door."""

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

_KEPT, _KEPT_UNKNOWN = timedelta(hours=12), timedelta(seconds=5)  # the second: about as long as one task reads
_MAX_SITES = 500
_MAX_BYTES = 512_000  # RFC 9309: at least 500 KiB are read
_SECONDS = 10.0


@dataclass(frozen=True)
class _Rules:
    """`parsed`: None where all is allowed; `unknown`: why nobody can tell, so all is forbidden for a moment."""

    until: datetime
    parsed: Any = None
    unknown: str | None = None


_known: OrderedDict[str, _Rules] = OrderedDict()  # the sites asked last, at the end
_lock = Lock()


def check(url: str, *, network: "Network | None" = None) -> None:
    """Raises ProviderError where the site asks robots not to read the page, Unavailable where it cannot be asked
    at present, Invalid for an address that is not asked at all."""
    location = locate(url)
    rules = _remembered(location.origin) or _remember(location.origin, _ask(location, network))
    if rules.unknown:
        raise Unavailable(rules.unknown, retry_after=max(0.0, (rules.until - clock.now()).total_seconds()))
    if rules.parsed is not None and not rules.parsed.can_fetch(location.url, ROBOT):
        raise ProviderError(f"{location} is not read: the site's robots.txt asks robots not to.")


def forget() -> None:
    """Ask every site anew."""
    with _lock:
        _known.clear()


def _remembered(origin: str) -> _Rules | None:
    with _lock:
        rules = _known.get(origin)
        if rules is None or clock.now() >= rules.until:
            return None
        _known.move_to_end(origin)
        return rules


def _remember(origin: str, rules: _Rules) -> _Rules:
    with _lock:
        _known[origin] = rules
        _known.move_to_end(origin)
        while len(_known) > _MAX_SITES:
            _known.popitem(last=False)
    return rules


def _ask(location: Location, network: "Network | None") -> _Rules:
    """Missing, all is allowed; where nobody answers, nothing is."""
    now = clock.now()
    try:
        found = exchange(
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
    if found.status == 429 or found.status >= 500:
        why = f"{location.origin} does not say what robots may read (HTTP {found.status}); try again later."
        return _Rules(now + _KEPT_UNKNOWN, unknown=why)
    if not 200 <= found.status < 300:
        return _Rules(now + _KEPT)
    from protego import Protego

    return _Rules(now + _KEPT, Protego.parse(found.content.decode("utf-8", "replace")))
