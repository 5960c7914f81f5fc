"""A rate limiter (GCRA) as two transforms of one document: no read, and no two takers get the same turn.

GCRA (ITU-T I.371): the document holds the theoretical arrival time of the next taker. The result of the transforms
is the taker's own turn, which may lie in the future and stays the taker's.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.gcp import writes
from shared.gcp.writes import Increment, Maximum, Write

_LIFETIME = timedelta(days=3)


def to_take(path: str, count: int, seconds: float, now: datetime) -> list[Write]:
    """The writes that take the next turn at a rate of `count` in `seconds`; for `commit_counted`."""
    return [
        writes.merge(path, {"arrival": Maximum(now.timestamp()), "expire_at": now + _LIFETIME}),
        writes.merge(path, {"arrival": Increment(seconds / count)}),
    ]


def turn(counted: Mapping[str, Sequence[Any]], path: str, seconds: float) -> datetime:
    """The taker's turn, from the result of `commit_counted`: its arrival time less the allowed burst of `seconds`."""
    return datetime.fromtimestamp(counted[path][0] - seconds, UTC)
