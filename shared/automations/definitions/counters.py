"""Counts an automation's executions in four documents, so that a burst never queues up behind one of them."""

from datetime import datetime
from zlib import crc32

from shared.gcp import writes
from shared.gcp.writes import Increment, Write

SHARDS = 4


def to_count(uid: str, automation_id: str, execution_id: str, started_at: datetime) -> Write:
    """Builds the write that counts an execution of an automation, in one of four documents."""
    shard = crc32(execution_id.encode()) % SHARDS
    return writes.merge(_path(uid, automation_id, shard), {"executions": Increment(1), "last_executed_at": started_at})


def paths(uid: str, id: str) -> list[str]:
    """The paths of an automation's four counter documents."""
    return [_path(uid, id, shard) for shard in range(SHARDS)]


def _path(uid: str, automation_id: str, shard: int) -> str:
    return f"users/{uid}/automation_counters/{automation_id}~{shard}"
