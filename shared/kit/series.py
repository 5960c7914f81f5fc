"""Slopes and change points of time series. Pure."""

from collections.abc import Sequence
from math import exp
from statistics import median

_CERTAIN = 0.05  # significance level: the accepted rate of false change points
_SHORTEST = 5  # values on either side of a change


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def slope(values: Sequence[float]) -> float:
    """The slope of the least-squares line through the values."""
    middle, level = (len(values) - 1) / 2, mean(values)
    spread = sum((n - middle) ** 2 for n in range(len(values)))
    return sum((n - middle) * (value - level) for n, value in enumerate(values)) / spread if spread else 0.0


def robust_slope(values: Sequence[float]) -> float:
    """The Theil-Sen slope: the median of the slopes between any two values; a few outliers do not move it."""
    slopes = [(values[b] - values[a]) / (b - a) for b in range(len(values)) for a in range(b)]
    return median(slopes) if slopes else 0.0


def change_points(values: Sequence[float]) -> list[int]:
    """The positions, in order, at which the level of the values changes.

    Pettitt's test (A. N. Pettitt, "A Non-Parametric Approach to the Change-Point Problem", Applied Statistics 28, 1979)
    finds the likeliest change from the ranks of the values alone, so it asks for no distribution and a single day of
    much work is no change; the parts before and after are then searched likewise (binary segmentation).
    """
    positions: list[int] = []
    parts = [(0, len(values))]
    while parts:
        start, end = parts.pop()
        at = _change(values[start:end])
        if at is not None:
            positions.append(start + at)
            parts += [(start, start + at), (start + at, end)]
    return sorted(positions)


def _change(values: Sequence[float]) -> int | None:
    """The first position of the new level; None where the test is not certain of a change."""
    count = len(values)
    statistic, rank_sum = 0.0, 0.0
    at = 0
    for position, rank in enumerate(_ranks(values), 1):
        rank_sum += rank
        value = abs(2 * rank_sum - position * (count + 1))
        if value > statistic and _SHORTEST <= position <= count - _SHORTEST:
            statistic, at = value, position
    if not at or 2 * exp(-6 * statistic**2 / (count**3 + count**2)) > _CERTAIN:
        return None
    return at


def _ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value, from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=lambda n: values[n])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for position in order[start:end]:
            ranks[position] = (start + 1 + end) / 2
        start = end
    return ranks
