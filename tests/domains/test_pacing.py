"""Messages of automations leave in the contact's working hours, spread over the day, each at a time of its own."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domains.contacts.models import ContactPolicy, Pacing, QuietHours
from shared.domains.contacts.pacing import leaves_at, quota_on

HOURS = Pacing(start="09:00", end="17:00")
MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def test_a_day_s_messages_are_spread() -> None:
    slots = [leaves_at(HOURS, "UTC", f"m{n}", MONDAY, MONDAY) for n in range(800)]
    by_hour = Counter(slot.hour for slot in slots)
    assert set(by_hour) == set(range(9, 17))
    assert max(by_hour.values()) < 1.5 * min(by_hour.values())
    assert len(set(slots)) > 700


def test_asked_again_it_is_the_same_time_and_then_it_leaves() -> None:
    slot = leaves_at(HOURS, "UTC", "m", MONDAY, MONDAY)
    assert leaves_at(HOURS, "UTC", "m", MONDAY, MONDAY + timedelta(hours=3)) == slot
    assert leaves_at(HOURS, "UTC", "m", MONDAY, slot) == slot
    late = slot + timedelta(minutes=1)
    assert leaves_at(HOURS, "UTC", "m", MONDAY, late) == late


def test_what_is_ready_late_leaves_the_next_working_day() -> None:
    friday = datetime(2026, 3, 6, 16, 45, tzinfo=UTC)
    assert leaves_at(HOURS, "UTC", "m", friday, friday).date() == date(2026, 3, 9)
    weekends = HOURS.model_copy(update={"weekends": True})
    assert leaves_at(weekends, "UTC", "m", friday, friday).date() == date(2026, 3, 7)


def test_what_is_ready_in_the_day_is_spread_over_its_rest() -> None:
    noon = MONDAY.replace(hour=13)
    slots = [leaves_at(HOURS, "UTC", f"m{n}", noon, noon) for n in range(200)]
    assert min(slots) >= noon
    assert max(slots) < MONDAY.replace(hour=17)
    assert len({slot.hour for slot in slots}) == 4


def test_what_would_be_spread_over_the_night_does_not_leave_in_one_burst_as_it_ends() -> None:
    early = HOURS.model_copy(update={"start": "06:00", "end": "10:00"})
    slots = [leaves_at(early, "UTC", f"m{n}", MONDAY, MONDAY, QuietHours()) for n in range(200)]
    assert min(slots) >= MONDAY.replace(hour=8)
    assert len({slot.replace(second=0) for slot in slots}) > 60


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [("20:00", "23:00", QuietHours()), ("07:00", "08:30", QuietHours()), ("12:00", "13:00", ("11:00", "14:00"))],
)
def test_hours_that_are_all_quiet_are_refused(start: str, end: str, quiet: QuietHours | tuple[str, str]) -> None:
    night = QuietHours(start=quiet[0], end=quiet[1]) if isinstance(quiet, tuple) else quiet
    with pytest.raises(ValidationError, match="at least one"):
        ContactPolicy(pacing=Pacing(start=start, end=end), quiet_hours=night)
    ContactPolicy(pacing=HOURS, quiet_hours=QuietHours(start="12:00", end="13:00"))


@given(
    zone=st.sampled_from(["America/Los_Angeles", "Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe"]),
    ready=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    waited=st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_it_is_always_within_the_hours_or_now(zone: str, ready: datetime, waited: timedelta) -> None:
    now = ready + waited
    slot = leaves_at(HOURS, zone, "m", ready, now)
    assert now <= slot <= now + timedelta(days=5)
    local = slot.astimezone(ZoneInfo(zone))
    assert local.weekday() < 5
    assert 9 <= local.hour < 17


@pytest.mark.parametrize(
    ("day", "quota"),
    [("2026-02-27", 20), ("2026-03-01", 20), ("2026-03-02", 25), ("2026-03-05", 48), ("2027-03-01", 200)],
)
def test_a_warm_up_grows_to_the_quota(day: str, quota: int) -> None:
    policy = ContactPolicy(warm_up_since="2026-03-01")
    assert quota_on(policy, date.fromisoformat(day)) == quota
    assert quota_on(ContactPolicy(), date.fromisoformat(day)) == 200
    assert quota_on(ContactPolicy(daily_quota=10, warm_up_since="2026-03-01"), date.fromisoformat(day)) == 10
