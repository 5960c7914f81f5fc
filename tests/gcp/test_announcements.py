"""What a commit adds to its user's stream: what clients see change, in entries that the store always takes."""

from collections.abc import Sequence
from datetime import UTC, datetime
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
from shared.realtime import entries as realtime
from shared.realtime.entries import Position

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def uid(local_settings: Any) -> str:
    return f"user-{new_id()}"


def entries(uid: str) -> list[list[dict[str, Any]]]:
    """The rows of each; none of an entry that says that something is about to change."""
    return [row.data["rows"] for row in firestore.client().query(Query("stream", parent=f"users/{uid}"))]


def notification(uid: str, id: str, text: str = "m") -> Write:
    fields = {"type": text, "title": text, "message": text, "link": text, "priority": text}
    return writes.create(f"users/{uid}/notifications/{id}", fields)


def indexed(uid: str) -> list[list[str]]:
    """What each entry names for the search index, in the order of time."""
    query = Query("stream", parent=f"users/{uid}", where=[("index_at", ">", _LONG_AGO)], order=[("index_at", "asc")])
    return [row.data["to_index"] for row in firestore.client().query(query)]


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


@pytest.mark.parametrize(
    ("collection", "fields", "marked"),
    [
        ("prospects", {"name": "Bob", "updated_at": clock.now()}, True),
        ("prospects", {"tags": writes.ArrayUnion(("x",))}, True),
        ("prospects", {"fit_score": 0.5, "updated_at": clock.now()}, False),
        ("templates", {"usage_count": Increment(1)}, False),
        ("insights", {"summary": "s"}, True),
        ("system_logs", {"rerun_count": 1}, False),
        ("notifications", {"title": "t"}, False),
        ("settings", {"name": "n"}, False),
    ],
)
def test_changes_of_searchable_fields_are_said_to_the_index(
    uid: str, collection: str, fields: dict[str, Any], marked: bool
) -> None:
    path = f"users/{uid}/{collection}/d"
    searched = collection in announcements.INDEXED
    firestore.client().commit([writes.create(path, {"status": "new"})])
    assert indexed(uid) == [[f"{collection}/d"]] * searched
    firestore.client().commit([writes.update(path, fields)])
    assert indexed(uid) == [[f"{collection}/d"]] * (searched + marked)
    firestore.client().commit([writes.delete(path), writes.unchanged(f"users/{uid}/{collection}/e", None)])
    assert indexed(uid) == [[f"{collection}/d"]] * (2 * searched + marked)


def test_a_change_that_is_announced_costs_the_index_no_write(uid: str) -> None:
    with context.bound(Context()) as call:
        firestore.client().commit([writes.create(f"users/{uid}/vault/v", {"title": "t"})])
    assert (call.meter.cost.writes, indexed(uid)) == (2, [["vault/v"]])
    [[row]] = entries(uid)
    assert row["collection"] == "vault"


def test_what_is_searched_and_not_announced_is_no_entry_of_clients(uid: str) -> None:
    before = realtime.state(uid)
    with context.bound(Context()) as call:
        firestore.client().commit([writes.create(f"users/{uid}/system_logs/s", {"message": "m"})])
        firestore.client().batch_write([Write(f"users/{uid}/files/f/chunks/{n}", {"texts": ["t"]}) for n in range(3)])
    assert call.meter.cost.writes == 2 + 3 + 2
    assert realtime.state(uid) == before
    assert realtime.newest(uid) is None
    assert indexed(uid) == [["system_logs/s"], ["files/f"], ["files/f"]]
    assert realtime.behind(uid, Position(_LONG_AGO + realtime.OVERLAP)) == []


def test_a_batch_names_what_it_changes_before_and_behind_it(uid: str) -> None:
    firestore.client().batch_write([writes.create(f"users/{uid}/prospects/p{n}", {"name": "n"}) for n in range(120)])
    rows = firestore.client().query(Query("stream", parent=f"users/{uid}", order=[("at", "desc")]))
    assert len({row.data["batch"] for row in rows}) == 1
    begins = [row.data["to_index"] for row in rows if row.data.get("begins")]
    behind = [row.data["to_index"] for row in rows if not row.data.get("begins") and "to_index" in row.data]
    assert begins == behind == [[f"prospects/p{n}" for n in range(120)]]


def test_entries_that_the_index_takes_are_kept_longer(uid: str) -> None:
    firestore.client().commit([notification(uid, "n"), writes.create(f"users/{uid}/vault/v", {"title": "t"})])
    firestore.client().commit([notification(uid, "m")])
    rows = firestore.client().query(Query("stream", parent=f"users/{uid}", order=[("at", "desc")]))
    assert [round((row.data["expires_at"] - clock.now()).total_seconds() / 86_400) for row in rows] == [1, 30]
