"""Periods are cut where the user is: days of 23 and 25 hours, and zones with 30 and 45 minutes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from shared.domains.analytics import cells, periods, reading
from shared.domains.analytics.cells import ALL, Cell, Tally
from shared.domains.analytics.metrics import METRICS
from shared.errors import Invalid


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 11, 1), "America/New_York", 25),
        (date(2026, 6, 1), "Asia/Kolkata", 24),
        (date(2026, 4, 5), "Australia/Lord_Howe", 25),  # 24 and a half: the last is short
        (date(2011, 12, 30), "Pacific/Apia", 0),  # left out of the calendar
    ],
)
def test_a_day_has_its_hours(day: date, zone: str, hours: int) -> None:
    period = periods.between(day, day, zone, "hour")
    assert len(period.starts) == hours
    assert period.ends - period.begins <= timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Asia/Kolkata", "Pacific/Chatham", "Europe/Berlin", "UTC"])
@pytest.mark.parametrize("step", ["hour", "day", "week", "month"])
def test_each_quarter_is_in_the_bucket_that_the_clock_there_says(zone: str, step: periods.Step) -> None:
    period = periods.between(date(2026, 3, 20), date(2026, 4, 10), zone, step)
    tally = Tally()
    at = period.begins - timedelta(hours=2)
    while at < period.ends + timedelta(hours=2):
        cells.add(tally, "outreach_sent", at)
        at += timedelta(minutes=15)
    table = reading.Table(period)
    reading.fill(table, cells.by_month(tally).items(), {"outreach_sent"}, set())
    counted = table.rows["outreach_sent", ALL]
    edges = [*period.starts, period.ends]
    assert counted == [int((b - a) / timedelta(minutes=15)) for a, b in pairwise(edges)]


def test_a_count_below_zero_is_shown_as_none() -> None:
    period = periods.between(date(2026, 3, 1), date(2026, 3, 2), "UTC", "day")
    table = reading.Table(period)
    tally = {Cell(datetime(2026, 3, 1, tzinfo=UTC), "outreach_sent", ALL): -3}
    reading.fill(table, cells.by_month(tally).items(), {"outreach_sent"}, set())
    assert reading.values(METRICS["outreach_sent"], table).points == [0, 0]


def test_the_day_after_half_an_hour_is_cut_at_full_hours() -> None:
    for day in (date(2026, 4, 5), date(2026, 10, 4)):  # Lord Howe's clocks go by half an hour
        period = periods.between(day, day + timedelta(days=1), "Australia/Lord_Howe", "hour")
        odd = [label for label in period.labels if label[14:16] != "00"]
        assert len(odd) == 1
        assert sum(label.startswith(f"{day + timedelta(days=1)}T") for label in period.labels) == 24
        assert sum(period.lengths) == (period.ends - period.begins) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("hour", "over", "passed"), [(-1, 0, 0), (0, 0, 0), (36, 1, 1.5), (48, 2, 2), (72, 3, 3), (999, 3, 3)]
)
def test_how_much_of_a_period_has_passed(hour: int, over: int, passed: float) -> None:
    period = periods.between(date(2026, 3, 1), date(2026, 3, 3), "UTC", "day")
    now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)
    assert (period.over(now), period.passed(now)) == (over, passed)


def test_a_day_of_25_hours_is_one_day() -> None:
    period = periods.between(date(2026, 10, 25), date(2026, 10, 25), "Europe/Berlin", "day")
    assert (period.passed(datetime(2026, 11, 1, tzinfo=UTC)), period.lengths) == (1, (25,))


def test_weeks_begin_on_monday_and_the_first_may_be_short() -> None:
    period = periods.between(date(2026, 3, 4), date(2026, 3, 17), "UTC", "week")
    assert period.labels == ("2026-03-04", "2026-03-09", "2026-03-16")


def test_the_last_month_is_thirty_days_with_today() -> None:
    period = periods.last("month", "America/New_York", datetime(2026, 3, 31, 2, tzinfo=UTC))
    assert (period.first, period.last, len(period.starts)) == (date(2026, 3, 1), date(2026, 3, 30), 30)


def test_a_hundred_years_are_refused() -> None:
    with pytest.raises(Invalid, match="1,098 days"):
        periods.between(date(2000, 1, 1), date(2099, 12, 31), "UTC")
