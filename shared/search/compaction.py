"""Keeps a user's index small and quick: takes what has changed into segments, merges them, and goes on with rebuilds.

It works in steps. Each is one commit under the version of the manifest that it began with, so a process may die at any
moment, and of two that work at once one is refused; a lease in the manifest has the second one leave. No write of a
user ever waits for it, and no reader: what a reader needs is there before and behind each commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared import log
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import new_id
from shared.search import blobs, changes, indexing, rebuilding, tiers
from shared.search import manifest as manifests
from shared.search.blobs import MissingSegment
from shared.search.changes import Look, Mark
from shared.search.entries import Entry, Key
from shared.search.manifest import Manifest, Retired
from shared.search.packing import DamagedIndex
from shared.search.segments import Segment

STEP = 500  # changed documents
_MARKS = 300  # of one query
LEASE = timedelta(seconds=90)  # longer than a step takes
_READ = timedelta(minutes=10)  # how long a reader may need a segment that was retired
_CLEARED = 40  # retired segments of one commit
_AGED = timedelta(days=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Result:
    """How a call ended: how many steps it has made, and when there is more to do (None: no more)."""

    steps: int
    again_at: datetime | None = None


def run(uid: str, until: datetime, *, least: int = 1) -> Result:
    """Work on a user's index until nothing is left to do or the time is over: a read, and a commit for each step.

    Fewer changed documents than `least` are left alone for a day. A user without an index has none made.
    """
    manifest = manifests.read(uid)
    if manifest is None:
        return Result(0)
    keeper = _Keeper(manifest, least)
    steps = 0
    while clock.now() < until:
        if held_until := keeper.manifest.held_until(keeper.name):
            return Result(steps, held_until)
        try:
            if not keeper.step():
                keeper.release()
                return Result(steps)
            steps += 1
        except (*manifests.TAKEN, DamagedIndex, MissingSegment) as error:
            read = manifests.read(uid)
            if read is None:
                return Result(steps)
            is_damaged = read.version == keeper.manifest.version
            keeper.follow(read)
            if is_damaged:
                log.error("a search index is damaged, and is built anew", exception=error)
                keeper.rebuild()
    return Result(steps, clock.now())


def append(entries: Mapping[Key, Sequence[Entry]], manifest: Manifest) -> Manifest:
    """Take documents into an index, beside those that its marks name: one commit. Returns the manifest as it is then.

    Raises PreconditionFailed, AlreadyExists or NotFound where another process has changed the index.
    """
    stored, pieces = blobs.packed(manifest.uid, indexing.segment_of(entries, waits=True))
    return blobs.store(manifest.changed(segments=[*manifest.segments, stored]), pieces)


@dataclass
class _Keeper:
    """One call's work on an index."""

    manifest: Manifest
    least: int
    name: str = field(default_factory=new_id)
    taken: set[str] = field(default_factory=set)  # marks behind the watermark that are in the segments
    marks: int = _MARKS

    def follow(self, manifest: Manifest) -> None:
        """Go on from a manifest that another call has stored."""
        self.manifest = manifest
        self.taken.clear()

    def release(self) -> None:
        """Let others work on the index at once, where the last step still held it: one commit."""
        if self.manifest.leased_by == self.name:
            self._store(self.manifest, [], is_last=True)

    def rebuild(self) -> None:
        """Begin to build the index anew, for a part of it cannot be read: meanwhile it answers what it can."""
        look = changes.look(self.manifest.uid, changes.FIRST, 1)
        self._store(rebuilding.begun(self.manifest, look), [], is_last=False)

    def step(self) -> bool:
        """Make the next step; False where there is none."""
        if self.manifest.building:
            step = rebuilding.advance(self.manifest, waits=True)
            self.taken.clear()
            self._store(step.manifest, step.pieces, is_last=step.manifest.building is None)
            return True
        return self._absorb() or self._merge() or self._clear()

    def _absorb(self) -> bool:
        """Take changed documents into a new segment."""
        look = changes.look(self.manifest.uid, self.manifest.watermark, self.marks)
        counting, _ = changes.counted(look.marks, look.read_at)
        fresh = [mark for mark in counting if mark.id not in self.taken]
        if not fresh and not look.is_whole:
            self.marks *= 2  # so many were taken a moment ago that they fill the query
            return self._absorb()
        chosen, rest = _share(fresh)
        keys = changes.keys_of(chosen)
        waits = look.is_whole and len(keys) < self.least and not _is_aged(self.manifest, chosen, look)
        if waits or not (keys or _is_aged(self.manifest, chosen, look)):
            return False
        watermark = max(self.manifest.watermark, _settled(look, rest))
        self.taken |= {mark.id for mark in chosen}
        is_last = look.is_whole and not rest and tiers.to_merge([*self._sizes(), len(keys)]) is None
        if not keys:
            self._store(self.manifest.changed(watermark=watermark), [], is_last=is_last)
            return True
        segment = indexing.segment_of(changes.take(self.manifest.uid, keys), waits=True)
        stored, pieces = blobs.packed(self.manifest.uid, segment)
        segments = [*self.manifest.segments, stored]
        self._store(self.manifest.changed(segments=segments, watermark=watermark), pieces, is_last=is_last)
        return True

    def _merge(self) -> bool:
        """Merge the newest segments, where there are many."""
        start = tiers.to_merge(self._sizes())
        if start is None:
            return False
        segments = self.manifest.segments
        loaded = blobs.load(self.manifest.uid, segments[start:])
        merged = Segment.merged([loaded[each.id] for each in segments[start:]], start == 0)
        stored, pieces = blobs.packed(self.manifest.uid, merged)
        kept = [*segments[:start], *([stored] if merged.documents else [])]
        retired = manifests.retired(segments[start:], self.manifest)
        self._store(self.manifest.changed(segments=kept, retired=retired), pieces, is_last=True)
        return True

    def _clear(self) -> bool:
        """Delete the segments that no reader needs any more, where no other step did."""
        if not _over(self.manifest.retired):
            return False
        self._store(self.manifest, [], is_last=True)
        return True

    def _store(self, manifest: Manifest, pieces: Sequence[Write], *, is_last: bool) -> None:
        over = _over(manifest.retired)
        deletions = [write for each in over for write in blobs.to_delete(manifest.uid, each.segment)]
        manifest = manifest.changed(
            retired=[each for each in manifest.retired if each not in over],
            leased_by="" if is_last else self.name,
            leased_until=None if is_last else clock.now() + LEASE,
        )
        self.manifest = blobs.store(manifest, [*pieces, *deletions])
        log.info("a search index was compacted", segments=len(manifest.segments), documents=manifest.documents)

    def _sizes(self) -> list[int]:
        return [segment.entries for segment in self.manifest.segments]


def _share(marks: Sequence[Mark]) -> tuple[list[Mark], list[Mark]]:
    """The first marks, of up to 500 documents, and the others."""
    keys: set[Key] = set()
    for place, mark in enumerate(marks):
        keys.update(mark.keys)
        if len(keys) > STEP and place:
            return [*marks[:place]], [*marks[place:]]
    return [*marks], []


def _settled(look: Look, rest: Sequence[Mark]) -> datetime:
    """Up to when no mark is left, nor can come any more."""
    bounds = [look.read_at - changes.SETTLED]
    if rest:
        bounds.append(rest[0].at - _TICK)
    if not look.is_whole:
        bounds.append(look.marks[-1].at - _TICK)
    return min(bounds)


def _is_aged(manifest: Manifest, chosen: Sequence[Mark], look: Look) -> bool:
    """Whether changes have waited for a day; or, where there are none, whether the watermark is a week behind."""
    if chosen:
        return chosen[0].at < look.read_at - _AGED
    return manifest.watermark < look.read_at - 7 * _AGED


def _over(retired: Sequence[Retired]) -> list[Retired]:
    return [each for each in retired if each.at < clock.now() - _READ][:_CLEARED]
