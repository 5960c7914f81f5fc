"""Documents of earlier versions are read as they would be stored today, and all are renewed, whatever dies."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import pytest

from shared import context
from shared.context import Context
from shared.errors import NewerSchema, Unreadable
from shared.gcp import firestore, writes
from shared.kit.clock import VirtualClock
from shared.kit.schema import Entity
from shared.kit.upgrades import Upgrades
from shared.settings import Settings
from shared.store import renewals
from shared.store.repository import Repository
from tests.automations.scenario import standing_clock
from tests.fixtures.crashes import crashes

START = datetime(2026, 1, 1, tzinfo=UTC)
OLD = {"full name": "Ann Lee", "created_at": START, "updated_at": START}  # of version 1, which did not say so


def _one_name(fields: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in fields.items() if key != "full name"}, "name": fields["full name"]}


def _split(fields: dict[str, Any]) -> dict[str, Any]:
    first, _, last = fields.pop("name").partition(" ")
    return {**fields, "first": first, "last": last}


class Person(Entity):
    schema_version = 3
    upgrades: ClassVar[Upgrades] = {1: _one_name, 2: _split}

    first: str
    last: str
    note: str = ""


people = Repository(Person, "test_people", "person")
RENEWAL = renewals.of_model(people)
PATH = "users/u/test_people/p"


@pytest.fixture(autouse=True)
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        yield standing


def _store(fields: dict[str, Any], path: str = PATH) -> None:
    firestore.client().commit([writes.Write(path, fields)])


def _stored(path: str = PATH) -> dict[str, Any]:
    document = firestore.client().get(path)
    assert document
    return document.data


@pytest.mark.parametrize(
    "fields",
    [
        OLD,
        {**OLD, "schema_version": 1},
        {"name": "Ann Lee", "created_at": START, "updated_at": START, "schema_version": 2},
        {"first": "Ann", "last": "Lee", "created_at": START, "updated_at": START, "schema_version": 3},
    ],
)
def test_each_version_is_read_as_the_present_one_and_stored_so_when_it_is_changed(fields: dict[str, Any]) -> None:
    _store(fields)
    person = people.get("u", "p")
    assert (person.first, person.last) == ("Ann", "Lee")
    assert [row.last for row in people.page("u", fields=("full name", "name", "first", "last", *OLD)).items] == ["Lee"]
    assert _stored() == fields  # reading stores nothing
    people.edit("u", "p", lambda current: {"note": f"{current.last}!"})
    changed = _stored()
    assert {name: changed[name] for name in ("first", "last", "note", "schema_version")} == {
        "first": "Ann",
        "last": "Lee",
        "note": "Lee!",
        "schema_version": 3,
    }
    assert not {"name", "full name"} & changed.keys()


def test_a_change_of_an_entity_that_was_read_upgrades_it_too() -> None:
    _store(OLD)
    firestore.client().commit(people.to_change(people.get("u", "p"), {"note": "x"}))
    assert (_stored()["last"], _stored()["schema_version"], "full name" in _stored()) == ("Lee", 3, False)


def test_a_version_of_later_code_is_never_read_as_if_it_were_known() -> None:
    _store({**OLD, "schema_version": 4, "first": "Ann", "last": "Lee"})
    with pytest.raises(NewerSchema, match="version 4; this code knows 3"):
        people.get("u", "p")
    with pytest.raises(NewerSchema):
        people.edit("u", "p", lambda current: {"note": "x"})
    assert people.select("u") == []  # left out, and logged
    assert _stored()["schema_version"] == 4


def test_what_an_upgrade_does_not_expect_is_named() -> None:
    _store({"created_at": START, "updated_at": START})
    with pytest.raises(Unreadable, match="person p cannot be upgraded from version 1"):
        people.get("u", "p")


def test_all_are_renewed_once_and_again_after_the_roll_out(time: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewals, "BATCH", 7)
    for number in range(20):
        _store(OLD if number % 2 else {**OLD, "first": "A", "last": "B", "schema_version": 3}, f"{PATH}{number:02}")
    with context.bound(Context()) as call:
        assert renewals.go_on([RENEWAL]) == {"read": 20, "changed": 10, "refused": 0, "finished": 0}
    assert (call.meter.cost.reads, call.meter.cost.writes) == (21, 10 + 3)
    assert renewals.go_on([RENEWAL])["read"] == 0  # until the roll-out is over
    _store(OLD, f"{PATH}05")  # by an instance of the former code
    time.advance(renewals.ROLLED_OUT)
    assert renewals.go_on([RENEWAL]) == {"read": 20, "changed": 1, "refused": 0, "finished": 1}
    time.advance(timedelta(days=30))
    assert renewals.go_on([RENEWAL])["read"] == 0
    later = renewals.Renewal(RENEWAL.name, RENEWAL.collection, "4", RENEWAL.to_write)
    assert renewals.go_on([later])["read"] == 20


def test_a_document_that_cannot_be_renewed_holds_up_no_other_and_keeps_it_unfinished(time: VirtualClock) -> None:
    _store({"created_at": START, "updated_at": START}, f"{PATH}1")
    _store(OLD, f"{PATH}2")
    passes = []
    for _ in range(4):
        passes.append(renewals.go_on([RENEWAL]))
        time.advance(timedelta(days=1))
    assert [(each["refused"], each["finished"]) for each in passes] == [(1, 0)] * 4
    assert _stored(f"{PATH}2")["schema_version"] == 3
    _store(OLD, f"{PATH}1")
    time.advance(timedelta(days=8))
    assert renewals.go_on([RENEWAL])["finished"] == 1


def test_it_goes_on_wherever_it_dies(time: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewals, "BATCH", 2)

    for boundary in count(1):
        for number in range(5):
            _store(OLD, f"{PATH}{number}")
        renewal = renewals.Renewal(f"people-{boundary}", RENEWAL.collection, "3", RENEWAL.to_write)
        died = crashes(boundary, lambda: renewals.go_on([renewal]))  # noqa: B023
        renewals.go_on([renewal])
        assert {_stored(f"{PATH}{number}")["schema_version"] for number in range(5)} == {3}
        if not died:
            break
    assert boundary > 2 * (5 + 3)


def test_a_model_that_cannot_read_its_earlier_versions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Person, "upgrades", {1: _one_name})
    _store(OLD)
    with pytest.raises(Unreadable):
        people.get("u", "p")
