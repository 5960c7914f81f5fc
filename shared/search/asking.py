"""Asks a worker for work on a user's search index. Imports nothing of the index, so that whoever asks stays small."""

from datetime import UTC, datetime, timedelta
from zlib import crc32

from shared import log
from shared.errors import Unavailable
from shared.gcp import tasks
from shared.gcp.announcements import INDEXED
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.store.changes import Change

QUEUE = "compact-search"
ONE_IN = 64  # of the changes of documents asks for a compaction
_SLOT = timedelta(minutes=2)  # in which all that ask for the same are one task, at its end


def ask(uid: str) -> None:
    """Have the user's index compacted within minutes: one task, however many ask."""
    slot = _SLOT.total_seconds()
    enqueue(uid, "compact", datetime.fromtimestamp((clock.now().timestamp() // slot + 1) * slot, UTC))


def consider(change: Change) -> None:
    """Ask for a compaction at one of 64 changes of searchable documents, so that readers never find many waiting."""
    if change.collection in INDEXED and crc32(change.event_id.encode()) % ONE_IN == 0:
        ask(change.uid)


def enqueue(uid: str, what: str, at: datetime) -> None:
    """Have the user's index worked on at a time, once for the same `what`. Where the queue does not answer, who asks
    next does it."""
    name = derived_id("search", uid, what, at.isoformat())
    try:
        tasks.create(QUEUE, name=name, function="compact_search", body={"uid": uid}, at=at)
    except Unavailable as error:
        log.warning("work on a search index is left to who asks next", reason=error.detail)
