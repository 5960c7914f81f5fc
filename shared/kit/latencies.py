"""Histograms of how long things took: how many within which bound. Pure."""

from collections.abc import Mapping

BOUNDS_MS = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 600_000)


def bound_of(milliseconds: float) -> int:
    """The smallest bound that a duration is within; the largest, where it is within none."""
    return next((bound for bound in BOUNDS_MS if milliseconds <= bound), BOUNDS_MS[-1])


def quantile(within: Mapping[int, int], share: float) -> int | None:
    """The bound in milliseconds that a share of the durations did not exceed; None where there are none."""
    whole = sum(within.values())
    if whole <= 0:
        return None
    passed = 0
    for bound in sorted(within):
        passed += within[bound]
        if passed >= share * whole:
            return bound
    return max(within)
