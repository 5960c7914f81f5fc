"""Usage: what the providers did for a user and what it cost, a document a day."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel

from shared import context
from shared.context import Mishap, Usage
from shared.domains import system_logs
from shared.errors import FieldError, Invalid
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.gcp.writes import Increment, Write, field_path
from shared.kit import clock
from shared.kit.schema import Date, Input

COLLECTION = "usage"
_DEFAULT_DAYS = 30
_MOST_DAYS = 366


class ProviderUsage(BaseModel):
    """`requests` were sent, `cached` answers were at hand already and cost nothing."""

    requests: int = 0
    cached: int = 0
    tokens: int = 0
    usd: float = 0.0


class DayUsage(BaseModel):
    date: Date
    providers: dict[str, ProviderUsage]


class UsageReport(BaseModel):
    """What was used from `since` to `until`, both days included; days without a call are left out."""

    since: str
    until: str
    days: list[DayUsage]
    providers: dict[str, ProviderUsage]
    total: ProviderUsage


class UsageQuery(Input):
    since: Date | None = None
    until: Date | None = None


def to_record(uid: str, usages: Sequence[Usage]) -> list[Write]:
    """Count what was used today, and tell the user of calls that failed or took long: for a commit that others share.

    One write, and one for each such call; none if there was nothing.
    """
    told = [_entry(uid, usage.provider, usage.mishap) for usage in usages if usage.mishap]
    today = f"{clock.now():%Y-%m-%d}"
    added: dict[str, Any] = {}
    for provider in dict.fromkeys(usage.provider for usage in usages):
        sums = _sum(_of(usage) for usage in usages if usage.provider == provider)
        for name, number in sums.model_dump().items():
            if number:
                added[field_path("providers", provider, name)] = Increment(number)
    counted = [writes.merge(f"users/{uid}/{COLLECTION}/{today}", {"date": today, **added})] if added else []
    return [*counted, *told]


def _entry(uid: str, provider: str, mishap: Mishap) -> Write:
    about: system_logs.LogFields = {
        "metadata": {"provider": provider, "request_id": context.current().request_id},
        "duration_ms": mishap.milliseconds,
    }
    if mishap.error is None:
        took = f"{mishap.title} took {mishap.milliseconds / 1000:.1f} s to answer."
        about["explanation"] = "The service answered, but later than it should; what waits for it is late as well."
        return system_logs.to_record(uid, "warning", "system", took, **about)
    about["error_class"] = system_logs.classify(mishap.error)
    return system_logs.to_record(uid, "error", "system", mishap.error.detail, **about)


def report(uid: str, query: UsageQuery) -> UsageReport:
    """Totals by day and provider: one query, a read a day. Raises Invalid."""
    until = query.until or f"{clock.now():%Y-%m-%d}"
    since = query.since or (date.fromisoformat(until) - timedelta(days=_DEFAULT_DAYS - 1)).isoformat()
    _check(since, until)
    rows = firestore.client().query(
        Query(
            COLLECTION,
            parent=f"users/{uid}",
            where=[("date", ">=", since), ("date", "<=", until)],
            order=[("date", "asc")],
        )
    )
    days = [DayUsage.model_validate(row.data) for row in rows]
    names = sorted({name for day in days for name in day.providers})
    providers = {name: _sum(day.providers[name] for day in days if name in day.providers) for name in names}
    return UsageReport(since=since, until=until, days=days, providers=providers, total=_sum(providers.values()))


def _check(since: str, until: str) -> None:
    days = (date.fromisoformat(until) - date.fromisoformat(since)).days + 1
    if days < 1:
        raise _invalid("is after until; swap them")
    if days > _MOST_DAYS:
        raise _invalid(f"must not lie more than {_MOST_DAYS} days before until")


def _invalid(message: str) -> Invalid:
    return Invalid(f"since: {message}.", errors=[FieldError("since", message)])


def _of(usage: Usage) -> ProviderUsage:
    if usage.cached:
        return ProviderUsage(cached=1)
    return ProviderUsage(requests=usage.requests, tokens=usage.tokens, usd=usage.usd)


def _sum(parts: Iterable[ProviderUsage]) -> ProviderUsage:
    """Money is rounded to what providers bill: millionths of a dollar."""
    total = ProviderUsage()
    for part in parts:
        total.requests += part.requests
        total.cached += part.cached
        total.tokens += part.tokens
        total.usd += part.usd
    total.usd = round(total.usd, 6)
    return total
