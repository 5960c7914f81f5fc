"""Finds writes whose document event has never come, and has its handlers take the change.

Each run looks at the next documents of every source collection, in the order of their names, and goes round: no field,
no index and no write is added to what users write. A run whose time is up is followed by one that begins with the next
collection, so that none waits for another for good. Of a recent version the activity that its event would have left is
looked up, whose id follows from the document and its version; where it is missing, the change is taken as the event
would have had it. The version before is read as of that time, which Firestore allows for an hour.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from shared import log
from shared.automations.operations import takers
from shared.automations.operations.sources import COLLECTIONS, handlers
from shared.domains.activity import feed
from shared.domains.activity import service as activity
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.kit import clock
from shared.runtime import events
from shared.store.changes import Change
from shared.store.document_events import change_between
from shared.store.sweeps import Sweep

SHARE = 2_000  # documents of a collection in one run
LATE = timedelta(minutes=10)  # until then an event is under way
READABLE = timedelta(minutes=55)  # Firestore reads what was an hour ago, to the microsecond
_BATCH = 250
_VERSIONS = 20  # of one document in that time
_CURSORS = "sweeps/lost_events"
_FUNCTIONS = {collection: function for function, collection in takers.COLLECTIONS.items()}


def sweep() -> dict[str, int]:
    """Takes the changes of recent writes that have no mark of their event, going on where the last run has stopped.

    A query for every 250 documents; for a recent one a read of its mark, one of the version before, and what its
    handlers cost where there is no mark. Two runs at once do the same twice, which changes nothing.
    """
    this = Sweep("documents", "recent", "lost")
    stored = firestore.client().get(_CURSORS)
    cursors = dict(stored.data) if stored else {}
    names = COLLECTIONS
    first = names.index(cursors["first"]) if cursors.get("first") in names else 0
    for number in range(first, first + len(names)):
        collection, following = names[number % len(names)], names[(number + 1) % len(names)]
        walk = _Walk(collection, cursors.get(collection))
        this.each(walk.batches(), partial(_look_at, this, walk))
        if this.over() and not this.late():  # the store does not answer
            break
        firestore.client().commit([writes.merge(_CURSORS, {collection: walk.reached(), "first": following})])
        if this.over():
            break
    done = this.done()
    if done["lost"]:
        log.error("document events were lost", number=done["lost"])
    return done


class _Walk:
    """A run's way through a collection: the next documents in batches, and how far it came."""

    def __init__(self, collection: str, after: str | None) -> None:
        self._collection = collection
        self._afters = [after]  # behind which each batch begins; None: at the front
        self._left: list[str] = []

    def batches(self) -> Iterator[list[Document]]:
        for _ in range(0, SHARE, _BATCH):
            after = [last] if (last := self._afters[-1]) else []
            rows = firestore.client().query(Query(self._collection, group=True, limit=_BATCH, after=after))
            self._afters.append(rows[-1].path if len(rows) == _BATCH else None)
            yield [row for row in rows if row.path.startswith("users/") and row.path.count("/") == 3]
            if self._afters[-1] is None:
                return

    def leave(self, row: Document) -> None:
        """Have the next run begin with the batch of this document, for which there was no time."""
        self._left.append(row.path)

    def reached(self) -> str | None:
        """Behind which document the next run begins; None at the end of the collection, and so at its front."""
        if not self._left:
            return self._afters[-1]
        first = min(path.split("/") for path in self._left)
        began = [after for after in self._afters if after and after.split("/") < first]
        return began[-1] if began else None


def _look_at(sweep: Sweep, walk: _Walk, rows: Sequence[Document]) -> None:
    recent: list[tuple[Document, Change]] = []
    for row in rows:
        if sweep.late():
            walk.leave(row)
            break
        recent += [(row, change) for change in _recent(row)]
        sweep.count(documents=1)
    sweep.count(recent=len(recent))
    marks = {change.event_id: _marks(change) for _, change in recent}
    wanted = [paths[0] for paths in marks.values() if paths]
    there = {document.path for document in firestore.client().get_all(wanted) if document} if wanted else set()
    for row, change in recent:
        paths = marks[change.event_id]
        if paths and paths[0] in there:
            continue
        if sweep.late():
            walk.leave(row)
            return
        try:
            events.take_again(_FUNCTIONS[change.collection], change, handlers(change.collection))
        except Exception as error:
            sweep.fail(error, document=f"{change.collection}/{change.id}")
            continue
        sweep.count(lost=bool(paths))


def _marks(change: Change) -> list[str]:
    """The paths of the activity that the change's event leaves, all in one commit."""
    return [activity.repository.path(event.user_id, event.id) for event in feed.describe(change)]


def _recent(row: Document) -> Iterator[Change]:
    """The changes that made the versions of the document's last hour, but for those that are on their way."""
    now, version = clock.now(), row
    for _ in range(_VERSIONS):
        if now - version.version > READABLE:
            return
        before = firestore.client().get_at(version.path, version.version - timedelta(microseconds=1))
        if now - version.version > LATE:
            yield change_between(before, version)
        if before is None:
            return
        version = before
