"""Slopes and changes of level, found and not found."""

import pytest

from shared.kit.series import change_points, robust_slope, slope


def test_the_slope_is_what_is_added_each_time() -> None:
    assert slope([1, 3, 5, 7]) == robust_slope([1, 3, 5, 7]) == 2
    assert slope([4, 4, 4]) == robust_slope([4, 4, 4]) == 0
    assert slope([5]) == robust_slope([5]) == slope([]) == robust_slope([]) == 0


def test_an_outlier_moves_only_the_least_squares() -> None:
    values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 500]
    assert slope(values) > 20
    assert robust_slope(values) == 1


@pytest.mark.parametrize(
    ("values", "changes"),
    [
        ([0] * 15 + [4, 5, 3, 4, 6] * 3, [15]),
        ([6, 5, 7] * 5 + [1, 0, 2] * 5, [15]),
        ([1, 0] * 10 + [9, 8] * 10 + [0, 1] * 10, [20, 40]),
        ([2] * 30, []),
        ([0, 1, 2, 1] * 8, []),
        ([0] * 20 + [90] + [0] * 20, []),  # one busy day
        ([0, 0, 5, 5], []),  # too short to tell
        ([], []),
    ],
)
def test_a_lasting_change_of_level_is_found_and_a_busy_day_is_none(values: list[float], changes: list[int]) -> None:
    assert change_points(values) == changes
