"""Builds a user's index anew from the documents, step by step: each step is one commit, and a later one goes on from
there. Meanwhile the former index answers, where there is one; what changes is taken from its marks behind the rebuild.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial

from shared import log
from shared.errors import Unavailable, Withheld
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import new_id
from shared.search import asking, blobs, changes, indexing, tiers
from shared.search import manifest as manifests
from shared.search.changes import Look
from shared.search.entries import Entry, Key
from shared.search.kinds import KINDS, STORED, Kind
from shared.search.manifest import Building, Manifest, Rebuilt
from shared.search.segments import Segment

STEP = 1_000  # documents
_POLL_SECONDS = 0.5
_FILES = 10  # of a step: their passages are many
_pages = ThreadPoolExecutor(max_workers=8, thread_name_prefix="rebuild")


@dataclass(frozen=True)
class Step:
    """What a step makes: the manifest to store, the pieces of its new segment, and that segment by its id."""

    manifest: Manifest
    pieces: list[Write]
    by_id: dict[str, Segment]


def begun(manifest: Manifest, look: Look, *, total: int | None = None) -> Manifest:
    """The manifest with a new rebuild, which takes all that was changed by the time of the look."""
    watermark = look.read_at - changes.SETTLED
    after = {kind.name: "" for kind in STORED}
    return manifest.changed(
        building=Building(id=new_id(), begun_at=clock.now(), watermark=watermark, after=after, total=total)
    )


def unbuilt(uid: str, stored: Manifest | None, look: Look) -> Manifest:
    """The manifest of an index that cannot be searched: new, or what is left of one of another format."""
    if stored is None:
        return manifests.new(uid, look.read_at - changes.SETTLED)
    kept = manifests.retired(stored.segments, stored)
    return stored.changed(format=manifests.FORMAT, generation="", segments=[], retired=kept, building=None)


def advance(manifest: Manifest, *, waits: bool) -> Step:
    """The next step of the rebuild: up to a thousand documents of all kinds, or a merge, and then the end.

    A query for each kind that is left, in parallel, a read for each document. Stores nothing. With `waits` a vendor's
    embeddings are waited for; without, documents are indexed by their words where it refuses.
    """
    building = manifest.building
    assert building is not None  # noqa: S101 -- who calls has seen it
    start = tiers.to_merge([segment.entries for segment in building.segments])
    if start is not None:
        return _merged(manifest, building, start)
    entries, after = _read(manifest.uid, building)
    segments = list(building.segments)
    pieces: list[Write] = []
    made: dict[str, Segment] = {}
    if entries:
        segment = indexing.segment_of(entries, waits=True) if waits else indexing.or_without_vectors(entries)
        stored, pieces = blobs.packed(manifest.uid, segment)
        segments.append(stored)
        made = {stored.id: segment}
    documents = building.documents + len(entries)
    building = building.model_copy(update={"segments": segments, "after": after, "documents": documents})
    return Step(_ended(manifest, building) if not after else manifest.changed(building=building), pieces, made)


def build(uid: str, stored: Manifest | None, seconds: float) -> tuple[Manifest, dict[str, Segment]]:
    """Build the index of a user who has none that can be searched, here and now.

    Two round trips, a read for each document, and a commit, for up to a thousand documents; two more round trips for
    every further thousand. Several processes that build it at once share the work, and all wait for a worker that is at
    it: a read every half a second. Raises Unavailable once the time is up: what is built by then is kept, and a worker
    goes on.
    """
    until = time.monotonic() + seconds
    made: dict[str, Segment] = {}
    manifest = stored
    while manifest is None or not manifest.is_searchable:
        if manifest and manifest.held_until():
            time.sleep(_POLL_SECONDS)
            manifest = manifests.read(uid)
        else:
            manifest = _step(uid, manifest, made)
        if time.monotonic() > until and not (manifest and manifest.is_searchable):
            _hand_over(manifest)
            raise Unavailable("The search index is being built; try again in a moment.", retry_after=5)
    log.info("a search index was built", documents=manifest.documents)
    return manifest, made


def _step(uid: str, manifest: Manifest | None, made: dict[str, Segment]) -> Manifest | None:
    """Make and store the next step of a first build, its segment among those that were `made`; returns the manifest as
    it is then."""
    if manifest is None or manifest.building is None or manifest.format != manifests.FORMAT:
        look = changes.look(uid, changes.FIRST, 1)
        manifest = begun(unbuilt(uid, manifest, look), look)
    step = advance(manifest, waits=False)
    try:
        manifest = blobs.store(step.manifest, step.pieces)
    except manifests.TAKEN:
        return manifests.read(uid)
    except Withheld:  # a dry run: it has the index in memory, and stores none
        manifest = step.manifest
    made |= step.by_id
    return manifest


def _hand_over(manifest: Manifest | None) -> None:
    """Have a worker go on with a rebuild: one task, however many searches hand it over."""
    if manifest and manifest.building and manifest.version:  # a dry run has stored nothing
        asking.enqueue(manifest.uid, f"rebuild {manifest.building.id}", manifest.building.begun_at)


def count(uid: str) -> int:
    """How many documents there are to index: a count for each kind, in parallel, a read for every thousand."""
    counting = [Query(kind.name, parent=f"users/{uid}") for kind in STORED]
    client = firestore.client()
    return sum(each.result() for each in [_pages.submit(copy_context().run, client.count, q) for q in counting])


def _read(uid: str, building: Building) -> tuple[dict[Key, list[Entry]], dict[str, str]]:
    """The next documents of every kind that is left, and where each goes on."""
    kinds = [KINDS[name] for name in building.after if name in KINDS]
    read = [partial(changes.page, uid, kind, building.after[kind.name], _share(kind, kinds)) for kind in kinds]
    pages = [each.result() for each in [_pages.submit(copy_context().run, call) for call in read]]
    entries = {key: some for page, _ in pages for key, some in page.items()}
    return entries, {kind.name: last for kind, (_, last) in zip(kinds, pages, strict=True) if last is not None}


def _share(kind: Kind, kinds: Sequence[Kind]) -> int:
    return _FILES if kind.pieces else -(-STEP // len(kinds))


def _merged(manifest: Manifest, building: Building, start: int) -> Step:
    merging = building.segments[start:]
    loaded = blobs.load(manifest.uid, merging)
    segment = Segment.merged([loaded[each.id] for each in merging], start == 0)
    stored, pieces = blobs.packed(manifest.uid, segment)
    building = building.model_copy(update={"segments": [*building.segments[:start], stored]})
    kept = manifests.retired(merging, manifest)
    return Step(manifest.changed(building=building, retired=kept), pieces, {stored.id: segment})


def _ended(manifest: Manifest, building: Building) -> Manifest:
    """The rebuild's segments take the place of the former ones, which readers may read for a while yet."""
    rebuilt = Rebuilt(id=building.id, begun_at=building.begun_at, ended_at=clock.now(), documents=building.documents)
    return manifest.changed(
        generation=building.id,
        segments=building.segments,
        watermark=building.watermark,
        model=indexing.model_name(),
        retired=manifests.retired(manifest.segments, manifest),
        rebuilt=rebuilt,
        building=None,
    )
