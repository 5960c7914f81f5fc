"""Days, averages and slope of the trendlines."""

from datetime import date

from shared.domains.vault.trends import count_by_day, slope

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


def test_the_slope_is_items_a_day() -> None:
    assert slope([1, 3, 5, 7]) == 2
    assert slope([4, 4, 4]) == 0
    assert slope([5]) == 0
