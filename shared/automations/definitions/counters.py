"""Counts an automation's executions in four documents, so that a burst never queues up behind one of them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from zlib import crc32

from shared.automations.definitions.models import Automation
from shared.automations.definitions.store import automations
from shared.errors import NotFound
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Increment, Write

_SHARDS = 4


def to_count(uid: str, automation_id: str, execution_id: str, started_at: datetime) -> Write:
    """Count an execution that starts."""
    shard = crc32(execution_id.encode()) % _SHARDS
    return writes.merge(_path(uid, automation_id, shard), {"executions": Increment(1), "last_executed_at": started_at})


def paths(uid: str, id: str) -> list[str]:
    """The counter documents of an automation."""
    return [_path(uid, id, shard) for shard in range(_SHARDS)]


def get(uid: str, id: str) -> Automation:
    """Reads an automation with its execution counts: one round trip. Raises NotFound."""
    document, *shards = firestore.client().get_all([automations.path(uid, id), *paths(uid, id)])
    if document is None:
        raise NotFound("There is no automation with this id.")
    return _with_counts(automations.load(document), shards)


def counted(uid: str, listed: list[Automation]) -> list[Automation]:
    """Fills the execution counts into automations: one round trip for all."""
    documents = iter(firestore.client().get_all([path for each in listed for path in paths(uid, each.id)]))
    return [_with_counts(automation, list(islice(documents, _SHARDS))) for automation in listed]


def _with_counts(automation: Automation, shards: Sequence[Document | None]) -> Automation:
    counts = [shard.data for shard in shards if shard]
    automation.execution_count = sum(each["executions"] for each in counts)
    automation.last_executed_at = max((each["last_executed_at"] for each in counts), default=None)
    return automation


def _path(uid: str, automation_id: str, shard: int) -> str:
    return f"users/{uid}/automation_counters/{automation_id}~{shard}"
