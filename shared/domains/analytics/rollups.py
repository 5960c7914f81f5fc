"""Rollups: the stored counts of a user, and the writes that add to them.

Counts are added to parts, of a month each; which of the sixteen a commit adds to, its event's id says, so that no
document is hot. There are sixteen for even days and sixteen for odd ones: those of yesterday rest while they are folded
into the month's own document, and its one for each dimension (`folding`).
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zlib import crc32

from shared.domains.analytics.cells import Cell, Month, by_month, month_of, parts_of
from shared.gcp import writes
from shared.gcp.writes import Increment, Write, field_path
from shared.kit import clock, days
from shared.kit.ids import derived_id
from shared.kit.shards import shard_of

COLLECTION = "rollups"
MARKS = "counted"  # marks of events that leave no other document
MOST = 250  # cells that one write adds to: Firestore takes 500 transforms of a document in one commit
PARTS = 16  # for even days, and as many for odd ones
_FOLDED_WITHIN = timedelta(hours=1)  # after the day's end, not all users' at once
_MARKED = timedelta(days=30)  # longer than an event, or its dead letter, comes again


def to_count(uid: str, source: str, tally: Mapping[Cell, int]) -> list[Write]:
    """The writes that add a tally, a document for each month, and another for each MOST cells. `source` is the id of
    what is counted; behind a colon it says what of an event, whose counts go into the same part (`merged`)."""
    now = clock.now()
    part = crc32(source.partition(":")[0].encode())
    by_place = sorted((cell for cell in tally.items() if cell[1]), key=lambda cell: month_of(cell[0].at))
    return [
        _to_add(uid, month, part + number, by_month(dict(some))[month], now)
        for month, same in groupby(by_place, key=lambda cell: month_of(cell[0].at))
        for number, some in enumerate(_pieces([*same]))
    ]


def _pieces(cells: Sequence[tuple[Cell, int]]) -> list[Sequence[tuple[Cell, int]]]:
    return [cells[at : at + MOST] for at in range(0, len(cells), MOST)]


def _to_add(uid: str, month: str, part: int, cells: Month, now: datetime) -> Write:
    today = now.date().toordinal() % 2 * PARTS
    path = f"users/{uid}/{COLLECTION}/{month}~{today + part % PARTS:02d}"
    added: dict[str, Any] = {
        field_path("cells", metric, key, slot): Increment(number)
        for metric, keys in cells.items()
        for key, slots in keys.items()
        for slot, number in slots.items()
    }
    midnight = datetime.combine(now.date() + timedelta(days=1), time.min, UTC)
    fold_at = midnight + days.spread(uid, _FOLDED_WITHIN)
    return writes.merge(path, {"span": month, "fold_at": fold_at, "shard": shard_of(path), **added})


def merged(changes: Iterable[Write]) -> list[Write]:
    """The writes of a commit, with those that add to the same part as one: Firestore bills each."""
    others: list[Write] = []
    parts: dict[str, Write] = {}
    for change in changes:
        if change.path.split("/")[-2] == COLLECTION and change.merge:
            present = parts.get(change.path)
            if present and len(present.fields) + len(change.fields) > MOST:
                others.append(present)
                present = None
            parts[change.path] = _sum(present, change) if present else change
        else:
            others.append(change)
    return [*others, *parts.values()]


def without(changes: Iterable[Write]) -> list[Write]:
    """The writes but those that add to parts."""
    return [change for change in changes if change.path.split("/")[-2] != COLLECTION]


def _sum(first: Write, other: Write) -> Write:
    fields = dict(first.fields)
    for path, value in other.fields.items():
        earlier = fields.get(path)
        if isinstance(earlier, Increment) and isinstance(value, Increment):
            value = Increment(earlier.by + value.by)
        fields[path] = value
    return replace(first, fields=fields)


def to_mark(uid: str, event_id: str) -> Write:
    """A mark that the event was counted; where it was before, its commit is refused."""
    path = f"users/{uid}/{MARKS}/{derived_id(event_id, 'counted')}"
    return writes.create(path, {"expires_at": clock.now() + _MARKED})


def span_of(month: str, dimension: str | None) -> str:
    """What the documents of a month, and of a dimension in it, are found by."""
    return f"{dimension}~{month}" if dimension else month


def folded_path(uid: str, month: str, dimension: str | None) -> str:
    return f"users/{uid}/{COLLECTION}/{span_of(month, dimension)}"


def packed(cells: Month) -> bytes:
    return zlib.compress(json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def cells_of(data: Mapping[str, Any]) -> Month:
    """The cells that a document of rollups holds."""
    if isinstance(body := data.get("packed"), bytes):
        unpacked: Month = json.loads(zlib.decompress(body))
        return unpacked
    cells: Month = data.get("cells") or {}
    return cells


def is_folded(data: Mapping[str, Any]) -> bool:
    """Whether it is a month's own document, or that of one of its dimensions, and no part."""
    return "packed" in data


def by_dimension(cells: Month) -> dict[str, Month]:
    """A month's cells by the dimension of their keys; ALL's are the totals."""
    split: dict[str, Month] = {}
    for metric, keys in cells.items():
        for key, slots in keys.items():
            split.setdefault(parts_of(key)[0], {}).setdefault(metric, {})[key] = slots
    return split
