"""Records each user's use of providers: a document a day, by provider."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from shared.gcp import firestore, writes
from shared.gcp.queries import Query, Where
from shared.gcp.writes import Increment, Write, field_path
from shared.kit import clock, latencies
from shared.kit.schema import Model
from shared.meter import Mishap, Usage

COLLECTION = "usage"
FAILED = "failed"  # in a provider's health, beside the bounds within which it answered (kit/latencies.py)
_MOST_TOKENS, _MOST_USD = 10**9, 10.0**5  # of one call: an answer that reports more is wrong


class ProviderUsage(Model):
    """`requests` were sent, `cached` answers were at hand already and cost nothing."""

    requests: int = 0
    cached: int = 0
    tokens: int = 0
    usd: float = 0.0


def to_record(uid: str, usages: Sequence[Usage], mishaps: Sequence[Mishap] = ()) -> list[Write]:
    """The write that adds the usages and the failed calls to today's document; none if all are recorded already."""
    used = [usage for usage in usages if not usage.counted]
    failed = [mishap for mishap in mishaps if mishap.error]
    if not used and not failed:
        return []
    today = f"{clock.now():%Y-%m-%d}"
    added: dict[str, Any] = {"date": today}
    for provider in dict.fromkeys(usage.provider for usage in used):
        sums = total(_of(usage) for usage in used if usage.provider == provider)
        for name, number in sums.model_dump().items():
            if number:
                added[field_path("providers", provider, name)] = Increment(number)
    health = Counter((usage.provider, _bound(usage.milliseconds)) for usage in used if usage.milliseconds is not None)
    health.update((mishap.provider, FAILED) for mishap in failed)
    added |= {field_path("health", *keys): Increment(number) for keys, number in health.items()}
    return [writes.merge(f"users/{uid}/{COLLECTION}/{today}", added)]


def _bound(milliseconds: float) -> str:
    return str(latencies.bound_of(milliseconds))


def read_days(uid: str, since: str, until: str) -> list[dict[str, Any]]:
    """The documents of the days from `since` to `until`, in their order: one query."""
    where: list[Where] = [("date", ">=", since), ("date", "<=", until)]
    days = Query(COLLECTION, parent=f"users/{uid}", where=where, order=[("date", "asc")])
    return [row.data for row in firestore.client().query(days)]


def total(parts: Iterable[ProviderUsage]) -> ProviderUsage:
    """The sum of several uses; dollars are rounded to millionths, as providers bill them."""
    sums = ProviderUsage()
    for part in parts:
        sums.requests += part.requests
        sums.cached += part.cached
        sums.tokens += part.tokens
        sums.usd += part.usd
    sums.usd = round(sums.usd, 6)
    return sums


def _of(usage: Usage) -> ProviderUsage:
    if usage.cached:
        return ProviderUsage(cached=1)
    tokens, usd = min(max(0, usage.tokens), _MOST_TOKENS), min(max(0.0, usage.usd), _MOST_USD)
    return ProviderUsage(requests=usage.requests, tokens=tokens, usd=usd)
