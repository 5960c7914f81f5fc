"""Rate limits as two transforms of one document: nothing is read, and no two takers get the same turn.

GCRA (ITU-T I.371): the document holds the theoretical arrival time of the next taker. Its answer to the
transforms is the taker's own turn, which may lie in the future; who gets one keeps it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.gcp import writes
from shared.gcp.writes import Increment, Maximum, Write

_KEPT = timedelta(days=3)


def to_take(path: str, count: int, seconds: float, now: datetime) -> list[Write]:
    """Writes that take the next turn of `count` in `seconds`; for a counted commit."""
    return [
        writes.merge(path, {"arrival": Maximum(now.timestamp()), "expire_at": now + _KEPT}),
        writes.merge(path, {"arrival": Increment(seconds / count)}),
    ]


def turn(counted: Mapping[str, Sequence[Any]], path: str, seconds: float) -> datetime:
    """When it is the taker's turn, from the commit's answer: its arrival time, less the burst that is allowed."""
    return datetime.fromtimestamp(counted[path][0] - seconds, UTC)
