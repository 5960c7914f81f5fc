"""Divides a day's budget of steps: each part is a document that counts the steps of some of the runs, up to its share.

A budget below 1,000 steps has one part, the day's meter, and is exact to the last step. A larger one has a part for
each 500 steps, 16 at most, the meter being the first. No part passes its share, so their sum never passes the budget. A
run whose part is full looks at all of them and goes on in one that has room: the budget is used to its end, and the
looks, of a read for each part, begin when some 80 % of it are used, as runs do not fill the parts evenly.

Where a part has counted more than its share, because the budget was changed or the steps were counted before there were
parts, what all have counted is spread over them anew, in one commit that leaves their sum as it is.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zlib import crc32

from shared.errors import AlreadyExists, PreconditionFailed
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.shares import parts_of, share

PARTS, _LEAST = 16, 500
_ATTEMPTS = 3
_KEPT = timedelta(days=3)


@dataclass(frozen=True)
class Look:
    """What all parts of a budget together have counted, and one that has room."""

    used: int
    roomy: str | None


def parts(steps: int | None) -> int:
    """How many parts a budget of so many steps has; the most where steps are counted and not limited."""
    return parts_of(steps, _LEAST, PARTS) if steps else PARTS


def paths(meter: str, steps: int | None) -> list[str]:
    """The parts' documents; the first is the day's meter."""
    return [_path(meter, part) for part in range(parts(steps))]


def of_run(meter: str, steps: int | None, execution_id: str) -> str:
    """The part in which a run is counted as long as it has room."""
    return _path(meter, crc32(execution_id.encode()) % parts(steps))


def share_of(path: str, meter: str, steps: int) -> int:
    """How many of the budget's steps a part has."""
    return share(steps, paths(meter, steps).index(path), parts(steps))


def look(meter: str, steps: int, besides: str) -> Look:
    """Read all parts: one round trip, a read for each. The part that has room is a random one, and not `besides`."""
    asked = paths(meter, steps)
    found = firestore.client().get_all(asked)
    shares = [share_of(path, meter, steps) for path in asked]
    if any(_count(part, "steps") > own for part, own in zip(found, shares, strict=True)):
        spread(meter, steps)
        found = firestore.client().get_all(asked)
    room = {path: own - _taken(part) for path, part, own in zip(asked, found, shares, strict=True) if path != besides}
    roomy = {path: left for path, left in room.items() if left > 0}
    chosen = random.choices(list(roomy), list(roomy.values()))[0] if roomy else None  # noqa: S311
    return Look(sum(_count(part, "steps") for part in found), chosen)


def spread(meter: str, steps: int | None) -> None:
    """Spread what was counted over the parts of a budget that was changed: one round trip of 17 reads, one commit.

    The parts are added to, so a step that is counted meanwhile is kept; the mark makes one of two rivals do it. What is
    reserved stays in its part, and the steps that are moved there are fewer by as many.
    """
    asked, mark = [_path(meter, part) for part in range(PARTS)], f"{meter}~spread"
    for _ in range(_ATTEMPTS):
        *found, marked = firestore.client().get_all([*asked, mark])
        moved = _moves(asked, found, parts(steps))
        if not moved:
            return
        try:
            firestore.client().commit([_to_mark(mark, marked), *moved])
        except (AlreadyExists, PreconditionFailed):
            continue
        return


def _moves(asked: Sequence[str], found: Sequence[Document | None], parts: int) -> list[Write]:
    total = sum(map(_taken, found))
    wanted = [share(total, part, parts) if part < parts else 0 for part in range(PARTS)]
    return [
        writes.merge(path, {"steps": Increment(target - _taken(part)), "expire_at": clock.now() + _KEPT})
        for path, part, target in zip(asked, found, wanted, strict=True)
        if target != _taken(part)
    ]


def _to_mark(mark: str, marked: Document | None) -> Write:
    fields = {"spread_at": clock.now(), "expire_at": clock.now() + _KEPT}
    return writes.update(mark, fields, version=marked.version) if marked else writes.create(mark, fields)


def _path(meter: str, part: int) -> str:
    return f"{meter}~{part}" if part else meter


def _taken(part: Document | None) -> int:
    return _count(part, "steps") + _count(part, "reserved")


def _count(part: Document | None, kind: str) -> int:
    return int(part.data.get(kind, 0)) if part else 0
