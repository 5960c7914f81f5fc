"""What clients must have at the end, by the store alone, and what each lacks or has too much."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.storm.clients import Frame, StreamClient
from shared.gcp.announcements import STREAM
from shared.gcp.firestore import Document, Firestore
from shared.gcp.queries import Query
from shared.realtime import entries, frames
from shared.realtime.channels import parsed


@dataclass
class Ledger:
    """One user's messages in the order of the commits, and the documents as they are stored."""

    uid: str
    messages: list[frames.Frame]
    documents: dict[str, dict[str, Any]]
    entries: int

    @classmethod
    def read(cls, store: Firestore, uid: str, before: set[str]) -> "Ledger":
        """Read a user's ledger; `before` are entries that were there before anybody listened."""
        stored = [entries.entry_of(row) for row in _rows(store, uid, STREAM) if row.path not in before]
        stored.sort(key=lambda entry: entry.begin)
        messages = [frame for entry in stored for _, frame in frames.frames_of(entry)]
        kept = [
            row for name in ("activity", "executions", "notifications", "prospects") for row in _rows(store, uid, name)
        ]
        return cls(
            uid, messages, {row.path.split("/", 2)[2]: row.data for row in kept if row.path not in before}, len(stored)
        )

    def expected(self, names: Sequence[str]) -> list[Frame]:
        """The messages of some channels."""
        channels = parsed(names)
        return [frame.data for frame in self.messages if channels.take(frame.channel, frame.path)]


@dataclass
class Findings:
    """What is wrong, in few words; all empty where nothing is."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)  # after suppression: messages that no commit has announced
    disordered: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    resets: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def look_at(self, client: StreamClient, ledger: Ledger) -> None:
        """Compare what a client has with the ledger of its user."""
        who = f"{client.transport} of {ledger.uid}"
        expected = ledger.expected(client.channels)
        places = {frame["id"]: place for place, frame in enumerate(expected)}
        once = [frame for frame in client.once if frame["type"] != "reset"]
        self.lost += [f"{who}: {frame['type']} {frame['id']}" for frame in expected if frame["id"] not in client.ids]
        self.doubled += [f"{who}: {frame['type']} {frame['id']}" for frame in once if frame["id"] not in places]
        self.refused += [f"{who}: {text}" for text in client.refused]
        self.resets += [f"{who}: {frame['reason']}" for frame in client.resets]
        last: dict[str, int] = {}
        for frame in once:
            place, subject = places.get(frame["id"], -1), subject_of(frame)
            if place < last.get(subject, -1):
                self.disordered.append(f"{who}: {frame['type']} of {subject}")
            last[subject] = place
        self.stale += [f"{who}: {text}" for text in _stale(once, ledger, "executions" in client.channels)]


def subject_of(frame: Frame) -> str:
    """The document that a message is of."""
    if frame["type"] == "notification_update":
        return str(frame["notification_id"])
    return str(frame.get("path") or frame.get("execution_id") or frame.get("task_id") or frame["id"])


def _stale(once: Sequence[Frame], ledger: Ledger, has_executions: bool) -> list[str]:
    """Documents whose last state a client has not."""
    states: dict[str, Any] = {}
    for frame in once:
        if frame["type"] == "task_update" and frame.get("execution_id") and "step" not in frame and frame["status"]:
            states[f"executions/{frame['execution_id']}"] = frame["status"]
        elif frame["type"] == "document" and frame.get("title"):
            states[frame["path"]] = frame["title"]
    missing = (
        {path for path in ledger.documents if path.startswith("executions/")} - states.keys() if has_executions else ()
    )
    wrong = [path for path, state in states.items() if state not in _states(ledger.documents.get(path, {}))]
    return [*missing, *wrong]


def _states(document: dict[str, Any]) -> tuple[Any, Any]:
    return document.get("status"), document.get("name")


def _rows(store: Firestore, uid: str, collection: str) -> list[Document]:
    return store.query(Query(collection, parent=f"users/{uid}"))


def entries_of(store: Firestore, uid: str) -> set[str]:
    """The paths of a user's entries and executions by now."""
    return {row.path for name in (STREAM, "executions") for row in _rows(store, uid, name)}


def count_of(store: Firestore, uids: Sequence[str]) -> int:
    """How many entries there are of some users."""
    return sum(store.count(Query(STREAM, parent=f"users/{uid}")) for uid in uids)
