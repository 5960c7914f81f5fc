"""When a message may leave: never at night where the contact is, and never later than need be."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shared.domains.contacts.models import QuietHours
from shared.domains.contacts.quiet import next_day, opens_at

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago")
minutes = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
hours = st.builds(
    lambda bounds, weekends: QuietHours(start=bounds[0], end=bounds[1], weekends=weekends),
    st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1]),
    st.booleans(),
)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


def _quiet(hours: QuietHours, zone: str, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    start, end, clock = time.fromisoformat(hours.start), time.fromisoformat(hours.end), local.time()
    night = start <= clock < end if start < end else clock >= start or clock < end
    return night or (hours.weekends and local.weekday() >= 5)


@given(hours, st.sampled_from(ZONES), moments)
def test_it_opens_when_it_is_no_longer_quiet(hours: QuietHours, zone: str, now: datetime) -> None:
    opens = opens_at(hours, zone, now)
    assert opens >= now
    assert not _quiet(hours, zone, opens)
    if opens > now:  # and until then it was
        step = (opens - now) / 97
        assert all(_quiet(hours, zone, now + n * step) for n in range(97))


@given(st.sampled_from(ZONES), moments)
def test_without_quiet_hours_it_is_always_open(zone: str, now: datetime) -> None:
    assert opens_at(None, zone, now) == now
    tomorrow = next_day(zone, now)
    assert now < tomorrow <= now + timedelta(hours=26)
    assert tomorrow.astimezone(ZoneInfo(zone)).date() > now.astimezone(ZoneInfo(zone)).date()
