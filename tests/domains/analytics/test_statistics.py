"""Intervals and tests against published values."""

from math import comb

import pytest

from shared.domains.analytics import statistics

# R. G. Newcombe, Statistics in Medicine 17 (1998): 857-872, table I, method 3.
WILSON = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
# The same, 873-890, table II, method 10: the first proportion less the second.
DIFFERENCE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (10, 10, 0, 10, 0.6075, 1.0),
    (0, 10, 0, 10, -0.2775, 0.2775),
]


@pytest.mark.parametrize(("part", "whole", "low", "high"), WILSON)
def test_wilson(part: int, whole: int, low: float, high: float) -> None:
    assert statistics.wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("a", "of_a", "b", "of_b", "low", "high"), DIFFERENCE)
def test_difference(a: int, of_a: int, b: int, of_b: int, low: float, high: float) -> None:
    assert statistics.difference(b, of_b, a, of_a) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("a", "of_a", "b", "of_b", "p"),
    [
        (3, 4, 1, 4, 0.4857142857),  # R. A. Fisher's lady tasting tea
        (8, 10, 1, 6, 0.0349650350),  # scipy.stats.fisher_exact's example
        (10, 13, 2, 17, 0.0005367241),  # Fisher's convicts with twins (R's fisher.test)
    ],
)
def test_fisher(a: int, of_a: int, b: int, of_b: int, p: float) -> None:
    assert statistics.fisher(a, of_a, b, of_b) == pytest.approx(p, rel=1e-6)
    assert statistics.fisher(b, of_b, a, of_a) == pytest.approx(p, rel=1e-6)


def test_two_counts_is_the_binomial_test_of_their_share() -> None:
    tail = sum(comb(20, k) for k in (*range(6), *range(15, 21))) / 2**20
    assert statistics.two_counts(5, 15) == pytest.approx(tail)
    assert statistics.two_counts(10, 20, 1, 2) == 1


def test_nothing_is_all_there_is() -> None:
    assert statistics.wilson(0, 0) == (0, 1)
    assert statistics.two_counts(0, 0) == 1
