"""What a commit adds to its user's stream: what clients see change, in entries that the store always takes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from shared import context
from shared.context import Context
from shared.domains.account import deletion
from shared.errors import AppError
from shared.gcp import announcements, firestore, writes
from shared.gcp.firestore import Firestore
from shared.gcp.queries import Query
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.ids import new_id


@pytest.fixture
def uid(local_settings: Any) -> str:
    return f"user-{new_id()}"


def entries(uid: str) -> list[list[dict[str, Any]]]:
    """The rows of each; none of an entry that says that something is about to change."""
    return [row.data["rows"] for row in firestore.client().query(Query("stream", parent=f"users/{uid}"))]


def notification(uid: str, id: str, text: str = "m") -> Write:
    fields = {"type": text, "title": text, "message": text, "link": text, "priority": text}
    return writes.create(f"users/{uid}/notifications/{id}", fields)


@pytest.mark.parametrize(
    ("collection", "fields", "announced"),
    [
        ("executions", {"due_at": clock.now(), "stalls": Increment(1)}, 0),
        ("executions", {writes.field_path("signals", "a.b", "c"): {"at": clock.now()}, "due_at": None}, 0),
        ("executions", {"due_at": None, "paused": True}, 1),
        ("calendar_events", {"due_at": None}, 0),
        ("calendar_events", {"due_at": None, "announced": True}, 1),
        ("settings", {"due_at": None}, 0),
        ("webhooks", {"url": "https://hooks.example/T0/secret"}, 1),
    ],
)
def test_what_no_answer_shows_costs_no_entry(uid: str, collection: str, fields: dict[str, Any], announced: int) -> None:
    path = f"users/{uid}/{collection}/d"
    firestore.client().commit([writes.create(path, {"status": "running", "stalls": 0, "signals": {}})])
    before = len(entries(uid))
    with context.bound(Context()) as call:
        firestore.client().commit([writes.update(path, fields)])
    assert call.meter.cost.writes == 1 + announced
    assert len(entries(uid)) == before + announced
    assert "secret" not in str(entries(uid))


def test_a_precondition_is_no_change(uid: str) -> None:
    path = f"users/{uid}/prospects/p"
    version = firestore.client().commit([writes.create(path, {"name": "Ann"})])
    missing = writes.unchanged(f"users/{uid}/prospects/q", None)
    firestore.client().commit([writes.unchanged(path, version), missing, writes.merge(f"users/{uid}/settings/s", {})])
    assert len(entries(uid)) == 1


def test_entries_of_the_longest_texts_are_taken(uid: str) -> None:
    """60 times five texts of 2,000 characters, of three bytes each: 1.8 MB are more than a document may have."""
    firestore.client().commit(announcements.to_announce([notification(uid, f"n{n}", "語" * 2_000) for n in range(60)]))
    assert sum(len(rows) for rows in entries(uid)) == 60
    assert max(len(str(rows).encode()) for rows in entries(uid)) < 150_000


def test_each_part_of_a_batch_is_announced_behind_it(uid: str) -> None:
    with context.bound(Context()) as call:
        assert not any(firestore.client().batch_write([notification(uid, f"n{n}") for n in range(700)]))
    assert (call.meter.cost.commits, call.meter.cost.writes) == (2 + 2 + 2, 700 + 2 + 7)
    assert sorted(row["id"] for rows in entries(uid) for row in rows) == sorted(f"n{n}" for n in range(700))


def test_what_a_batch_was_refused_is_not_announced(uid: str) -> None:
    firestore.client().batch_write([notification(uid, "a")], announced=False)
    outcomes = firestore.client().batch_write([notification(uid, "a"), notification(uid, "b")])
    assert [outcome is None for outcome in outcomes] == [False, True]
    assert [row["id"] for rows in entries(uid) for row in rows] == ["b"]


def test_an_announcement_that_is_refused_fails_no_batch(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = Firestore.commit

    def refuse(self: Firestore, changes: Sequence[Write]) -> datetime:
        if any(change.fields["rows"] for change in changes):
            raise AppError("The store takes none.")
        return commit(self, changes)

    monkeypatch.setattr(Firestore, "commit", refuse)
    assert firestore.client().batch_write([notification(uid, "a")]) == [None]
    assert firestore.client().get(f"users/{uid}/notifications/a")


def test_the_deletion_of_an_account_is_not_announced(uid: str) -> None:
    firestore.client().commit([notification(uid, "a")])
    assert deletion.close(uid)
    deletion.begin(uid)
    assert entries(uid) == []
