"""Cells: the smallest counts that are kept, each of one quarter of an hour in UTC, one metric and one value of a
dimension. Pure.

Quarters of an hour, as there are time zones with offsets of 30 and 45 minutes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

ALL = "all"  # the key of a metric's total
NONE = "-"  # the value of what has none
OTHER = "(other)"  # the value into which the smallest of a dimension are merged, where there are too many to keep
RESERVED = (NONE, OTHER)  # no value of a user's own is called so
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_LONGEST = 128  # characters of a value
_QUARTER = timedelta(minutes=15)


class Cell(NamedTuple):
    """`key` is ALL, or a dimension and a value."""

    at: datetime  # when the quarter of an hour begins
    metric: str
    key: str


Tally = Counter[Cell]
Month = dict[str, dict[str, dict[str, int]]]  # by metric, key and slot: how a month's cells are stored


def key_of(dimension: str, value: Any) -> str:
    """The key of a dimension's value; NONE stands for anything but a text."""
    text = value.strip()[:_LONGEST] if isinstance(value, str) else ""
    return f"{dimension}~{text or NONE}"


def parts_of(key: str) -> tuple[str, str]:
    """The dimension and the value of a key."""
    dimension, _, value = key.partition("~")
    return dimension, value


def add(tally: Tally, metric: str, at: Any, keys: Iterable[str] = (), amount: Any = 1) -> None:
    """Count an amount in a metric's total and under keys. What has no time, or an absurd one, is not counted."""
    if not isinstance(at, datetime) or at.tzinfo is None or not _EARLIEST <= at < _LATEST:
        return
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not round(amount):
        return
    at = at.astimezone(UTC)
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    for key in dict.fromkeys((ALL, *keys)):
        tally[Cell(quarter, metric, key)] += round(amount)


def month_of(at: datetime) -> str:
    return f"{at.year}-{at.month:02}"


def span_of(month: str) -> tuple[datetime, datetime]:
    """When a month begins, and the next one. Raises ValueError."""
    begins = moment(month, "01000")
    return begins, (begins + timedelta(days=32)).replace(day=1)


def slot_of(at: datetime) -> str:
    """The place of a quarter of an hour within its month: day, hour and quarter."""
    return f"{at.day:02}{at.hour:02}{at.minute // 15}"


def moment(month: str, slot: str) -> datetime:
    """When the quarter of an hour of a slot begins. Raises ValueError."""
    year, number = month.split("-")
    hour = datetime(int(year), int(number), int(slot[:2]), int(slot[2:4]), tzinfo=UTC)
    return hour + int(slot[4]) * _QUARTER


def by_month(tally: Mapping[Cell, int]) -> dict[str, Month]:
    """A tally as it is stored, without what is 0."""
    months: dict[str, Month] = defaultdict(dict)
    for cell, number in tally.items():
        if number:
            keys = months[month_of(cell.at)].setdefault(cell.metric, {})
            keys.setdefault(cell.key, {})[slot_of(cell.at)] = number
    return dict(months)


def of_month(month: str, stored: Month) -> Iterator[tuple[Cell, int]]:
    """The cells of a stored month."""
    for metric, keys in stored.items():
        for key, slots in keys.items():
            for slot, number in slots.items():
                yield Cell(moment(month, slot), metric, key), number


def merge(into: Month, more: Month) -> Month:
    """Add a month's cells to others of the same month; what becomes 0 is removed."""
    for metric, keys in more.items():
        for key, slots in keys.items():
            present = into.setdefault(metric, {}).setdefault(key, {})
            for slot, number in slots.items():
                present[slot] = present.get(slot, 0) + number
                if not present[slot]:
                    del present[slot]
            if not present:
                del into[metric][key]
        if not into.get(metric):
            into.pop(metric, None)
    return into
