"""Periods and their buckets, in a user's time zone: each day as long as it is there, 23 and 25 hours included. Pure."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from shared.errors import Invalid
from shared.kit import days

TimeRange = Literal["day", "week", "month", "quarter", "year"]
Step = Literal["hour", "day", "week", "month"]
MOST_BUCKETS = 1_000
_LONGEST = 3 * 366  # days
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)
_STEPS: dict[TimeRange, Step] = {"day": "hour", "week": "day", "month": "day", "quarter": "week", "year": "month"}

_DAYS: dict[TimeRange, int] = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


@dataclass(frozen=True)
class Period:
    """Days of a zone, the last included, cut in buckets. `starts` are the buckets' beginnings, in UTC."""

    first: date
    last: date
    zone: str
    step: Step
    starts: tuple[datetime, ...]
    labels: tuple[str, ...]

    @cached_property
    def begins(self) -> datetime:
        return days.begins(self.first, self.zone)

    @cached_property
    def ends(self) -> datetime:
        """The first moment behind it."""
        return days.begins(self.last + timedelta(days=1), self.zone)

    @cached_property
    def lengths(self) -> tuple[float, ...]:
        """How many hours each bucket has."""
        return tuple((end - at).total_seconds() / 3600 for at, end in zip(self.starts, self._edges, strict=True))

    def over(self, now: datetime) -> int:
        """How many buckets are over; what is counted in the others may still grow."""
        return bisect_right(self._edges, now)

    @cached_property
    def _edges(self) -> tuple[datetime, ...]:
        """When each bucket ends."""
        return (*self.starts[1:], self.ends) if self.starts else ()

    def passed(self, now: datetime) -> float:
        """How many days of it have passed."""
        number = float((self.last - self.first).days + 1)
        return number if now >= self.ends else min(number, max(0.0, (now - self.begins) / timedelta(days=1)))

    def bucket(self, at: datetime) -> int | None:
        """The number of the bucket that a moment is in; None outside."""
        if not self.starts or not self.starts[0] <= at < self.ends:
            return None
        return bisect_right(self.starts, at) - 1


def last(time_range: TimeRange, zone: str, now: datetime, step: Step | None = None) -> Period:
    """The last day, 7, 30, 91 or 365 days of a zone, today included."""
    today = days.today(zone, now)
    return between(today - timedelta(days=_DAYS[time_range] - 1), today, zone, step or _STEPS[time_range])


def between(
    first: date, last: date, zone: str, step: Step | None = None, fields: tuple[str, str] = ("since", "until")
) -> Period:
    """The days from `first` to `last`, which a client has sent in `fields`. Raises Invalid where they are none, too
    many, or have too many buckets."""
    if last < first:
        raise Invalid.at(fields[0], f"the first day, {first}, is after the last, {last}; swap them")
    number = (last - first).days + 1
    if number > _LONGEST:
        raise Invalid.at(fields[0], f"must not ask for more than {_LONGEST:,} days; ask for less")
    if first < _EARLIEST or last > _LATEST:
        raise Invalid.at(fields[0] if first < _EARLIEST else fields[1], "must be from 2000-01-01 to 2099-12-31")
    cut: Step = step or ("hour" if number <= 2 else "day" if number <= 92 else "week" if number <= 366 else "month")
    buckets = [*_buckets(first, last, zone, cut)]
    if len(buckets) > MOST_BUCKETS:
        raise Invalid.at("step", f"makes {len(buckets):,} points, more than {MOST_BUCKETS:,}; ask for longer steps")
    return Period(first, last, zone, cut, tuple(at for at, _ in buckets), tuple(label for _, label in buckets))


def _buckets(first: date, last: date, zone: str, step: Step) -> Iterator[tuple[datetime, str]]:
    if step == "hour":
        yield from _hours(first, last, zone)
        return
    day = first
    while day <= last:
        yield days.begins(day, zone), day.isoformat()
        day = _next(day, step)


def _hours(first: date, last: date, zone: str) -> Iterator[tuple[datetime, str]]:
    """Each hour of the clock there; an hour that the clocks repeat is two, and half an hour is one of its own."""
    at, end = days.begins(first, zone), days.begins(last + timedelta(days=1), zone)
    while at < end:
        local = days.local(at, zone)
        yield at, local.isoformat(timespec="minutes")
        at += timedelta(minutes=60 - local.minute)


def _next(day: date, step: Step) -> date:
    """The beginning of the next day, week or month; the first bucket may be shorter."""
    if step == "day":
        return day + timedelta(days=1)
    if step == "week":
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
