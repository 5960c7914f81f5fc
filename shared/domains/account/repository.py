"""Stored tombstones of deleted accounts, and the names of all that an account holds."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domains.account.models import Deletion, Export
from shared.domains.account.ownership import OWNED
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query, Where
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.store.repository import Repository

EXPORTS = "exports"
PAGE = 50  # documents of at most 1 MiB, read at once
exports = Repository(Export, "exports", "export")
_TOMBSTONES = "deleted_accounts"
# What acts on the world goes first; the order of all else is that of names.
_FIRST = ("automations", "executions")
BATCH = firestore.MAX_WRITES


def tombstone_path(uid: str) -> str:
    """By the hash of the user's id: the tombstone outlives all that says who the user was."""
    return f"{_TOMBSTONES}/{derived_id('account', uid)}"


def find(uid: str) -> Deletion | None:
    """The tombstone of an account, unless it has served its time: one read."""
    document = firestore.client().get(tombstone_path(uid))
    if document is None or ((until := document.data.get("expires_at")) and until <= clock.now()):
        return None
    return _load(document)


def due(limit: int) -> list[Deletion]:
    """Deletions to go on with, the longest overdue first: one query."""
    where: list[Where] = [("due_at", "<=", clock.now())]
    query = Query(_TOMBSTONES, where=where, order=[("due_at", "asc")], limit=limit)
    return [_load(document) for document in firestore.client().query(query)]


def to_begin(uid: str, now: datetime, due_at: datetime) -> Write:
    """Create the tombstone, or put one in the place of a tombstone that has served its time; fails with AlreadyExists
    where one stands."""
    fields = {"uid": uid, "state": "deleting", "requested_at": now, "due_at": due_at, "documents": 0}
    old = firestore.client().get(tombstone_path(uid))
    if old and (until := old.data.get("expires_at")) and until <= now:
        return Write(old.path, fields, version=old.version)
    return writes.create(tombstone_path(uid), fields)


def change(deletion: Deletion, fields: Mapping[str, Any]) -> datetime:
    """Change a tombstone as it was read: one commit; answers its version. Raises PreconditionFailed, NotFound."""
    return firestore.client().commit([writes.update(deletion.path, fields, version=deletion.version)])


def reread(deletion: Deletion) -> Deletion | None:
    """The tombstone as it is now: one read."""
    document = firestore.client().get(deletion.path)
    return _load(document) if document else None


def removals(uid: str) -> Iterator[Sequence[Write]]:
    """The removal of everything that belongs to a user, of whatever collection, in batches of at most `BATCH`: a query
    of names for each, made as the caller advances."""
    for owned in OWNED:
        for names in _pages(Query(owned.collection, where=[(owned.owner, "==", uid)])):
            for name in names if owned.deep else ():  # first, as nothing names them once it is gone
                yield from _below(name)
            yield [owned.removal(name) for name in names]
    account = f"users/{uid}"
    for collection in _FIRST:
        for names in _pages(Query(collection, parent=account)):
            yield [writes.delete(name) for name in names]
    yield from _below(account)
    if firestore.client().get(account):
        yield [writes.delete(account)]


def _below(path: str) -> Iterator[Sequence[Write]]:
    """The removal of everything below a document."""
    for names in _pages(Query("", parent=path, group=True)):
        yield [writes.delete(name) for name in names]


def running_export(uid: str) -> Export | None:
    """The user's export that is under way: one query."""
    running = exports.select(uid, where=[("status", "==", "running")], limit=1)
    return running[0] if running else None


def due_exports(limit: int) -> list[Export]:
    """Exports of all users to go on with, the longest overdue first: one query."""
    where: list[Where] = [("due_at", "<=", clock.now())]
    due = Query(EXPORTS, group=True, where=where, order=[("due_at", "asc")], limit=limit)
    return [*exports.readable(firestore.client().query(due))]


def page_of_everything(uid: str, after: str | None) -> list[Document]:
    """The next `PAGE` documents below a user, of whatever collection, in the order of their paths: one query."""
    query = Query("", parent=f"users/{uid}", group=True, limit=PAGE, after=[after] if after else ())
    return firestore.client().query(query)


def to_keep_pieces(export: Export, attempt: str, pieces: Sequence[bytes]) -> list[Write]:
    """The writes that store a part of an export; they expire with it."""
    expires = {"expires_at": export.expires_at}
    return [
        Write(path, {"body": piece, **expires})
        for path, piece in zip(_piece_paths(export, attempt, len(pieces)), pieces, strict=True)
    ]


def read_part(export: Export, number: int) -> bytes | None:
    """A part of an export: one round trip, a read for every piece. None where a piece is gone."""
    attempt, _, count = export.pieces[number - 1].partition(":")
    pieces = firestore.client().get_all(_piece_paths(export, attempt, int(count)))
    return b"".join(piece.data["body"] for piece in pieces if piece) if all(pieces) else None


def _piece_paths(export: Export, attempt: str, count: int) -> list[str]:
    path = exports.path(export.user_id, export.id)
    return [f"{path}/export_pieces/{attempt}-{number}" for number in range(count)]


def _pages(query: Query) -> Iterator[list[str]]:
    after: list[Any] = []
    while True:
        page = Query(
            query.collection,
            parent=query.parent,
            group=query.group,
            where=query.where,
            limit=BATCH,
            after=after,
            fields=("__name__",),
        )
        names = [row.path for row in firestore.client().query(page)]
        if names:
            yield names
        if len(names) < BATCH:
            return
        after = [names[-1]]


def _load(document: Document) -> Deletion:
    fields = document.data
    return Deletion(
        path=document.path,
        uid=fields.get("uid"),
        state=fields["state"],
        requested_at=fields["requested_at"],
        documents=int(fields["documents"]),
        version=document.version,
    )
