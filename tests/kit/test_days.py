"""A day begins where its people are: beyond the date line, in summer, and where midnight is left out."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.kit import days


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("UTC", "2026-03-14", "2026-03-14T00:00"),
        ("Pacific/Kiritimati", "2026-03-14", "2026-03-13T10:00"),  # UTC+14, the first
        ("Etc/GMT+12", "2026-03-14", "2026-03-14T12:00"),  # UTC-12, the last
        ("Europe/Berlin", "2026-01-10", "2026-01-09T23:00"),
        ("Europe/Berlin", "2026-07-10", "2026-07-09T22:00"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00"),  # the clocks go on at 2:00
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00"),  # at midnight the clocks go on to 1:00
        ("America/Havana", "2026-11-01", "2026-11-01T04:00"),  # at 1:00 they go back to midnight: the first
        ("Asia/Kathmandu", "2026-03-14", "2026-03-13T18:15"),
        ("Mars/Base", "2026-03-14", "2026-03-14T00:00"),
    ],
)
def test_a_day_begins(zone: str, day: str, begins: str) -> None:
    assert days.begins(date.fromisoformat(day), zone) == datetime.fromisoformat(begins).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Africa/Cairo", "America/Havana", "UTC", "Odd"])
def test_it_is_a_day_from_its_beginning_to_the_next_one_s(zone: str) -> None:
    day = date(2026, 1, 1)
    while day.year == 2026:
        begins = days.begins(day, zone)
        assert days.today(zone, begins) == day
        assert days.today(zone, begins - timedelta(seconds=1)) == day - timedelta(days=1)
        assert timedelta(hours=23) <= days.begins(day + timedelta(days=1), zone) - begins <= timedelta(hours=25)
        assert begins <= datetime.combine(day, datetime.min.time(), UTC) + days.LATEST
        day += timedelta(days=1)


def test_what_is_due_on_a_day_is_spread_evenly_and_always_alike() -> None:
    over = timedelta(hours=4)
    waits = [days.spread(f"event-{n}", over) for n in range(24_000)]
    assert waits == [days.spread(f"event-{n}", over) for n in range(24_000)]
    assert timedelta() <= min(waits) < max(waits) < over
    by_minute = Counter(wait // timedelta(minutes=1) for wait in waits)
    assert len(by_minute) == 240
    assert max(by_minute.values()) < 2 * 24_000 / 240
