"""A user's index as an instance has it in memory: the stored segments, and behind them what has changed since.

Every search reads the manifest and the marks that came since the last, and counts those of the minute before, of which
some may have come late: in parallel, three reads in one round trip where none did.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from shared import log
from shared.errors import Unavailable
from shared.gcp.announcements import INDEX_RETENTION
from shared.search import blobs, changes, indexing, rebuilding
from shared.search import manifest as manifests
from shared.search.blobs import MissingSegment
from shared.search.changes import Look, Mark
from shared.search.entries import Key
from shared.search.index import Index
from shared.search.manifest import Manifest
from shared.search.packing import DamagedIndex
from shared.search.segments import Segment

STEP = 500  # changed documents that become a segment in memory
_MARKS = 200  # of one query
_FEW = 2  # marks, which are rather read again than counted
_SEGMENTS = 6  # in memory, then they are merged
_BUILD_SECONDS = 15.0  # within a search, then a worker goes on
_OLDEST = INDEX_RETENTION - timedelta(days=1)


@dataclass(frozen=True)
class Fresh:
    """A segment of documents that changed, and when the last of their marks came, or those of a segment before it: it
    is not dropped while an older one is kept, in which a document may be as it was before."""

    segment: Segment
    upto: datetime


class Reader:
    """One user's index in this instance. Safe for threads: of several searches at once each sees all that was committed
    before it began."""

    def __init__(self, uid: str) -> None:
        self.uid = uid
        self._lock = Lock()
        self._manifest: Manifest | None = None
        self._stored: dict[str, Segment] = {}
        self._fresh: list[Fresh] = []
        self._unread: dict[Key, datetime] = {}  # changed documents that no search has needed yet, and when they did
        self._seen: dict[str, datetime] = {}  # the last minute's marks, and when they came
        self._open: dict[str, Mark] = {}  # of batches that had not ended
        self._looked_at: datetime | None = None  # by the store's clock
        self._damaged: str | None = None  # the generation of which a part turned out damaged
        self._index = Index(())
        self._common: tuple[Segment, ...] = ()

    @property
    def waiting(self) -> int:
        """How many changed documents are in memory and not in the stored segments."""
        return len(self._unread) + sum(fresh.segment.documents for fresh in self._fresh)

    @property
    def bytes(self) -> int:
        """About how much memory it takes."""
        stored = sum(segment.bytes for segment in (self._manifest.segments if self._manifest else ()))
        return stored + sum(2_000 * fresh.segment.entries for fresh in self._fresh)

    def current(self, common: Sequence[Segment] = (), kinds: Collection[str] = ()) -> Index:
        """The index with all that is committed by now; `common` are segments that all users share. With `kinds`, of
        documents of these alone: others that have changed may be in it as they were.

        Warm: one round trip, three reads, and one more where documents have changed, with two reads each. Cold: the
        manifest, the segments, the marks since, and the documents that these name. Where there is no index, it is
        built.
        """
        reading, looking = manifests.begin_read(self.uid), self._begin_look()
        manifest, look = reading(), looking()
        with self._lock:
            self._follow(manifest, look, again=2)
            self._read(kinds)
            if self._common != tuple(common):
                self._common = tuple(common)
                self._renew()
            return self._index

    def give_up(self, index: Index) -> None:
        """Have an index built anew of which a part cannot be read, unless it has changed meanwhile."""
        with self._lock:
            if self._manifest and index is self._index:
                self._damaged = self._manifest.generation
                self._forget()

    def _begin_look(self) -> Callable[[], Look | None]:
        """Ask for the marks that came since the last look, and go on; None where there was none.

        A mark may come late by as long as a commit may take, which is rare: those of that time are counted, and read
        again if they are not as many as were seen.
        """
        with self._lock:
            looked_at = self._looked_at
            if looked_at is None:
                return lambda: None
            settled = looked_at - changes.SETTLED
            seen = sum(settled < at <= looked_at for at in self._seen.values())
        if seen <= _FEW:
            return changes.begin_look(self.uid, settled, _MARKS)
        count = changes.begin_count(self.uid, settled, looked_at)
        look = changes.begin_look(self.uid, looked_at, _MARKS)

        def marks() -> Look:
            since = look()
            return since if count() == seen else changes.look(self.uid, settled, seen + _MARKS)

        return marks

    def _follow(self, manifest: Manifest | None, look: Look | None, again: int) -> None:
        """Take what a manifest and a look say."""
        if manifest and manifest.generation == self._damaged:
            manifest = manifest.changed(generation="", building=None)
        try:
            if manifest is None or not manifest.is_searchable:
                manifest, made = rebuilding.build(self.uid, manifest, _BUILD_SECONDS)
                self._forget()
                self._stored = made
            current = self._manifest
            if current is None or current.generation != manifest.generation or not look:
                self._begin(manifest)
            else:
                self._adopt(manifest)
                self._take_all(look)
        except (MissingSegment, DamagedIndex) as error:
            if not again:
                raise Unavailable("The search index is being changed; try again.", retry_after=1) from error
            log.warning("a search index is read again", exception=error)
            self._forget()
            read = manifests.read(self.uid)
            damaged = again == 1 or isinstance(error, DamagedIndex)
            self._follow(read.changed(generation="", building=None) if read and damaged else read, None, again - 1)

    def _begin(self, manifest: Manifest) -> None:
        """Read the index, and all that has changed since its watermark."""
        self._fresh, self._unread, self._seen, self._open = [], {}, {}, {}
        self._looked_at = None
        previous, self._manifest = self._manifest, None
        if previous and previous.version and manifest.version and previous.version > manifest.version:
            manifest = previous  # another search has read a later one meanwhile
        self._adopt(manifest)
        look = changes.look(self.uid, manifest.watermark, _MARKS)
        if look.read_at - manifest.watermark > _OLDEST:
            log.warning("a search index is older than the marks of changes, and is rebuilt")
            raise DamagedIndex("The index is older than the changes that are kept.")
        self._take_all(look)

    def _forget(self) -> None:
        self._manifest, self._stored = None, {}

    def _adopt(self, manifest: Manifest) -> None:
        """Have the stored segments of a manifest, unless a later one was read."""
        current = self._manifest
        if current and current.version and manifest.version and manifest.version <= current.version:
            return
        lacking = [stored for stored in manifest.segments if stored.id not in self._stored]
        loaded = self._stored | blobs.load(self.uid, lacking)
        self._stored = {stored.id: loaded[stored.id] for stored in manifest.segments}
        self._fresh = [fresh for fresh in self._fresh if fresh.upto > manifest.watermark]
        self._unread = {key: at for key, at in self._unread.items() if at > manifest.watermark or self._has(key)}
        self._manifest = manifest
        self._renew()

    def _take_all(self, look: Look) -> None:
        """Take what a look saw, and what is behind it."""
        limit = _MARKS
        self._take(look)
        while not look.is_whole:
            limit *= 2
            look = changes.look(self.uid, look.marks[-1].at - timedelta(microseconds=1), limit)
            self._take(look)
        looked_at = self._looked_at = max(self._looked_at or look.read_at, look.read_at)
        self._seen = {id: at for id, at in self._seen.items() if at > looked_at - changes.SETTLED}

    def _take(self, look: Look) -> None:
        """Take note of the documents of marks that were not seen yet."""
        marks = [*self._open.values(), *(mark for mark in look.marks if mark.id not in self._seen)]
        counting, still_open = changes.counted(marks, look.read_at)
        for mark in counting:
            for key in mark.keys:
                self._unread[key] = max(mark.at, self._unread.get(key, mark.at))
        self._seen |= {mark.id: mark.at for mark in marks}
        self._open = {mark.id: mark for mark in still_open}

    def _read(self, kinds: Collection[str]) -> None:
        """Read the changed documents of some kinds, or of all, as they are now."""
        keys = [key for key in self._unread if not kinds or key.kind in kinds]
        for at in range(0, len(keys), STEP):
            some = keys[at : at + STEP]
            entries = changes.take(self.uid, some)
            upto = max(*(self._unread[key] for key in some), *(fresh.upto for fresh in self._fresh), changes.FIRST)
            self._fresh.append(Fresh(indexing.segment_of(entries, waits=False), upto))
            for key in some:
                del self._unread[key]
        if keys:
            self._merge()
            self._renew()

    def _has(self, key: Key) -> bool:
        """Whether a segment in memory has a document, as it was."""
        return any(fresh.segment.has(key) for fresh in self._fresh)

    def _merge(self) -> None:
        if len(self._fresh) > _SEGMENTS:
            merged = Segment.merged([fresh.segment for fresh in self._fresh], False)
            self._fresh = [Fresh(merged, max(fresh.upto for fresh in self._fresh))]

    def _renew(self) -> None:
        stored = [self._stored[each.id] for each in (self._manifest.segments if self._manifest else ())]
        synonyms = self._manifest.synonyms if self._manifest else {}
        self._index = Index([*self._common, *stored, *(fresh.segment for fresh in self._fresh)], synonyms)
