"""Usage: what the providers did for a user and what it cost, a document a day."""

from datetime import date, timedelta

from shared.errors import Invalid
from shared.kit import clock
from shared.kit.schema import Date, Input, Model
from shared.providers.calls.spending import FAILED, ProviderUsage, read_days, to_record, total

__all__ = ["FAILED", "health", "report", "to_record"]

_DEFAULT_DAYS = 30
_MOST_DAYS = 366


class DayUsage(Model):
    date: Date
    providers: dict[str, ProviderUsage]


class DayHealth(Model):
    """By provider how many calls were answered within which bound (kit/latencies.py), and how many FAILED."""

    date: Date
    health: dict[str, dict[str, int]] = {}


class UsageReport(Model):
    """What was used from `since` to `until`, both days included; days without a call are left out."""

    since: str
    until: str
    days: list[DayUsage]
    providers: dict[str, ProviderUsage]
    total: ProviderUsage


class UsageQuery(Input):
    since: Date | None = None
    until: Date | None = None


def report(uid: str, query: UsageQuery) -> UsageReport:
    """Totals by day and provider: one query, a read a day. Raises Invalid."""
    until = query.until or f"{clock.now():%Y-%m-%d}"
    since = query.since or (date.fromisoformat(until) - timedelta(days=_DEFAULT_DAYS - 1)).isoformat()
    _check(since, until)
    rows = read_days(uid, since, until)
    days = [DayUsage.model_validate(row) for row in rows if "providers" in row]  # else every call has failed
    names = sorted({name for day in days for name in day.providers})
    providers = {name: total(day.providers[name] for day in days if name in day.providers) for name in names}
    return UsageReport(since=since, until=until, days=days, providers=providers, total=total(providers.values()))


def health(uid: str, since: str, until: str) -> list[DayHealth]:
    """How providers answered on each day on which any was called: one query, a read a day. Raises Invalid."""
    _check(since, until)
    return [DayHealth.model_validate(row) for row in read_days(uid, since, until)]


def _check(since: str, until: str) -> None:
    days = (date.fromisoformat(until) - date.fromisoformat(since)).days + 1
    if days < 1:
        raise Invalid.at("since", "is after until; swap them")
    if days > _MOST_DAYS:
        raise Invalid.at("since", f"must not lie more than {_MOST_DAYS} days before until")
