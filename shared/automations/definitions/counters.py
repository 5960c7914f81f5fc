"""Counts the executions of a user's automations, in shards that hold a figure for each automation.

A shard is written by a part of the starts alone, since a document takes about a write a second for long; and a list of
automations reads the shards, not a counter of each automation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from shared.gcp import writes
from shared.gcp.firestore import Document
from shared.gcp.writes import DELETED, Increment, Write, field_path

SHARDS = 16


@dataclass(frozen=True)
class Count:
    """How many executions an automation has begun, and when the last one did."""

    executions: int = 0
    last_executed_at: datetime | None = None


def to_count(uid: str, automation_id: str, execution_id: str, started_at: datetime) -> Write:
    """Builds the write that counts an execution of an automation, in one of the user's shards."""
    count = {
        field_path(automation_id, "executions"): Increment(1),
        field_path(automation_id, "last_executed_at"): started_at,
    }
    return writes.merge(path(uid, execution_id), count)


def total(shards: Sequence[Document | None], automation_id: str) -> Count:
    """Adds up what the user's shards hold of an automation."""
    parts = [shard.data[automation_id] for shard in shards if shard and automation_id in shard.data]
    return Count(
        executions=sum(part["executions"] for part in parts),
        last_executed_at=max((part["last_executed_at"] for part in parts), default=None),
    )


def to_forget(uid: str, automation_id: str) -> list[Write]:
    """Builds the writes that take an automation out of the shards; those that do not exist refuse theirs."""
    return [writes.update(path, {field_path(automation_id): DELETED}) for path in paths(uid)]


def paths(uid: str) -> list[str]:
    """The paths of the user's shards."""
    return [_path(uid, shard) for shard in range(SHARDS)]


def path(uid: str, execution_id: str) -> str:
    """The path of the shard in which an execution is counted."""
    return _path(uid, crc32(execution_id.encode()) % SHARDS)


def _path(uid: str, shard: int) -> str:
    return f"users/{uid}/automation_counters/{shard}"
