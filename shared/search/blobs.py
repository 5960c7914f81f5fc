"""Keeps segments in the store, each part in as many documents as it takes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from shared.errors import Unavailable
from shared.gcp import firestore, writes
from shared.gcp.writes import Write
from shared.kit.ids import new_id
from shared.search import manifest as manifests
from shared.search.manifest import Manifest, Stored
from shared.search.segments import TOKENS, Segment

COLLECTION = "search_segments"
PIECE = 900_000  # bytes of a part in one document
AT_ONCE = 3_000_000  # bytes of one request
R = TypeVar("R")
_calls = ThreadPoolExecutor(max_workers=8, thread_name_prefix="search")


class MissingSegment(Unavailable):
    """A segment of the index was retired and removed meanwhile; the manifest names those that took its place."""

    code = "missing-segment"


def packed(uid: str, segment: Segment) -> tuple[Stored, list[Write]]:
    """What the manifest says of a new segment, and the writes that store it."""
    id, parts = new_id(), segment.packed()
    cut = {name: [part[at : at + PIECE] for at in range(0, len(part), PIECE)] for name, part in parts.items()}
    pieces = {name: len(some) for name, some in cut.items()}
    size = sum(map(len, parts.values()))
    stored = Stored(id=id, documents=segment.documents, entries=segment.entries, bytes=size, pieces=pieces)
    data = [piece for some in cut.values() for piece in some]
    paths = _paths(uid, stored, list(pieces))
    return stored, [Write(path, {"data": piece}) for path, piece in zip(paths, data, strict=True)]


def in_commits(changes: Sequence[Write]) -> Iterator[list[Write]]:
    """Divide writes of pieces into commits that the store takes; the last leaves room for a manifest."""
    batch: list[Write] = []
    room = AT_ONCE
    for change in changes:
        size = len(change.fields.get("data", b""))
        if batch and size > room:
            yield batch
            batch, room = [], AT_ONCE
        batch.append(change)
        room -= size
    yield batch


def to_delete(uid: str, stored: Stored) -> list[Write]:
    return [writes.delete(path) for path in _paths(uid, stored, list(stored.pieces))]


def load(uid: str, wanted: Sequence[Stored]) -> dict[str, Segment]:
    """Read segments, by their ids: a read for each 900 KB, in parallel round trips of 3 MB each.

    The order of words in texts, which only phrases and merges ask for, is read when it is first asked for: then of all
    these segments at once. Raises MissingSegment, or DamagedIndex.
    """
    group = _Group(uid, wanted)
    group.read([name for name in _names(wanted) if name != TOKENS])
    return {stored.id: Segment.unpacked(_Parts(group, stored)) for stored in wanted}


class _Group:
    """Parts of segments that are read together."""

    def __init__(self, uid: str, stored: Sequence[Stored]) -> None:
        self.uid, self.stored = uid, stored
        self._parts: dict[tuple[str, str], bytes] = {}

    def read(self, names: Sequence[str]) -> None:
        places = {(each.id, name): _paths(self.uid, each, [name]) for each in self.stored for name in names}
        paths = [path for some in places.values() for path in some]
        batches = [paths[at : at + AT_ONCE // PIECE] for at in range(0, len(paths), AT_ONCE // PIECE)]
        data = dict(zip(paths, [piece for some in in_parallel(_read, batches) for piece in some], strict=True))
        self._parts |= {place: b"".join(data[path] for path in some) for place, some in places.items()}

    def part(self, id: str, name: str) -> bytes:
        """A part, which the reader unpacks and holds from then on."""
        if (id, name) not in self._parts:
            self.read([name])
        return self._parts.pop((id, name))


class _Parts(Mapping[str, bytes]):
    """The parts of a segment by name, each read once it is asked for."""

    def __init__(self, group: _Group, stored: Stored) -> None:
        self._group, self._stored = group, stored

    def __getitem__(self, name: str) -> bytes:
        if name not in self._stored.pieces:
            raise KeyError(name)
        return self._group.part(self._stored.id, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored.pieces)

    def __len__(self) -> int:
        return len(self._stored.pieces)


def in_parallel(call: Callable[[Sequence[str]], R], batches: Sequence[Sequence[str]]) -> list[R]:
    """The result of a call for each batch, all made at once."""
    if len(batches) < 2:
        return [call(batch) for batch in batches]
    return [each.result() for each in [_calls.submit(copy_context().run, call, batch) for batch in batches]]


def _read(paths: Sequence[str]) -> list[bytes]:
    stored = firestore.client().get_all(paths)
    if missing := [path for path, document in zip(paths, stored, strict=True) if document is None]:
        raise MissingSegment(f"{len(missing)} pieces of the search index are gone; try again.", retry_after=1)
    return [document.data["data"] for document in stored if document]


def _names(stored: Sequence[Stored]) -> list[str]:
    return list(dict.fromkeys(name for each in stored for name in each.pieces))


def _paths(uid: str, stored: Stored, names: Sequence[str]) -> list[str]:
    """The documents of some parts of a segment; none of a part that it does not have."""
    path = f"users/{uid}/{COLLECTION}/{stored.id}"
    return [f"{path}.{name}{number}" for name in names for number in range(stored.pieces.get(name, 0))]


def store(manifest: Manifest, pieces: Sequence[Write]) -> Manifest:
    """Store a manifest and the pieces that it names, as one: pieces beyond 3 MB are stored before it, in commits of
    their own. Returns it with its version.

    Raises PreconditionFailed, AlreadyExists or NotFound where the stored manifest is not the one that was read.
    """
    *ahead, last = in_commits(pieces)
    for batch in ahead:
        firestore.client().commit(batch)
    return manifests.stored(manifest, firestore.client().commit([manifests.to_store(manifest), *last]))
