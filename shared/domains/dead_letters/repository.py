"""Stored dead letters: `dead_letters/{id}`, and the pieces of a large body in documents below."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domains.dead_letters.models import DeadLetter
from shared.errors import NotFound
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query, Where
from shared.gcp.writes import Write
from shared.kit.ids import is_valid_id
from shared.kit.paging import Page, fingerprint
from shared.store import cursors
from shared.store.repository import Order

_COLLECTION, _PIECES = "dead_letters", "pieces"
_PIECE = 700_000  # bytes of a body in one document


def path(id: str) -> str:
    """The path of a letter. Raises NotFound for an invalid id."""
    if not is_valid_id(id):
        raise NotFound("There is no dead letter with this id.")
    return f"{_COLLECTION}/{id}"


def find(id: str) -> Document | None:
    """The stored letter: one read."""
    return firestore.client().get(path(id))


def get(id: str) -> Document:
    """The stored letter: one read. Raises NotFound."""
    document = find(id)
    if document is None:
        raise NotFound("There is no dead letter with this id.")
    return document


def load(document: Document) -> DeadLetter:
    """The letter of a stored document, without its body."""
    data = document.data
    named = json.loads(data.get("attributes") or "{}")
    return DeadLetter.model_validate({**data, "id": document.path.rpartition("/")[2], "attributes": named})


def body(document: Document) -> bytes:
    """The letter's body: in the document, or a query for its pieces."""
    if "body" in document.data:
        return bytes(document.data["body"])
    rows = firestore.client().query(Query(_PIECES, parent=document.path))
    pieces = sorted(rows, key=lambda row: int(row.path.rpartition("/")[2]))
    return b"".join(bytes(row.data["body"]) for row in pieces[: document.data["pieces"]])


def to_create(id: str, fields: Mapping[str, Any], content: bytes) -> tuple[list[Write], Write]:
    """The writes of a body's pieces, which come first, and of the letter."""
    named = {**fields, "attributes": json.dumps(fields["attributes"])}
    if len(content) <= _PIECE:
        return [], writes.create(path(id), {**named, "body": content})
    cut = [content[at : at + _PIECE] for at in range(0, len(content), _PIECE)]
    beside = [
        Write(f"{path(id)}/{_PIECES}/{number}", {"body": piece, "expires_at": fields["expires_at"]})
        for number, piece in enumerate(cut)
    ]
    return beside, writes.create(path(id), {**named, "pieces": len(cut)})


def to_update(id: str, fields: Mapping[str, Any], *, version: datetime) -> Write:
    return writes.update(path(id), fields, version=version)


def to_delete(document: Document) -> list[Write]:
    """The writes that delete a letter and its pieces."""
    pieces = range(document.data.get("pieces", 0))
    below = [writes.delete(f"{document.path}/{_PIECES}/{number}") for number in pieces]
    return [writes.delete(document.path, exists=True), *below]


def page(where: Sequence[Where], *, order: Order, limit: int, cursor: str | None) -> tuple[list[Document], str | None]:
    """The letters that match, and the cursor of the next page: one query."""
    query_id = fingerprint(_COLLECTION, list(where), list(order))
    after = cursors.decode(query_id, cursor)
    rows = firestore.client().query(_matching(where, order, limit + 1, after))
    shown = rows[:limit]
    more = len(rows) > limit
    return shown, cursor_of(shown[-1], where, order) if more else None


def cursor_of(row: Document, where: Sequence[Where], order: Order) -> str:
    """The cursor of the letters behind a row of a page."""
    return cursors.encode(fingerprint(_COLLECTION, list(where), list(order)), cursors.sort_values(row, order))


def total(where: Sequence[Where], order: Order) -> int:
    """How many letters match: one aggregation."""
    return firestore.client().count(_matching(where, order, None, ()))


def _matching(where: Sequence[Where], order: Order, limit: int | None, after: Sequence[Any]) -> Query:
    # Bodies are large, and no list shows them.
    fields = () if limit is None else (*DeadLetter.model_fields.keys() - {"id"},)
    return Query(_COLLECTION, where=where, order=order, limit=limit, after=after, fields=fields)


def listed(rows: Sequence[Document], count: int, next_cursor: str | None) -> Page[DeadLetter]:
    """A page of letters."""
    return Page([load(row) for row in rows], count, next_cursor)
