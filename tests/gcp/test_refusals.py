"""What the store refuses is a typed error, and what is too large is known before it is sent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.context import Context, bound
from shared.errors import (
    AlreadyExists,
    AppError,
    CommitTooLarge,
    DocumentTooLarge,
    Invalid,
    Misconfigured,
    MissingIndex,
    NotFound,
    PreconditionFailed,
    QuotaExhausted,
    Unavailable,
)
from shared.gcp import firestore, refusals, sizes, writes
from shared.gcp.writes import Write, field_path

pytestmark = pytest.mark.usefixtures("local_settings")


def test_the_documentations_own_example() -> None:
    fields = {"type": "Personal", "done": False, "priority": 1, "description": "Learn Cloud Firestore"}
    assert sizes.of_document("users/jeff/tasks/my_task_id", fields) == 147


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("é", 3),
        (None, 1),
        (datetime(2026, 1, 1, tzinfo=UTC), 8),
        (b"abc", 3),
        ([1, 2.5, True], 17),
        ({"a": "b"}, 32 + 2 + 2),
        ([[1]], 32 + len("json~") + 1 + len("[1]") + 1),
        (2**70, 32 + len("json~") + 1 + len(str(2**70)) + 1),
    ],
)
def test_values_count_as_they_are_stored(value: Any, size: int) -> None:
    assert sizes.of_value(value) == size


def _room(path: str, name: str) -> int:
    """How many letters the only field of a document may have."""
    return sizes.MAX_DOCUMENT - sizes.of_document(path, {name: ""})


def test_the_largest_document_is_taken_and_one_byte_more_is_refused_unsent() -> None:
    client, most = firestore.client(), _room("c/d", "v")
    halves = {"a": "x" * (most // 2), "b": "y" * (most - most // 2 - 3)}
    assert sizes.of_document("c/d", halves) == sizes.MAX_DOCUMENT
    client.commit([writes.Write("c/d", halves)])
    with bound(Context()) as call, pytest.raises(DocumentTooLarge):
        client.commit([writes.Write("c/d", {**halves, "b": halves["b"] + "y"})])
    assert call.meter.cost.rpcs == 0


def test_a_change_that_makes_a_stored_document_too_large_is_refused_as_such() -> None:
    client = firestore.client()
    client.commit([writes.Write("c/d", {"a": {"x": "x" * 600_000}})])
    with pytest.raises(DocumentTooLarge):
        client.commit([writes.merge("c/d", {field_path("a", "y"): "y" * 600_000})])
    with pytest.raises(DocumentTooLarge):
        client.commit([writes.merge("c/d", {"b": "y" * 1_048_500})])


def test_a_commit_that_is_too_large_is_refused_unsent() -> None:
    changes = [writes.Write(f"c/{n}", {"v": "x" * 800_000}) for n in range(20)]
    with bound(Context()) as call, pytest.raises(CommitTooLarge):
        firestore.client().commit(changes)
    assert call.meter.cost.rpcs == 0


def test_a_batch_of_any_size_goes_in_requests_that_the_store_takes() -> None:
    changes = [writes.Write(f"c/{n}", {"v": "x" * 800_000}) for n in range(12)]
    changes.insert(5, writes.Write("c/large", {"v": "x" * 700_000, "w": "x" * 700_000}))
    outcomes = firestore.client().batch_write(changes)
    assert [n for n, outcome in enumerate(outcomes) if outcome] == [5]
    assert isinstance(outcomes[5], DocumentTooLarge)
    assert all(firestore.client().get(f"c/{n}") for n in range(12))


_DATABASE = "The database (default) does not exist for project p Please visit https://console.cloud.google.com/…"
_DATASTORE = "The Cloud Firestore API is not available for Firestore in Datastore Mode database projects/p/databases/x."
_VERSIONS = "the stored version (1) does not match the required base version (2)"
_GONE = "No document to update: projects/p/databases/(default)/documents/c/project database"
_CREATE = writes.create("c/d", {})
_UPDATE = writes.update("c/d", {})
_AT_VERSION = writes.update("c/d", {}, version=datetime(2026, 1, 1, tzinfo=UTC))
_SET = writes.merge("c/d", {})


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        (8, "Quota exceeded.", QuotaExhausted),
        (8, "gRPC message exceeds maximum size 4194304: 12001107", CommitTooLarge),
        (3, "Request payload size exceeds the limit: 10485760 bytes.", CommitTooLarge),
        (3, "Document 'x' cannot be written because its size (1,081,344 bytes) exceeds the maximum", DocumentTooLarge),
        (3, 'The value of property "v" is longer than 1048487 bytes.', DocumentTooLarge),
        (3, "too many index entries for entity", DocumentTooLarge),
        (3, "The property.name is longer than 1500 bytes.", Invalid),
        (5, _DATABASE, Misconfigured),
        (7, "Missing or insufficient permissions.", Misconfigured),
        (16, "Request had invalid authentication credentials.", Misconfigured),
        (9, _DATASTORE, Misconfigured),
        *((code, "", Unavailable) for code in (1, 2, 4, 10, 11, 12, 13, 14, 15)),
    ],
)
def test_a_status_that_is_about_no_document_means_the_same_for_every_call(
    code: int, words: str, kind: type[AppError]
) -> None:
    demanding = [writes.to_wire(write, "projects/p/databases/(default)/documents") for write in (_UPDATE, _AT_VERSION)]
    refused = [
        refusals.of_get(code, words),
        refusals.of_query(code, words),
        refusals.of_writes(code, words, demanding),
        refusals.of_writes(code, words, []),
    ]
    assert [type(error) for error in refused] == [kind] * 4
    assert not words or words not in refused[0].detail
    assert words in str(refused[0].__cause__)


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        (9, "The query requires an index. You can create it here: https://…", MissingIndex),
        (9, "The query requires an index. That index is currently building and cannot be used yet.", MissingIndex),
        (9, "Diese Abfrage braucht einen Index.", MissingIndex),
        (5, "Something is not there.", Misconfigured),
        (6, "already exists", Unavailable),
    ],
)
def test_a_query_is_never_refused_for_the_state_of_a_document(code: int, words: str, kind: type[AppError]) -> None:
    assert type(refusals.of_query(code, words)) is kind


@pytest.mark.parametrize(
    ("code", "words", "changes", "kind"),
    [
        (5, _GONE, [_UPDATE], NotFound),
        (5, _GONE, [_SET, _AT_VERSION], NotFound),
        (5, _GONE, [_SET], Misconfigured),
        (5, _DATABASE, [_UPDATE], Misconfigured),
        (6, "Document already exists: projects/p/…", [_SET, _CREATE], AlreadyExists),
        (6, "Document already exists: projects/p/…", [_UPDATE], Unavailable),
        (9, _VERSIONS, [_AT_VERSION], PreconditionFailed),
        (9, "Some other words", [_AT_VERSION], PreconditionFailed),
        (9, _VERSIONS, [_SET], Misconfigured),
        (9, _VERSIONS, [], Misconfigured),
        (9, _DATASTORE, [_AT_VERSION], Misconfigured),
    ],
)
def test_a_write_is_refused_for_the_state_of_a_document_only_where_one_is_demanded(
    code: int, words: str, changes: list[Write], kind: type[AppError]
) -> None:
    wire = [writes.to_wire(change, "projects/p/databases/(default)/documents") for change in changes]
    assert type(refusals.of_writes(code, words, wire)) is kind


def test_a_missing_document_is_told_from_a_missing_database() -> None:
    for words in ('Document "projects/p/databases/(default)/documents/project/database" not found.', "", "gone"):
        assert type(refusals.of_get(5, words)) is NotFound


def test_each_change_is_applied_and_what_was_refused_is_raised_in_the_end() -> None:
    client = firestore.client()
    large = writes.Write("c/large", {"v": "x" * 700_000, "w": "x" * 700_000})
    with pytest.raises(DocumentTooLarge):
        client.apply_each([large, writes.Write("c/small", {"n": 1}), writes.update("c/gone", {"n": 1})])
    assert client.get("c/small") is not None
    assert client.apply_each([writes.Write("c/small", {"n": 2}), writes.update("c/gone", {"n": 1})]) == 1
