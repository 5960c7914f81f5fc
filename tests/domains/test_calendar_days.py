"""Follow-ups come due on the day of the user, wherever that is and moves to, spread over its first hours, once each."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.context import Context, bound
from shared.domains import calendar
from shared.domains.calendar import CalendarEvent, CalendarQuery, EventInput, EventUpdate
from shared.domains.contacts import service as contacts
from shared.domains.contacts.models import ContactPolicy
from shared.gcp import firestore, writes
from shared.kit import clock, days, failpoint
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.kit.shards import shard_of
from shared.settings import Settings
from tests.automations.scenario import standing_clock

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SPREAD = timedelta(hours=4)
ZONES = ("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin", "America/New_York", "Africa/Cairo")


@pytest.fixture(autouse=True)
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock(NOON) as standing:
        yield standing


def _user(zone: str | None = None) -> str:
    uid = f"user-{new_id()}"
    if zone:
        contacts.set_policy(uid, ContactPolicy(time_zone=zone))
    return uid


def _plan(uid: str, day: str) -> CalendarEvent:
    return calendar.create(uid, EventInput(scheduled_date=day))


def _announced(uid: str) -> int:
    return sum(event.announced for event in calendar.repository.each(uid))


def _go_to(time: VirtualClock, moment: datetime) -> None:
    time.advance(moment - clock.now())


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2026-03-29", "2026-04-24", "2026-11-01"])  # clocks change in Berlin, Cairo, New York
def test_a_follow_up_is_due_in_the_first_hours_of_its_user_s_day(time: VirtualClock, zone: str, day: str) -> None:
    uid = _user(zone)
    events = [_plan(uid, day) for _ in range(3)]
    begins = days.begins(date.fromisoformat(day), zone)
    due = [event.due_at for event in events if event.due_at]
    assert len(due) == 3
    assert all(begins <= at < begins + SPREAD for at in due)
    _go_to(time, begins - timedelta(seconds=1))
    assert calendar.announce_due() == {"announced": 0}
    _go_to(time, min(due))
    assert calendar.announce_due()["announced"] == due.count(min(due))
    _go_to(time, begins + SPREAD)
    calendar.announce_due()
    assert _announced(uid) == 3
    assert [calendar.get(uid, event.id).due_at for event in events] == [None] * 3


def test_status_follows_the_user_s_day(time: VirtualClock) -> None:
    east, west, nowhere = _user("Pacific/Kiritimati"), _user("Etc/GMT+12"), _user()
    ids = {uid: _plan(uid, "2026-03-10").id for uid in (east, west, nowhere)}
    expected = {east: "overdue", west: "pending", nowhere: "pending"}  # in the east the eleventh is two hours old
    assert {uid: calendar.get(uid, id).status for uid, id in ids.items()} == expected
    for status in ("pending", "overdue"):
        listed = {uid: calendar.list_page(uid, CalendarQuery(status=status)).total for uid in ids}
        assert listed == {uid: int(expected[uid] == status) for uid in ids}
    time.advance(timedelta(days=1))
    assert {calendar.get(uid, id).status for uid, id in ids.items()} == {"overdue"}


@pytest.mark.parametrize(("old", "new"), [(None, "Pacific/Kiritimati"), ("Pacific/Kiritimati", "Etc/GMT+12")])
def test_a_user_who_moves_has_their_days_there(time: VirtualClock, old: str | None, new: str) -> None:
    uid = _user(old)
    coming, past, done = (_plan(uid, day) for day in ("2026-03-20", "2026-03-01", "2026-03-20"))
    calendar.announce_due()
    calendar.update(uid, done.id, EventUpdate(status="completed"), None)
    assert calendar.move_to_zone(uid, new) == 2
    assert calendar.move_to_zone(uid, new) == 0
    moved = calendar.get(uid, coming.id)
    begins = days.begins(date(2026, 3, 20), new)
    assert moved.due_at is not None
    assert begins <= moved.due_at < begins + SPREAD
    assert calendar.get(uid, past.id).due_at is None  # it was announced, and is not again
    _go_to(time, begins - timedelta(seconds=1))
    assert calendar.announce_due() == {"announced": 0}
    _go_to(time, begins + SPREAD)
    assert calendar.announce_due() == {"announced": 1}


def test_what_is_planned_for_a_day_that_has_begun_is_due_at_once(time: VirtualClock) -> None:
    uid = _user("America/New_York")
    _go_to(time, datetime(2026, 3, 20, 4, 1, tzinfo=UTC))  # a minute after midnight
    for day in ("2026-03-20", "2026-02-01"):
        for _ in range(5):
            _plan(uid, day)
    assert calendar.announce_due() == {"announced": 10}


def test_what_is_done_is_not_announced_until_it_is_open_again(time: VirtualClock) -> None:
    uid = _user()
    event = _plan(uid, "2026-03-20")
    calendar.update(uid, event.id, EventUpdate(status="completed"), None)
    _go_to(time, NOON + timedelta(days=30))
    assert calendar.announce_due() == {"announced": 0}
    calendar.update(uid, event.id, EventUpdate(status="pending"), None)
    assert calendar.announce_due() == {"announced": 1}
    calendar.update(uid, event.id, EventUpdate(scheduled_date="2026-05-01"), None)
    assert calendar.announce_due() == {"announced": 0}
    _go_to(time, datetime(2026, 5, 1, 4, tzinfo=UTC))
    assert calendar.announce_due() == {"announced": 1}


def _odd(uid: str, id: str, **fields: Any) -> None:
    more = {"created_at": NOON, "updated_at": NOON, "announced": False, "completed": False, "shard": shard_of(id)}
    stored = {**more, **fields}
    firestore.client().commit([writes.create(calendar.repository.path(uid, id), stored)])


def test_events_without_a_time_or_of_odd_shape_are_due_once_their_day_has_begun_everywhere(time: VirtualClock) -> None:
    uid = _user()
    _odd(uid, "old", scheduled_date="2026-03-11")  # stored before events had the time
    _odd(uid, "text", scheduled_date="2026-03-11", due_at="2026-03-11T00:00:00Z")
    _odd(uid, "zone", scheduled_date="2026-03-11", time_zone="Mars/Base")
    _odd(uid, "unreadable", scheduled_date="2026-03-11", due_at=NOON, created_at="yesterday")
    _odd(uid, "no-day", scheduled_date="tomorrow")
    _odd(uid, "both", scheduled_date="2026-03-11", due_at=NOON, announced=True)
    assert calendar.move_to_zone(uid, "UTC") == 1  # the one whose zone was none
    _go_to(time, datetime(2026, 3, 11, 4, tzinfo=UTC))
    assert calendar.announce_due() == {"announced": 1}
    assert calendar.get(uid, "zone").announced
    assert calendar.get(uid, "both").due_at is None
    everywhere = datetime(2026, 3, 11, tzinfo=UTC) + days.LATEST + SPREAD
    _go_to(time, everywhere - timedelta(seconds=1))
    assert calendar.announce_due() == {"announced": 0}
    _go_to(time, everywhere)
    assert calendar.announce_due() == {"announced": 2}
    time.advance(timedelta(days=3))
    assert calendar.announce_due() == {"announced": 0}


def test_thousands_of_one_user_on_one_day(time: VirtualClock) -> None:
    """20,000 on paper: 3,000 take the same path, six batches."""
    uid = _user()
    zone = calendar.zone_of(uid)
    events = [
        calendar.planned(
            CalendarEvent(
                id=f"e{n}", user_id=uid, created_at=NOON, updated_at=NOON, scheduled_date="2026-03-12", time_zone=zone
            )
        )
        for n in range(3_000)
    ]
    assert not any(calendar.repository.create_each(events))
    begins = datetime(2026, 3, 12, tzinfo=UTC)
    _go_to(time, begins + timedelta(minutes=1))
    assert 1 <= calendar.announce_due()["announced"] <= 40  # a 240th is 12
    _go_to(time, begins + timedelta(hours=1))  # the tick is an hour late
    with bound(Context()) as call:
        hour = calendar.announce_due()["announced"]
    assert 600 <= hour <= 900
    assert call.meter.cost.rpcs == 2 + 2 * 3 + 1  # queries, announced batches; a query for what has no time
    assert hour + hour // 100 + 2 <= call.meter.cost.writes <= hour + hour // 100 + 4  # an entry for each 100
    _go_to(time, begins + SPREAD)
    calendar.announce_due()
    assert _announced(uid) == 3_000


@pytest.mark.parametrize("skew", [timedelta(minutes=-5), timedelta(minutes=5)])
def test_clocks_that_differ_announce_once_and_none_is_lost(time: VirtualClock, skew: timedelta) -> None:
    uid = _user()
    for _ in range(20):
        _plan(uid, "2026-03-11")
    begins = datetime(2026, 3, 11, tzinfo=UTC)
    announced = 0
    for minute in range(0, 250, 10):
        for off in (timedelta(), skew):
            _go_to(time, begins + timedelta(minutes=minute) + off)
            announced += calendar.announce_due()["announced"]
    assert announced == _announced(uid) == 20


@pytest.mark.parametrize("boundary", [1, 2])
def test_a_tick_that_dies_loses_nothing(time: VirtualClock, boundary: int) -> None:
    uid = _user()
    for _ in range(5):
        _plan(uid, "2026-03-10")
    failpoint.arm(boundary)
    with pytest.raises(failpoint.Crash):
        calendar.announce_due()
    failpoint.arm(None)
    calendar.announce_due()
    assert _announced(uid) == 5


def test_a_move_that_dies_is_ended_by_its_repetition(time: VirtualClock) -> None:
    uid = _user()
    for _ in range(3):
        _plan(uid, "2026-03-20")
    failpoint.arm(1)
    with pytest.raises(failpoint.Crash):
        calendar.move_to_zone(uid, "Asia/Tokyo")
    failpoint.arm(None)
    assert calendar.move_to_zone(uid, "Asia/Tokyo") == 3
