"""Typed collections: pages that stay correct, owners that stay apart."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from shared.context import Context, bound
from shared.errors import BadRequest, NotFound, PreconditionFailed
from shared.kit.schema import Entity
from shared.store.optimistic import Edit
from shared.store.repository import Repository


class Note(Entity):
    text: str
    colour: str = "red"


notes = Repository(Note, "test_notes", "note")
START = datetime(2026, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("local_settings")


def _note(number: int, uid: str = "u", *, at: datetime | None = None) -> Note:
    made = at or START + timedelta(seconds=number)
    return Note(id=f"n{number:03}", user_id=uid, created_at=made, updated_at=made, text=str(number))


def _store(*entities: Note) -> None:
    assert notes.create_each(entities) == [None] * len(entities)


def test_pages_are_complete_while_rows_are_inserted() -> None:
    _store(*(_note(n) for n in range(25)))
    first = notes.page("u", limit=10)
    _store(_note(100), _note(101))  # newer than everything read so far
    second = notes.page("u", limit=10, cursor=first.next_cursor)
    third = notes.page("u", limit=10, cursor=second.next_cursor)
    assert [n.text for page in (first, second, third) for n in page.items] == [str(n) for n in reversed(range(25))]
    assert (first.total, third.total, third.next_cursor) == (25, 27, None)


def test_equal_sort_values_lose_and_repeat_nothing() -> None:
    _store(*(_note(n, at=START) for n in range(7)))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = notes.page("u", limit=2, cursor=cursor)
        seen += [note.id for note in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(set(seen)) == [f"n{n:03}" for n in range(7)]


def test_a_page_costs_a_query_and_an_aggregation() -> None:
    _store(*(_note(n) for n in range(5)))
    with bound(Context()) as call:
        notes.page("u", limit=3)
    assert (call.meter.cost.rpcs, call.meter.cost.reads) == (2, 4 + 1)


def test_a_cursor_is_of_no_use_to_another_user_or_filter() -> None:
    _store(*(_note(n) for n in range(5)))
    cursor = notes.page("u", limit=2).next_cursor
    for uid, where in (("v", []), ("u", [("colour", "==", "red")])):
        with pytest.raises(BadRequest, match="cursor"):
            notes.page(uid, where=where, limit=2, cursor=cursor)  # type: ignore[arg-type]


def test_owners_are_apart() -> None:
    _store(_note(1, "u"))
    assert notes.find("v", "n001") is None
    assert notes.page("v").total == 0
    with pytest.raises(NotFound):
        notes.get("v", "n001")


@pytest.mark.parametrize("id", ["..", "__x__", "a/b", ""])
def test_an_impossible_id_is_not_found(id: str) -> None:
    with pytest.raises(NotFound):
        notes.get("u", id)


def test_fields_that_the_model_does_not_know_are_ignored() -> None:
    _store(_note(1))
    notes.update("u", "n001", {"from_the_future": 1})
    assert notes.get("u", "n001").text == "1"


def test_edits_at_once_all_count() -> None:
    _store(_note(1))
    with ThreadPoolExecutor(8) as pool:
        edit = lambda _: notes.edit("u", "n001", lambda note: {"text": f"{int(note.text) + 1}"})  # noqa: E731
        list(pool.map(edit, range(24)))
    assert notes.get("u", "n001").text == "25"


def test_an_edit_and_what_it_writes_beside_are_one_commit() -> None:
    """Of attempts that another writer overtakes, neither a write beside nor a result is left."""
    _store(_note(1))

    def count(note: Note) -> Edit[str]:
        beside = notes.to_create(_note(100 + int(note.text)))
        return Edit({"text": f"{int(note.text) + 1}"}, [beside], result=note.text)

    with ThreadPoolExecutor(8) as pool:
        edited = list(pool.map(lambda _: notes.edit_with("u", "n001", count), range(24)))
    assert sorted(int(result) for _, result in edited) == list(range(1, 25))
    assert all(int(note.text) == int(result) + 1 for note, result in edited)
    assert sorted(note.id for note in notes.select("u")) == ["n001", *(f"n{n}" for n in range(101, 125))]


def test_an_edit_of_an_old_version_is_refused() -> None:
    _store(_note(1))
    read = notes.get("u", "n001")
    notes.edit("u", "n001", lambda note: {"text": "mine"}, version=read.version)
    with pytest.raises(PreconditionFailed):
        notes.edit("u", "n001", lambda note: {"text": "yours"}, version=read.version)
    with pytest.raises(PreconditionFailed):
        notes.delete("u", "n001", version=read.version)


def test_several_counts_are_a_round_trip_each() -> None:
    _store(_note(1), _note(2))
    with bound(Context()) as call:
        assert notes.counts("u", [[("text", "==", "1")], [], [("text", "==", "9")]]) == [1, 2, 0]
    assert call.meter.cost.rpcs == 3


def test_some_fields_of_rows() -> None:
    _store(_note(1), _note(2))
    assert notes.select_fields("u", ["text"], order=[("text", "asc")], limit=1) == [{"text": "1"}]
