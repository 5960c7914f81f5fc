"""Relays: a sweep that finds more than its share due hands what is behind it to another call, before it begins.

So as many instances are at work as there is work, each at a stretch of its own, and none waits for another. Where the
message gets lost, the next tick finds what is left.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from shared import log, settings
from shared.errors import Unavailable
from shared.gcp import firestore, tasks
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import Model
from shared.store import cursors, sweeps

QUEUE = "continue-sweep"
Relayed = Callable[[str | None], dict[str, int]]


class Rest(Model):
    """Which sweep goes on, and behind which row."""

    sweep: str
    after: str


def stretch(name: str, query: Query, batch: int, after: str | None) -> Iterator[list[Document]]:
    """A call's share of a query's rows, in batches: those behind the cursor `after`, or the first ones.

    A full first batch is followed by one more query, of bare names, that says where the share ends. What is behind that
    goes to another call of the sweep called `name`: a task.
    """
    share = settings.current().sweep_share
    ours = replace(query, after=cursors.decode(name, after))
    first = firestore.client().query(replace(ours, limit=batch))
    if len(first) < batch:
        yield from filter(None, [first])
        return
    behind = replace(ours, after=cursors.sort_values(first[-1], query.order))
    names = [path for path, _ in query.order]
    last = firestore.client().query(replace(behind, fields=names, limit=share))
    if len(last) == share:
        _hand_on(name, cursors.encode(name, cursors.sort_values(last[-1], query.order)))
    yield first
    for rows in sweeps.documents(behind, batch) if last else ():
        within = [row for row in rows if len(last) < share or _place(row, query) <= _place(last[-1], query)]
        yield within
        if len(within) < len(rows):
            return


def _hand_on(name: str, after: str) -> None:
    """Two ticks in the same minute hand the same rest on once. If the queue does not answer, the next tick does it."""
    minute = f"{clock.now():%Y-%m-%dT%H:%M}"
    body = Rest(sweep=name, after=after).model_dump()
    try:
        tasks.create(QUEUE, name=derived_id(name, after, minute), function="continue_sweep", body=body, at=clock.now())
    except Unavailable as error:
        log.warning("the rest is left to the next tick", reason=error.detail, sweep=name)


def _place(row: Document, query: Query) -> list[object]:
    *values, path = cursors.sort_values(row, query.order)
    return [*values, path.split("/")]
