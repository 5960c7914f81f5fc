"""Checks every index once a day against the documents, repairs what is off, and removes what is left over.

What may be off: a change that was never announced, such as one by hand; documents that the store's TTL removed. A user
whose documents have not changed is looked at closely once a week.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from shared import log
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import clock
from shared.search import blobs, changes, compaction, indexing, upkeep
from shared.search import manifest as manifests
from shared.search.entries import Key
from shared.search.index import Index
from shared.search.kinds import STORED, Kind
from shared.search.manifest import Manifest
from shared.search.reader import Reader
from shared.search.results import Filters
from shared.search.text.query import parsed
from shared.store import sweeps
from shared.store.sweeps import Sweep

BATCH = 10  # users
_THREADS = 2  # each has an index in memory
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_ORPHANED = timedelta(hours=1)  # until then a compaction may be about to name it
_FEW = 32  # expired documents are not worth a segment
_WASTE = 2  # how many times as many documents its segments may name as there are
_PAGE = 1_000
_MOST = 1_000  # documents that are repaired one by one; where more are off, the index is rebuilt
_TURN = timedelta(seconds=20)  # of one user
_EVERYTHING = parsed("")
_counts = ThreadPoolExecutor(max_workers=8, thread_name_prefix="check")


def sweep() -> dict[str, int]:
    """Check the indexes that are due: a query for every 10, and a write and a read for each; where documents have
    changed, the index is read, and a count is made for each kind."""
    this = Sweep("checked", "closely", "repaired", "expired", "orphans", "rebuilds", threads=_THREADS)
    query = Query(
        manifests.COLLECTION, group=True, where=sweeps.due("check_at", clock.now()), order=[("check_at", "asc")]
    )
    this.each(sweeps.documents(query, BATCH), lambda rows: _check_each(this, rows))
    return this.done()


def _check_each(sweep: Sweep, rows: Sequence[Document]) -> None:
    tomorrow = clock.now() + _DAY
    claimed = sweep.write(rows, lambda row: writes.update(row.path, {"check_at": tomorrow}, version=row.version))
    for row in claimed:
        if sweep.late():
            return  # these are checked tomorrow
        try:
            uid = row.path.split("/")[1]
            sweep.count(checked=1, **check(uid))
            sweep.succeed()
        except manifests.TAKEN:
            continue  # the index is being worked on
        except Exception as error:
            sweep.fail(error, path=row.path)


def check(uid: str) -> dict[str, int]:
    """Check one index; returns what was done, in numbers.

    Raises PreconditionFailed, AlreadyExists or NotFound where another process changes it meanwhile.
    """
    compaction.run(uid, clock.now() + _TURN, least=upkeep.LEAST)
    manifest = manifests.read(uid)
    if manifest is None or not manifest.is_searchable:
        return {}
    look = changes.look(uid, manifest.checked_at or changes.FIRST, 1)
    if manifest.checked_at and not look.marks and manifest.checked_at > look.read_at - _WEEK:
        return {}
    checked = _Check(uid, Reader(uid).current())
    keys, expired = checked.keys_off(), checked.expired()
    if keys:
        log.error("a search index was not as its documents", documents=len(keys))
    few = keys[:_MOST]
    entries = changes.take(uid, few) | {key: [] for key in expired}
    repaired = compaction.append(entries, manifest) if entries else manifest
    firestore.client().commit([manifests.to_store(repaired.changed(checked_at=look.read_at))])
    rebuilds = len(few) < len(keys) or _needs_rebuild(repaired, checked.index)
    if rebuilds:
        upkeep.start_reindex(uid)
    done = {"closely": 1, "repaired": len(few), "expired": len(expired), "rebuilds": int(rebuilds)}
    return {**done, "orphans": remove_orphans(uid, repaired)}


@dataclass
class _Check:
    """A user's index beside the documents."""

    uid: str
    index: Index
    now: datetime = field(default_factory=clock.now)

    def keys_off(self) -> list[Key]:
        """The documents that the index has and the store has not, or the other way round: a count for each kind, in
        parallel; where a count differs, a read for each document of that kind."""
        client = firestore.client()
        counting = [_counts.submit(copy_context().run, partial(client.count, self._query(kind))) for kind in STORED]
        stored = [each.result() for each in counting]
        indexed = self.index.search(_EVERYTHING, limit=1).facets.kinds
        off: list[Key] = []
        for kind, number in zip(STORED, stored, strict=True):
            has = indexed.get(kind.name, 0) if kind.retention is None else len(self._indexed(kind))
            if has != number:
                log.warning("a kind's documents are off in the index", kind=kind.name, indexed=has, stored=number)
                off += set(self._indexed(kind)) ^ set(self._stored(kind))
        return off

    def _since(self, kind: Kind) -> datetime | None:
        return self.now - kind.retention if kind.retention else None

    def _query(self, kind: Kind) -> Query:
        """The documents of a kind; of one that expires, those that are not due to."""
        since, parent = self._since(kind), f"users/{self.uid}"
        if since is None:
            return Query(kind.name, parent=parent)
        return Query(kind.name, parent=parent, where=[(kind.at, ">=", since)], order=[(kind.at, "desc")])

    def _indexed(self, kind: Kind) -> list[Key]:
        filters = Filters(kinds=(kind.name,), since=self._since(kind))
        return [key for key, _ in self.index.all_matching(_EVERYTHING, filters)]

    def _stored(self, kind: Kind) -> Iterator[Key]:
        for rows in sweeps.documents(_names_of(self._query(kind)), _PAGE):
            yield from (kind.key(row.path.rpartition("/")[2]) for row in rows)

    def expired(self) -> list[Key]:
        """The documents in the index that the TTL has removed, or is about to; none where they are few."""
        keys: list[Key] = []
        for kind in STORED:
            if kind.retention:
                filters = Filters(kinds=(kind.name,), until=self._since(kind))
                keys += [key for key, _ in self.index.all_matching(_EVERYTHING, filters)]
        return keys if len(keys) >= _FEW else []


def remove_orphans(uid: str, manifest: Manifest) -> int:
    """Delete the pieces of segments that no manifest names, which a process has left that died: a read for each piece.
    Returns how many pieces were removed."""
    building = manifest.building.segments if manifest.building else []
    named = {each.id for each in (*manifest.segments, *building, *(each.segment for each in manifest.retired))}
    pieces = firestore.client().query(_names_of(Query(blobs.COLLECTION, parent=f"users/{uid}")))
    orphans = [piece for piece in pieces if piece.path.rpartition("/")[2].partition(".")[0] not in named]
    old = [piece for piece in orphans if piece.read_at and piece.version < piece.read_at - _ORPHANED]
    deletions: list[Write] = [writes.delete(piece.path, version=piece.version) for piece in old]
    return firestore.client().batch_write(deletions).count(None) if deletions else 0


def _needs_rebuild(manifest: Manifest, index: Index) -> bool:
    """Whether the vectors are of another model than the present one, or most of the index is of documents that are
    gone."""
    return manifest.model != indexing.model_name() or manifest.documents > _WASTE * index.documents + compaction.STEP


def _names_of(query: Query) -> Query:
    """The query of the names alone, and of the field that it is sorted by, which pages go on behind."""
    names = [path for path, _ in query.order] or ["__name__"]
    return Query(query.collection, query.parent, where=query.where, order=query.order, fields=names)
