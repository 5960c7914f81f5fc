"""Trendlines: how the vault grows, day by day, in the user's own time zone."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domains.vault.models import TrendQuery
from shared.domains.vault.repository import repository
from shared.kit import clock, series
from shared.kit.schema import Model
from shared.store.repository import NEWEST_FIRST

_WINDOW = 7
_MAX_ITEMS = 10_000


class TrendDay(Model):
    date: str
    item_count: int
    categories: dict[str, int]
    moving_average: float  # of this day and the six before it, as far as the period goes back


class ChangePoint(Model):
    """A day from which on the vault grows at another pace, in items a day."""

    date: str
    before: float
    after: float


class Trendlines(Model):
    """`slope` is by how many items a day the daily count grows; `complete` is false where rows were left out.

    `robust_slope` is the same of the moving average by its median, which a day with a large import does not move.
    """

    trendlines: list[TrendDay]
    period: str
    timezone: str
    total_items: int
    slope: float
    robust_slope: float
    change_points: list[ChangePoint]
    complete: bool


def find(uid: str, query: TrendQuery) -> Trendlines:
    """One query for two fields of the period's items."""
    zone = ZoneInfo(query.timezone)
    today = clock.now().astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(query.days))]
    begin = datetime.combine(days[0], time.min, zone).astimezone(UTC)
    rows = repository.select_fields(
        uid,
        ["created_at", "category"],
        where=[("created_at", ">=", begin)],
        order=NEWEST_FIRST,
        limit=_MAX_ITEMS,
    )
    counted = count_by_day([(row["created_at"].astimezone(zone).date(), row["category"]) for row in rows], days)
    totals = [day.item_count for day in counted]
    return Trendlines(
        trendlines=counted,
        period=f"{query.days} days",
        timezone=query.timezone,
        total_items=sum(totals),
        slope=round(series.slope(totals), 4),
        robust_slope=round(series.robust_slope([day.moving_average for day in counted]), 4),
        change_points=changes(counted),
        complete=len(rows) < _MAX_ITEMS,
    )


def count_by_day(rows: Sequence[tuple[date, str]], days: Sequence[date]) -> list[TrendDay]:
    """Every day is there, also an empty one. Pure."""
    categories: dict[date, Counter[str]] = {day: Counter() for day in days}
    for day, category in rows:
        if day in categories:
            categories[day][category] += 1
    totals = [categories[day].total() for day in days]
    return [
        TrendDay(
            date=day.isoformat(),
            item_count=totals[n],
            categories=dict(sorted(categories[day].items())),
            moving_average=round(series.mean(totals[max(0, n + 1 - _WINDOW) : n + 1]), 2),
        )
        for n, day in enumerate(days)
    ]


def changes(days: Sequence[TrendDay]) -> list[ChangePoint]:
    """Where the pace changed for good, and what it was on average up to the changes next to it. Pure."""
    totals = [day.item_count for day in days]
    edges = [0, *series.change_points(totals), len(totals)]
    return [
        ChangePoint(
            date=days[at].date,
            before=round(series.mean(totals[start:at]), 2),
            after=round(series.mean(totals[at:end]), 2),
        )
        for start, at, end in zip(edges, edges[1:], edges[2:], strict=False)
    ]
