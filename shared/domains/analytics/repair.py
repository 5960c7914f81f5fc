"""Compares rollups with a recount of the documents, a collection of each user a night, and mends what is off.

An event that is on its way makes a difference too, so that one counts as drift only where it is the same an hour later.
It is mended by adding what is missing: counts that come meanwhile stay.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from typing import Any

from shared.domains.analytics import plans, repository, rollups
from shared.domains.analytics.cells import OTHER, Cell, month_of, parts_of
from shared.domains.analytics.contributions import METRICS_OF
from shared.domains.system_logs import service as system_logs
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.store.sweeps import Sweep

AGAIN = timedelta(hours=1)  # after which a difference is no event on its way any more
MOST = 1_500  # cells that are mended at a time; of the longest keys, as many as a document has room for
_RUNS_KEPT = timedelta(days=85)  # runs are deleted after 90


def sweep() -> dict[str, int]:
    """Check the users that are due: a query for every 20; for a user a read for each document of one collection and
    each of the rollups, and a write."""
    this = Sweep("checked", "suspected", "mended", threads=2)
    plans.deal(this, plans.CHECK, clock.now().date().toordinal(), _check)
    return this.done()


def _check(row: Document) -> dict[str, int] | None:
    return None if _rests(row.data) else {"checked": 1, **check(row)}


def _rests(state: Mapping[str, Any]) -> bool:
    """Whether a difference was seen less than an hour ago."""
    seen = state.get("seen_at")
    return bool(state.get("suspects")) and isinstance(seen, datetime) and clock.now() - seen < AGAIN


def check(row: Document) -> dict[str, int]:
    """Compare the user's next collection; a difference is kept, and mended where it was there before: one commit. Where
    there are more than are mended at a time, the next sweep goes on with the same collection.

    Raises PreconditionFailed where another sweep does the same.
    """
    uid, names = row.path.split("/")[1], [*METRICS_OF]
    number = int(row.data.get("turn", 0)) % len(names)
    drift = drift_of(uid, names[number])
    earlier = _cells(row.data.get("suspects"))
    mended = {cell: by for cell, by in drift.items() if earlier.get(cell) == by}
    rest = {cell: by for cell, by in drift.items() if cell not in mended}
    first = not earlier and bool(rest)
    state: dict[str, Any] = {"suspects": _text(rest) if first else None, "seen_at": clock.now()}
    if not first and not (mended and len(drift) == MOST):
        state |= {"turn": number + 1, plans.CHECK: clock.now().date().toordinal() + 1}
    mending = _to_mend(uid, names[number], row.version, mended)
    firestore.client().commit([writes.update(row.path, state, version=row.version), *mending])
    return {"suspected": len(rest), "mended": len(mended)}


def drift_of(uid: str, collection: str) -> dict[Cell, int]:
    """What has to be added to the rollups so that they are what the documents of a collection say: the first MOST
    cells, the same ones however often it is asked."""
    metrics = METRICS_OF[collection]
    counted = repository.every_month(uid)
    recounted = repository.recounted(uid, collection)
    merged = {_place(cell) for cell in counted if parts_of(cell.key)[1] == OTHER}
    since = clock.now() - _RUNS_KEPT if collection == "executions" else datetime(1, 1, 1, tzinfo=UTC)
    off = {
        cell: by
        for cell in counted.keys() | recounted.keys()
        if cell.metric in metrics and (by := recounted[cell] - counted[cell])
        if cell.at >= since and _place(cell) not in merged
    }
    return dict(nsmallest(MOST, off.items()))


def _place(cell: Cell) -> tuple[str, str]:
    """The month and the dimension of a cell: where values were merged, single ones cannot be compared."""
    return month_of(cell.at), parts_of(cell.key)[0]


def _to_mend(uid: str, collection: str, version: datetime, drift: Mapping[Cell, int]) -> list[Write]:
    if not drift:
        return []
    months = ", ".join(sorted({month_of(cell.at) for cell in drift}))
    entry = system_logs.to_record(
        uid,
        "warning",
        "system",
        f"Analytics were off from {collection.replace('_', ' ')} in {len(drift)} counts, and are mended.",
        id=derived_id(uid, collection, version.isoformat()),
        explanation=f"The counts of {months} were compared with the documents; what was missing is added.",
        metadata={"collection": collection, "counts": len(drift)},
    )
    return [*rollups.to_count(uid, f"{collection}{version.isoformat()}", drift), entry]


def _text(drift: Mapping[Cell, int]) -> str:
    rows = [[cell.at.isoformat(), cell.metric, cell.key, by] for cell, by in drift.items()]
    return json.dumps(rows, ensure_ascii=False)


def _cells(text: Any) -> dict[Cell, int]:
    rows = json.loads(text) if isinstance(text, str) else []
    return {Cell(datetime.fromisoformat(at), metric, key): by for at, metric, key, by in rows}
