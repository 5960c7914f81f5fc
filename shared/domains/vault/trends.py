"""Trendlines: how the vault grows, day by day, in the user's own time zone."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from shared.domains.vault.models import TrendQuery
from shared.domains.vault.service import repository
from shared.kit import clock
from shared.store.repository import NEWEST_FIRST

_WINDOW = 7
_MAX_ITEMS = 10_000


class TrendDay(BaseModel):
    date: str
    item_count: int
    categories: dict[str, int]
    moving_average: float  # of this day and the six before it, as far as the period goes back


class Trendlines(BaseModel):
    """`slope` is by how many items a day the daily count grows; `complete` is false where rows were left out."""

    trendlines: list[TrendDay]
    period: str
    timezone: str
    total_items: int
    slope: float
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
    return Trendlines(
        trendlines=counted,
        period=f"{query.days} days",
        timezone=query.timezone,
        total_items=sum(day.item_count for day in counted),
        slope=round(slope([day.item_count for day in counted]), 4),
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
            moving_average=round(_mean(totals[max(0, n + 1 - _WINDOW) : n + 1]), 2),
        )
        for n, day in enumerate(days)
    ]


def slope(values: Sequence[float]) -> float:
    """Of the straight line with the least squared distance to the values."""
    middle, mean = (len(values) - 1) / 2, _mean(values)
    spread = sum((n - middle) ** 2 for n in range(len(values)))
    return sum((n - middle) * (value - mean) for n, value in enumerate(values)) / spread if spread else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
