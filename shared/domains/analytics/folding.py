"""Folds the parts of yesterday into their month's own documents, so that a year is read as a dozen documents.

A part and what it is folded into are one commit under the versions that were read: a count is in the one or the other,
whatever dies or comes meanwhile.
"""

from collections import defaultdict
from collections.abc import Sequence

from shared.domains.analytics import cells, plans, repository, rollups
from shared.domains.analytics.cells import ALL, OTHER, Month
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import clock
from shared.store import sweeps
from shared.store.sweeps import Sweep

BATCH = 100  # parts
MOST_BYTES = 700_000  # of one document's cells; Firestore takes a document of 1 MiB


def sweep() -> dict[str, int]:
    """Fold the parts that are due: a query for every 100; for a user's month a read and a write for each dimension, and
    a write for each part."""
    this = Sweep("folded", "months")
    query = Query(rollups.COLLECTION, group=True, where=sweeps.due("fold_at", clock.now()), order=[("fold_at", "asc")])
    this.each(sweeps.documents(query, BATCH), lambda rows: _fold_each(this, rows))
    return this.done()


def _fold_each(sweep: Sweep, rows: Sequence[Document]) -> None:
    by_month: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for row in rows:
        by_month[row.path.split("/")[1], str(row.data["span"])].append(row)
    for (uid, month), parts in by_month.items():
        try:
            fold(uid, month, parts)
        except plans.TAKEN:
            continue  # another sweep folds it, or a part has just grown: the next sweep
        except Exception as error:
            sweep.fail(error, rows=[part.path for part in parts[:3]])
            continue
        sweep.succeed()
        sweep.count(folded=len(parts), months=1)


def fold(uid: str, month: str, parts: Sequence[Document]) -> None:
    """Fold parts of a month, one commit. Raises PreconditionFailed, NotFound or AlreadyExists where one has changed
    meanwhile."""
    whole: Month = {}
    for part in parts:
        whole = cells.merge(whole, rollups.cells_of(part.data))
    split = rollups.by_dimension(whole)
    present = repository.folded(uid, month, [ALL, *(each for each in split if each != ALL)])
    changes = [writes.delete(part.path, version=part.version) for part in parts]
    for dimension, document in present.items():
        earlier = rollups.cells_of(document.data) if document else {}
        changes.append(_to_store(uid, month, dimension, cells.merge(earlier, split.get(dimension, {})), document))
    firestore.client().commit([*changes, plans.to_ask(uid)])


def _to_store(uid: str, month: str, dimension: str, merged: Month, document: Document | None) -> Write:
    named = None if dimension == ALL else dimension
    path = rollups.folded_path(uid, month, named)
    fields = {"packed": bounded(merged), "span": rollups.span_of(month, named)}
    return writes.update(path, fields, version=document.version) if document else writes.create(path, fields)


def bounded(merged: Month) -> bytes:
    """The cells, packed. Where a document has no room for them, the values of the dimension that are met least become
    OTHER, half of them at a time; the sums stay."""
    body = rollups.packed(merged)
    while len(body) > MOST_BYTES:
        merged = without_smallest(merged)
        body = rollups.packed(merged)
    return body


def without_smallest(merged: Month) -> Month:
    """The cells with the smaller half of the values under OTHER."""
    sizes: dict[str, int] = defaultdict(int)
    for keys in merged.values():
        for key, slots in keys.items():
            sizes[key] += sum(map(abs, slots.values()))
    dimension = cells.parts_of(next(iter(sizes)))[0]
    other = f"{dimension}~{OTHER}"
    ranked = sorted((key for key in sizes if key != other), key=lambda key: (-sizes[key], key))
    largest = {*ranked[: len(ranked) // 2], other}
    smaller: Month = {}
    for metric, keys in merged.items():
        for key, slots in keys.items():
            cells.merge(smaller, {metric: {key if key in largest else other: dict(slots)}})
    return smaller
