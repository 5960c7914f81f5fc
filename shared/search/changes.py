"""What has changed since a time: the stream's entries that name documents to index, and these documents as they are.

Documents are always taken as they are now: entries may come twice, late or in any order. An entry's `index_at` is when
the store had the commit's request, so one that is seen later may have the earlier time, but by no more than `SETTLED`:
whoever reads on begins that much before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from shared.gcp import firestore
from shared.gcp.announcements import STREAM
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.search import blobs
from shared.search.entries import Entry, Key
from shared.search.kinds import KINDS, STORED, Kind, entries_of

SETTLED = timedelta(seconds=60)  # three times as long as a commit may take (settings.rpc_seconds)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)  # before every mark
_DOCUMENTS, _PACKS = 250, 10  # of one round trip


class Mark(NamedTuple):
    """A stream entry that names documents to index. `begins`: it stands before a batch whose writes are applied one by
    one, and counts only if no mark of the same batch comes behind it."""

    id: str
    at: datetime
    keys: tuple[Key, ...]
    batch: str
    begins: bool


@dataclass(frozen=True)
class Look:
    """What a query of the marks saw, and the store's time at which it did."""

    marks: list[Mark]
    read_at: datetime
    is_whole: bool  # there was no mark behind these


def begin_count(uid: str, after: datetime, upto: datetime) -> Callable[[], int]:
    """Ask for the number of marks later than a time, up to another, and go on: one round trip, a read for 1,000 of
    them."""
    query = Query(STREAM, parent=f"users/{uid}", where=[("index_at", ">", after), ("index_at", "<=", upto)])
    return firestore.client().begin_count(query)


def look(uid: str, after: datetime, limit: int) -> Look:
    """The marks later than a time, the earliest first: one query, a read each, at least one."""
    return begin_look(uid, after, limit)()


def begin_look(uid: str, after: datetime, limit: int) -> Callable[[], Look]:
    """Like `look`, and go on; what is returned waits for the answer."""
    query = Query(
        STREAM,
        parent=f"users/{uid}",
        where=[("index_at", ">", after)],
        order=[("index_at", "asc")],
        limit=limit,
        fields=("to_index", "index_at", "batch", "begins"),
    )
    answer = firestore.client().begin_query(query)

    def seen() -> Look:
        rows, read_at = answer()
        return Look([_mark(row) for row in rows], read_at, len(rows) < limit)

    return seen


def counted(marks: Sequence[Mark], read_at: datetime) -> tuple[list[Mark], list[Mark]]:
    """The marks that count by a time of the store, and those of batches that have not ended yet."""
    ended = {mark.batch for mark in marks if mark.batch and not mark.begins}
    counting: list[Mark] = []
    open_ones: list[Mark] = []
    for mark in marks:
        if mark.begins and mark.batch in ended:
            continue
        (open_ones if mark.begins and mark.at > read_at - SETTLED else counting).append(mark)
    return counting, open_ones


def keys_of(marks: Iterable[Mark]) -> list[Key]:
    """The documents that they name, each once."""
    return list(dict.fromkeys(key for mark in marks for key in mark.keys))


def take(uid: str, keys: Sequence[Key]) -> dict[Key, list[Entry]]:
    """What is to be indexed of these documents now; nothing of one that is gone.

    A read each, and one for each 200 KB of a file's passages; parallel round trips of 250 documents, then of passages.
    """
    paths = {key.path(uid): key for key in keys}
    fields = sorted({name for kind in {key.kind for key in keys} for name in KINDS[kind].fields})
    read = _get(list(paths), fields, _DOCUMENTS)
    return _entries(uid, {key: document for path, key in paths.items() if (document := read.get(path))}, keys)


def page(uid: str, kind: Kind, after: str, limit: int) -> tuple[dict[Key, list[Entry]], str | None]:
    """What is to be indexed of the documents of a kind behind an id, and the last one's id; None where these are the
    last: one query, a read each."""
    path = f"users/{uid}/{kind.name}"
    query = Query(
        kind.name,
        parent=f"users/{uid}",
        limit=limit,
        after=[f"{path}/{after}"] if after else (),
        fields=sorted(kind.fields),
    )
    rows = firestore.client().query(query)
    documents = {kind.key(row.path.rpartition("/")[2]): row for row in rows}
    last = next(reversed(documents)).id if len(rows) == limit else None
    return _entries(uid, documents, list(documents)), last


def _entries(uid: str, documents: Mapping[Key, Document], keys: Sequence[Key]) -> dict[Key, list[Entry]]:
    below = {key: KINDS[key.kind].companions(each.path, each.data) for key, each in documents.items()}
    packs = _get([path for paths in below.values() for path in paths], ("texts",), _PACKS)
    entries: dict[Key, list[Entry]] = {}
    for key in keys:
        document = documents.get(key)
        passages = [each.data if (each := packs.get(path)) else None for path in below.get(key, ())]
        entries[key] = entries_of(KINDS[key.kind], key.id, document.data, passages) if document else []
    return entries


def _get(paths: Sequence[str], fields: Sequence[str], batch: int) -> dict[str, Document]:
    """The documents that exist, by path."""

    def get(some: Sequence[str]) -> list[Document | None]:
        return firestore.client().get_all(some, fields=fields)

    batches = [paths[at : at + batch] for at in range(0, len(paths), batch)]
    return {each.path: each for some in blobs.in_parallel(get, batches) for each in some if each}


_SEARCHED = {kind.name for kind in STORED}


def _mark(row: Document) -> Mark:
    """The mark of an entry; of one that a person wrote, or that names what this code does not know, without keys."""
    data: Mapping[str, Any] = row.data
    named = data.get("to_index")
    parts = [str(name).partition("/") for name in (named if isinstance(named, list) else ())]
    keys = tuple(Key(kind, id) for kind, _, id in parts if kind in _SEARCHED and id and "/" not in id)
    id = row.path.rpartition("/")[2]
    return Mark(id, data["index_at"], keys, str(data.get("batch") or ""), data.get("begins") is True)
