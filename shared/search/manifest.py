"""The manifest of a user's search index: which segments make it up, and up to when they hold every change.

It is one document, replaced as a whole under the version that was read: of two processes that change the index at once,
one is refused, and no reader sees half of a change.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pydantic import PrivateAttr, TypeAdapter, ValidationError

from shared import log
from shared.errors import AlreadyExists, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.schema import Part
from shared.kit.shards import shard_of

COLLECTION = "search"
NAME = "manifest"
FORMAT = 2  # of the segments and of what is indexed of a document: an index of another format is rebuilt
# What storing a manifest raises where another process has changed the index meanwhile.
TAKEN = (PreconditionFailed, AlreadyExists, NotFound)


class Stored(Part):
    """A segment in the store: how much it holds, and of how many documents each of its parts consists."""

    id: str
    documents: int
    entries: int
    bytes: int
    pieces: dict[str, int]


class Retired(Part):
    """A segment that is part of the index no more; a reader may still be reading it."""

    segment: Stored
    at: datetime


class Building(Part):
    """A rebuild under way: the segments that it has so far, and where it goes on in each kind that it has not
    finished."""

    id: str
    begun_at: datetime
    watermark: datetime
    after: dict[str, str]  # by kind the last id that was read, "" before the first
    segments: list[Stored] = []
    documents: int = 0
    total: int | None = None  # how many there were when it began, if they were counted


class Rebuilt(Part):
    """The last rebuild that ended."""

    id: str
    begun_at: datetime
    ended_at: datetime
    documents: int


class Manifest(Part):
    """A user's index. `watermark` is a time of the store: all changes up to then are in the segments."""

    format: int = FORMAT
    uid: str
    generation: str = ""  # of the last rebuild; "" before the first one has ended, while nothing can be searched
    segments: list[Stored] = []  # the oldest first
    watermark: datetime
    model: str = ""  # of the vectors
    retired: list[Retired] = []
    building: Building | None = None
    rebuilt: Rebuilt | None = None
    synonyms: dict[str, list[str]] = {}
    leased_by: str = ""
    leased_until: datetime | None = None
    check_at: datetime  # when it is compared with the documents again
    checked_at: datetime | None = None  # by the store's clock, when it was last
    shard: int

    _version: datetime | None = PrivateAttr(None)

    @property
    def version(self) -> datetime | None:
        """When it was stored; None for one that is not stored yet."""
        return self._version

    @property
    def is_searchable(self) -> bool:
        """Whether a first build has ended, in the format that this code reads."""
        return bool(self.generation) and self.format == FORMAT

    @property
    def documents(self) -> int:
        """How many documents its segments name; those that several name are counted by each."""
        return sum(segment.documents for segment in self.segments)

    def held_until(self, name: str = "") -> datetime | None:
        """Until when somebody else, of another name, has the index to himself; None where nobody has."""
        is_held = self.leased_until is not None and self.leased_by not in ("", name) and self.leased_until > clock.now()
        return self.leased_until if is_held else None

    def changed(self, **fields: Any) -> "Manifest":
        """A copy with other values, of the same version."""
        copy = self.model_copy(update=fields)
        copy._version = self._version
        return copy


def new(uid: str, watermark: datetime) -> Manifest:
    """A manifest without segments, not stored yet."""
    return Manifest(uid=uid, watermark=watermark, check_at=clock.now(), shard=shard_of(uid))


def path(uid: str) -> str:
    return f"users/{uid}/{COLLECTION}/{NAME}"


def read(uid: str) -> Manifest | None:
    """One read. None where there is none that this code can read."""
    return of_document(firestore.client().get(path(uid)))


def begin_read(uid: str) -> Callable[[], Manifest | None]:
    """Like `read`, and go on; what is returned waits for the answer."""
    document = firestore.client().begin_get(path(uid))
    return lambda: of_document(document())


def of_document(document: firestore.Document | None) -> Manifest | None:
    """The manifest that a document holds. One of another shape is taken for one of another format."""
    if document is None:
        return None
    _, uid, *_ = document.path.split("/")
    try:
        manifest = Manifest.model_validate({**document.data, "uid": uid})
    except ValidationError as error:
        log.error("a search manifest does not fit its model", exception=error, path=document.path)
        manifest = new(uid, document.version).changed(format=0, synonyms=_synonyms(document))
    manifest._version = document.version
    return manifest


def _synonyms(document: firestore.Document) -> dict[str, list[str]]:
    """What a person has put into a manifest of any shape."""
    try:
        return TypeAdapter(dict[str, list[str]]).validate_python(document.data.get("synonyms"))
    except ValidationError:
        return {}


def to_store(manifest: Manifest) -> Write:
    """The write of a manifest, which fails unless the stored one is still the one that was read."""
    version = manifest.version
    fields = manifest.model_dump(exclude={"uid"})
    return Write(path(manifest.uid), fields, exists=None if version else False, version=version)


def stored(manifest: Manifest, version: datetime) -> Manifest:
    """The manifest, with the version that a commit gave it."""
    copy = manifest.changed()
    copy._version = version
    return copy


def retired(segments: Sequence[Stored], manifest: Manifest) -> list[Retired]:
    """The manifest's retired segments, and these."""
    now = clock.now()
    return [*manifest.retired, *(Retired(segment=segment, at=now) for segment in segments)]
