"""Computes when a cron rule occurs in the wall time of a zone. Pure.

As in Debian's cron, a job at fixed times runs once a day whatever the clocks do: a time that is skipped in
spring is made up for as soon as the clocks go on, and a time that comes twice in autumn counts the first time. A
job that repeats through the hours (a field for minutes or hours that begins with a star) follows the time as it
really passes: it leaves out times that do not exist, and also runs in the hour that is repeated.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

GRACE = timedelta(minutes=5)  # by default: an occurrence that the sweep reads later than that counts as missed
CATCH_UP = 100
_EXAMPLE = "use five fields: minute, hour, day of month, month, day of week; 0 8 * * MON is each Monday at 8:00"
_ANY_SHIFT = timedelta(hours=3)  # no zone turns its clocks back further
_MINUTE = timedelta(minutes=1)
_JUST_BEFORE = timedelta(microseconds=1)


def checked(cron: str) -> str:
    """The rule with single blanks. Raises ValueError for a text that is no rule, or a rule that never occurs."""
    rule = " ".join(cron.split())
    if rule.count(" ") != 4:
        raise ValueError(f"a schedule has five fields, this one has {len(rule.split())}; {_EXAMPLE}")
    try:
        next(CronSim(rule, datetime(2024, 1, 1)))
    except CronSimError as error:
        raise ValueError(f"{str(error)[:1].lower()}{str(error)[1:]}; {_EXAMPLE}") from error
    except StopIteration as error:
        raise ValueError(f"there is no such day; {_EXAMPLE}") from error
    return rule


def next_after(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first occurrence of a rule after a moment, in UTC; None if there is none."""
    return next(_instants(cron, zone, after), None)


def occurrences(cron: str, zone: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """The occurrences of a rule after one moment up to and including another, in UTC and in order."""
    return takewhile(lambda instant: instant <= until, _instants(cron, zone, after))


def _instants(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """Yields the occurrences after a moment, translated from wall time to UTC."""
    minute, hour = cron.split()[:2]
    fixed = not (minute.startswith("*") or hour.startswith("*"))
    tz = ZoneInfo(zone)
    start = after.astimezone(tz).replace(tzinfo=None) - _ANY_SHIFT
    latest = after
    repeated: list[datetime] = []  # in the repeated hour, which comes after the whole first one
    for wall in CronSim(cron, start):
        first, second = _instant(wall, tz, fold=0), _instant(wall, tz, fold=1)
        due = [instant for instant in repeated if first is None or instant < first]
        repeated = repeated[len(due) :]
        if first is not None:
            due.append(first)
        elif fixed:
            due.append(_end_of_gap(wall, tz))
        if second is not None and second != first and not fixed:
            repeated.append(second)
        for instant in due:
            if instant > latest:
                latest = instant
                yield instant


def _instant(wall: datetime, tz: ZoneInfo, *, fold: int) -> datetime | None:
    """The moment at which the clocks of a zone show a wall time; None if they never do."""
    instant = wall.replace(tzinfo=tz, fold=fold).astimezone(UTC)
    return instant if instant.astimezone(tz).replace(tzinfo=None) == wall else None


def _end_of_gap(wall: datetime, tz: ZoneInfo) -> datetime:
    while (instant := _instant(wall, tz, fold=0)) is None:
        wall += _MINUTE
    return instant


@dataclass(frozen=True)
class Due:
    """The occurrences to run now: the missed ones that are made up for, in order, and the one on time, if there is one.

    `missed` counts all that were missed, `dropped` those of them that are left out.
    """

    made_up: list[datetime]
    on_time: datetime | None = None
    missed: int = 0
    dropped: int = 0


def due(cron: str, zone: str, misfire: str, first: datetime, now: datetime, grace: timedelta = GRACE) -> Due:
    """Decides which occurrences since `first` run now.

    The latest is on time unless it is late by more than the grace; all others count as missed. The misfire policy makes
    up for none of these (`skip`), the latest (`run_once`), or each of the latest hundred (`catch_up`).
    """
    late: deque[datetime] = deque(maxlen=CATCH_UP + 1)
    passed = 0
    for instant in occurrences(cron, zone, first - _JUST_BEFORE, now):
        late.append(instant)
        passed += 1
    on_time = late.pop() if late and late[-1] >= now - grace else None
    missed = passed - (on_time is not None)
    made_up = {"skip": [], "run_once": list(late)[-1:], "catch_up": list(late)[-CATCH_UP:]}[misfire]
    return Due(made_up, on_time, missed, missed - len(made_up))
