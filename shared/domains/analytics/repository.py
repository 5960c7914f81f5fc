"""Reads a user's rollups, and the documents that they count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.domains.analytics import cells, contributions, rollups
from shared.domains.analytics.cells import Month, Tally
from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.gcp.queries import Query, Where
from shared.kit import clock
from shared.kit.ids import is_valid_id
from shared.store import sweeps

_STRIDE = 1_000  # documents of one query
_NEVER = datetime.min.replace(tzinfo=UTC)
# All that is read of a document to count it.
FIELDS: dict[str, tuple[str, ...]] = {
    "prospects": ("created_at", "tags"),
    "outreach": (
        *("created_at", "sent_at", "delivered_at", "bounced_at", "complained_at", "replied_at", "opens", "clicks"),
        *("template_id", "persona_id", "kind", "channel", "cause"),
    ),
    "research_tasks": ("status", "started_at", "completed_at", "research_engine"),
    "templates": ("created_at", "category"),
    "playbook_runs": ("created_at", "playbook_id", "persona_id"),
    "calendar_events": ("created_at", "type"),
    "vault": ("created_at", "category"),
    "milestones": ("metric", "at", "keys", "amount"),
    "executions": ("automation_id", "counted"),
}


@dataclass(frozen=True)
class Months:
    """The cells of some documents, each with its month, and how many were read. `at` is when these were all; `folded`
    is when the last of them was folded."""

    cells: list[tuple[str, Month]]
    reads: int
    at: datetime
    folded: datetime


def totals(uid: str, since: datetime, until: datetime) -> Months:
    """The cells of all months from `since` to `until`, the parts that are not folded included: one query, a read for
    each month and each of those parts. By dimension there are only those of the parts."""
    return _months(uid, since, until, None)


def of_dimension(uid: str, since: datetime, until: datetime, dimension: str) -> Months:
    """The folded cells of a dimension: one query, a read for each month."""
    return _months(uid, since, until, dimension)


def _months(uid: str, since: datetime, until: datetime, dimension: str | None) -> Months:
    first, last = (rollups.span_of(cells.month_of(at), dimension) for at in (since, until))
    where: list[Where] = [("span", ">=", first), ("span", "<=", last)]
    query = Query(rollups.COLLECTION, parent=f"users/{uid}", where=where, order=[("span", "asc")])
    rows, at = firestore.client().query_at(query)
    folded = max((row.version for row in rows if rollups.is_folded(row.data)), default=_NEVER)
    return Months([(_month_of(row), rollups.cells_of(row.data)) for row in rows], len(rows), at, folded)


def _month_of(row: Document) -> str:
    return str(row.data["span"]).rpartition("~")[2]


def folded(uid: str, month: str, dimensions: Sequence[str]) -> dict[str, Document | None]:
    """The month's own document and those of its dimensions, as they are stored: a read each."""
    paths = [rollups.folded_path(uid, month, None if each == cells.ALL else each) for each in dimensions]
    return dict(zip(dimensions, firestore.client().get_all(paths), strict=True))


def every_month(uid: str) -> Tally:
    """All that is counted of a user: a read for each document of rollups."""
    tally = Tally()
    for rows in sweeps.documents(Query(rollups.COLLECTION, parent=f"users/{uid}"), _STRIDE):
        for row in rows:
            if isinstance(span := row.data.get("span"), str):
                for cell, number in cells.of_month(span.rpartition("~")[2], rollups.cells_of(row.data)):
                    tally[cell] += number
    return tally


def recounted(uid: str, collection: str) -> Tally:
    """What the documents of a collection count for: a read for each, of the fields that count."""
    tally = Tally()
    for fields in stored(uid, collection):
        tally.update(contributions.of(collection, fields))
    return tally


def stored(uid: str, collection: str) -> Iterator[dict[str, Any]]:
    """The documents of a collection that are counted, as the caller advances."""
    query = Query(collection, parent=f"users/{uid}", fields=FIELDS[collection])
    for rows in sweeps.documents(query, _STRIDE):
        yield from (row.data for row in rows)


# The collections in which a dimension's values are ids.
NAMED = {"template": "templates", "persona": "personas", "automation": "automations"}


def names_of(uid: str, values: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The names of the documents that dimensions and values stand for: one round trip, a read each."""
    wanted = [(dimension, id) for dimension, id in values if dimension in NAMED and is_valid_id(id)]
    paths = [f"users/{uid}/{NAMED[dimension]}/{id}" for dimension, id in wanted]
    rows = firestore.client().get_all(paths, fields=("name",)) if paths else []
    return {pair: str(row.data["name"]) for pair, row in zip(wanted, rows, strict=True) if row and "name" in row.data}


def longest_wait(uid: str) -> float:
    """For how many seconds the run that waits longest to begin has waited; 0 where none does: one read."""
    query = Query(
        "executions",
        parent=f"users/{uid}",
        where=[("status", "==", "pending")],
        order=[("started_at", "asc")],
        limit=1,
    )
    return _age(firestore.client().query(query), "started_at")


def longest_overdue() -> float:
    """For how many seconds the run of any user that is overdue longest has been so: one read."""
    query = Query("executions", group=True, where=sweeps.due("due_at", clock.now()), order=[("due_at", "asc")], limit=1)
    return _age(firestore.client().query(query), "due_at")


def _age(rows: Sequence[Document], field: str) -> float:
    since = rows[0].data.get(field) if rows else None
    return max(0.0, (clock.now() - since).total_seconds()) if isinstance(since, datetime) else 0.0


def created_between(
    uid: str, collection: str, fields: Sequence[str], since: datetime, until: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The ids and some fields of a collection's documents by the time of their creation, newest first: a read each, as
    the caller advances."""
    where: list[Where] = [("created_at", ">=", since), ("created_at", "<", until)]
    query = Query(collection, parent=f"users/{uid}", where=where, order=[("created_at", "desc")], fields=fields)
    for rows in sweeps.documents(query):
        yield from ((row.path.rpartition("/")[2], row.data) for row in rows)
