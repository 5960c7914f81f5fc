"""When a delivery that failed is attempted again. Intervals: Standard Webhooks, "Deliverability and reliability"."""

import random
from datetime import timedelta

_MINUTE, _HOUR = 60, 3_600
INTERVALS = (
    5,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)  # seconds after the first attempt, the second, …: 75 hours in all
_JITTER = 0.2  # so that what failed together does not come back together
_LONGEST = 24 * _HOUR  # however long a receiver asks for


def used_up(tries: int) -> bool:
    """Whether so many attempts are all there are."""
    return tries > len(INTERVALS)


def wait(tries: int, retry_after: float | None) -> timedelta | None:
    """How long after so many attempts, at least as long as the receiver asked for; None when it is given up."""
    if used_up(tries):
        return None
    interval = INTERVALS[tries - 1] * random.uniform(1, 1 + _JITTER)  # noqa: S311
    return timedelta(seconds=max(interval, min(retry_after or 0.0, _LONGEST)))
