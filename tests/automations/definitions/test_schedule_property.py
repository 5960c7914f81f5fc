"""Occurrences against the definition of cron, minute by minute, where clocks change."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.automations.definitions import cron

# A change of the clocks in each: by an hour and by half an hour, at midnight, by two hours, a day left out, none.
CHANGES = {
    "Europe/Berlin": [datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1)],
    "America/New_York": [datetime(2026, 3, 8, 7), datetime(2026, 11, 1, 6)],
    "America/Santiago": [datetime(2026, 4, 5, 3), datetime(2026, 9, 6, 4)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 15), datetime(2026, 10, 3, 15, 30)],
    "Antarctica/Troll": [datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1)],
    "Africa/Casablanca": [datetime(2026, 2, 15, 2), datetime(2026, 3, 22, 2)],
    "Pacific/Apia": [datetime(2011, 12, 30, 10)],
    "Asia/Kolkata": [datetime(2026, 3, 29, 1)],
    "UTC": [datetime(2026, 3, 29, 1)],
}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

moments = st.sampled_from([(zone, change.replace(tzinfo=UTC)) for zone, found in CHANGES.items() for change in found])
steps = st.sampled_from(["*", "*/7", "*/15", "*/30"])


def _one_or_some(values: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=3).map(lambda chosen: ",".join(map(str, chosen)))


minutes, hours = _one_or_some(st.integers(0, 59)), st.one_of(_one_or_some(st.integers(0, 23)), st.just("1,2,3"))
days = st.sampled_from(["* * *", "* * SUN", "* * MON-FRI", "1-28 * *"])
repeating = st.one_of(
    st.tuples(steps, st.one_of(hours, st.just("*"), st.just("*/2"))),
    st.tuples(minutes, st.sampled_from(["*", "*/2"])),
)
fixed = st.tuples(minutes, hours)


def _wall(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _members(field: str, size: int) -> set[int]:
    """The values of one field: a star, a step, or a list."""
    if field.startswith("*"):
        return set(range(0, size, int(field[2:] or 1)))
    return {int(value) for value in field.split(",")}


def _matches(text: str, wall: datetime) -> bool:
    minute, hour, day, _, weekday = text.split()
    return (
        wall.minute in _members(minute, 60)
        and wall.hour in _members(hour, 24)
        and (day == "*" or wall.day <= 28)
        and {"*": True, "SUN": wall.weekday() == 6, "MON-FRI": wall.weekday() < 5}[weekday]
    )


def _each_minute(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * MINUTE for n in range(1, round((end - start) / MINUTE) + 1)]


@settings(max_examples=120)
@given(moment=moments, rule=repeating, day=days, offset=st.integers(-180, 180))
def test_a_repeating_job_runs_whenever_the_clocks_show_its_times(
    moment: tuple[str, datetime], rule: tuple[str, str], day: str, offset: int
) -> None:
    zone, change = moment
    text = f"{rule[0]} {rule[1]} {day}"
    start, end = change + offset * MINUTE, change + DAY
    found = list(cron.occurrences(text, zone, start, end))
    assert found == [minute for minute in _each_minute(start, end) if _matches(text, _wall(minute, zone))]


@settings(max_examples=120)
@given(moment=moments, rule=fixed, day=days, before=st.integers(0, 3 * 1440))
def test_a_job_at_fixed_times_runs_once_for_each_of_them(
    moment: tuple[str, datetime], rule: tuple[str, str], day: str, before: int
) -> None:
    zone, change = moment
    text = f"{rule[0]} {rule[1]} {day}"
    start, end = change - before * MINUTE - DAY, change + 2 * DAY
    found = list(cron.occurrences(text, zone, start, end))
    assert found == sorted(set(found))
    shown = _each_minute(start - DAY, end)
    first_shown: dict[datetime, datetime] = {}
    for minute in shown:
        first_shown.setdefault(_wall(minute, zone), minute)
    expected = set()
    wall, last = _wall(start, zone) - DAY, _wall(end, zone)
    while wall <= last:
        if _matches(text, wall):
            real = wall
            while real not in first_shown and real <= last:
                real += MINUTE
            if real in first_shown:
                expected.add(first_shown[real])
        wall += MINUTE
    assert found == sorted(instant for instant in expected if start < instant <= end)


@settings(max_examples=60)
@given(moment=moments, rule=st.one_of(repeating, fixed), offset=st.integers(-2880, 2880))
def test_the_next_is_the_first_of_those_that_follow(
    moment: tuple[str, datetime], rule: tuple[str, str], offset: int
) -> None:
    """So it does not matter how often, and from where, one asks."""
    zone, change = moment
    text = f"{rule[0]} {rule[1]} * * *"
    start = change - 3 * DAY + offset * MINUTE
    walked, at = [], start
    for _ in range(5):
        following = cron.next_after(text, zone, at)
        assert following is not None
        assert following > at
        walked.append(following)
        at = following
    assert walked == list(cron.occurrences(text, zone, start, at))


@given(st.text(alphabet="0123456789*/,-#LWSUNMON ²", max_size=30))
def test_any_text_is_a_rule_that_occurs_or_refused(text: str) -> None:
    with suppress(ValueError):
        rule = cron.checked(text)
        assert cron.next_after(rule, "Europe/Berlin", datetime(2026, 1, 1, tzinfo=UTC)) is not None


@pytest.mark.parametrize("text", ["", "* * * *", "* * * * * *", "60 * * * *", "0 0 31 2 *", "*/0 * * * *", "every day"])
def test_a_bad_rule_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"0 8 \* \* MON"):
        cron.checked(text)


@given(
    first=st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=st.just(UTC)),
    late=st.integers(0, 3 * 1440),
    misfire=st.sampled_from(["skip", "run_once", "catch_up"]),
    step=st.sampled_from([1, 5, 30]),
    grace=st.sampled_from([60, 300, 7_200]),
)
def test_what_is_due_is_run_made_up_for_or_counted(
    first: datetime, late: int, misfire: str, step: int, grace: int
) -> None:
    text = f"*/{step} * * * *"
    first = cron.next_after(text, "UTC", first) or first
    now = first + late * MINUTE
    due = cron.due(text, "UTC", misfire, first, now, timedelta(seconds=grace))
    every = list(cron.occurrences(text, "UTC", first - MINUTE, now))
    missed = every if every[-1] < now - timedelta(seconds=grace) else every[:-1]
    assert due.on_time == (None if missed == every else every[-1])
    assert (due.missed, due.dropped) == (len(missed), len(missed) - len(due.made_up))
    bound = {"skip": 0, "run_once": 1, "catch_up": cron.CATCH_UP}[misfire]
    assert due.made_up == missed[max(0, len(missed) - bound) :]


@pytest.mark.parametrize(("zone", "day", "hour"), [("Europe/Berlin", 29, 1), ("Europe/London", 29, 1)])
def test_a_time_left_out_in_spring_is_made_up_for_as_the_clocks_go_on(zone: str, day: int, hour: int) -> None:
    start = datetime(2026, 3, day - 1, 12, tzinfo=UTC)
    skipped = "30 2 * * *" if zone == "Europe/Berlin" else "30 1 * * *"
    assert cron.next_after(skipped, zone, start) == datetime(2026, 3, day, hour, tzinfo=UTC)
