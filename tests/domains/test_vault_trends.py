"""Days, averages and slope of the trendlines."""

from datetime import date

from shared.domains.vault.trends import changes, count_by_day

DAYS = [date(2026, 3, day) for day in range(1, 11)]


def test_every_day_is_there_and_other_days_are_not() -> None:
    rows = [(DAYS[1], "b"), (DAYS[1], "a"), (DAYS[1], "a"), (date(2026, 2, 28), "a")]
    counted = count_by_day(rows, DAYS)
    assert [day.date for day in counted] == [day.isoformat() for day in DAYS]
    assert [day.item_count for day in counted] == [0, 3, 0, 0, 0, 0, 0, 0, 0, 0]
    assert counted[1].categories == {"a": 2, "b": 1}


def test_the_average_moves_over_a_week() -> None:
    counted = count_by_day([(DAYS[0], "a")] * 7, DAYS)
    assert [day.moving_average for day in counted] == [7, 3.5, 2.33, 1.75, 1.4, 1.17, 1.0, 0, 0, 0]


def test_a_new_pace_is_told_with_the_day_it_began() -> None:
    days = [date(2026, 3, day) for day in range(1, 31)]
    rows = [(day, "a") for n, day in enumerate(days) for _ in range(5 if n >= 18 else n % 2)]
    [change] = changes(count_by_day(rows, days))
    assert (change.date, change.before, change.after) == ("2026-03-19", 0.5, 5.0)
    assert changes(count_by_day([], days)) == []
