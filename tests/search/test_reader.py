"""A search sees what was committed before it, whatever the instance has in memory, and at the cost that it states."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from shared import context, settings
from shared.context import Context
from shared.gcp import firestore, writes
from shared.gcp.firestore import Firestore
from shared.gcp.writes import Write
from shared.kit import clock
from shared.meter import Cost
from shared.search import changes, service
from shared.search import manifest as manifests
from shared.search.cache import cache
from shared.search.compaction import run
from shared.search.entries import Key
from shared.search.index import Index
from shared.search.kinds import entries_of
from shared.search.results import Filters
from shared.search.text.query import parsed
from tests.fixtures.searched import answers, fill, rebuilt, stored
from tests.search.corpus import NOON


@contextmanager
def _cost() -> Iterator[Cost]:
    with context.bound(Context()) as call:
        yield call.meter.cost


def found(uid: str, query: str) -> set[Key]:
    return {hit.key for hit in service.index_of(uid).search(parsed(query), limit=100).hits}


def prospect(uid: str, id: str, name: str) -> Write:
    return writes.create(f"users/{uid}/prospects/{id}", {"name": name, "status": "new", "created_at": clock.now()})


def test_the_first_search_builds_the_index_and_stores_it(uid: str) -> None:
    fill(uid, 60)
    with _cost() as cost:
        index = service.index_of(uid)
    assert (index.documents, cost.commits) == (60, 1)
    assert stored(uid).packed() == rebuilt(uid).packed()
    cache.clear()
    assert answers(service.index_of(uid)) == answers(index)


def test_a_search_sees_what_was_written_before_it(uid: str) -> None:
    client = firestore.client()
    client.commit([prospect(uid, "a", "Nuñez"), prospect(uid, "b", "Smith")])
    assert found(uid, "nunez") == {Key("prospects", "a")}
    client.commit([writes.update(f"users/{uid}/prospects/b", {"name": "Nunez"})])
    assert found(uid, "nunez") == {Key("prospects", "a"), Key("prospects", "b")}
    client.commit([writes.delete(f"users/{uid}/prospects/a")])
    assert found(uid, "nunez") == {Key("prospects", "b")}
    client.commit([prospect(uid, "a", "Nuñez")])
    assert len(found(uid, "nunez")) == 2
    cache.clear()
    assert len(found(uid, "nunez")) == 2


def test_a_warm_search_costs_two_reads(uid: str) -> None:
    fill(uid, 30)
    service.index_of(uid)
    with _cost() as cost:
        index = service.index_of(uid)
    assert (cost.reads, cost.writes, index.documents) == (2, 0, 30)


def test_a_change_is_read_once(uid: str) -> None:
    fill(uid, 5)
    service.index_of(uid)
    firestore.client().batch_write([prospect(uid, f"p{n}", "Ann") for n in range(4)])
    reads = []
    for _ in range(3):
        with _cost() as cost:
            assert len(found(uid, "ann")) == 4
        reads.append(cost.reads)
    assert reads == [1 + 2 + 4, 1 + 2, 1 + 2]


def test_after_many_changes_a_search_costs_three_reads(uid: str) -> None:
    service.index_of(uid)
    for n in range(40):
        firestore.client().commit([prospect(uid, f"p{n}", "Ann")])
    reads = []
    for _ in range(3):
        with _cost() as cost:
            assert len(found(uid, "ann")) == 40
        reads.append(cost.reads)
    assert reads == [1 + 40 + 40, 1 + 1 + 1, 1 + 1 + 1]


def note(uid: str, id: str, title: str) -> Write:
    return Write(f"users/{uid}/vault/{id}", {"title": title, "created_at": NOON})


def notes(uid: str, query: str) -> set[str]:
    """The vault items that a search of the vault alone finds."""
    kinds = Filters(kinds=("vault",))
    index = service.index_of(uid, kinds=kinds.kinds)
    return {key.id for key, _ in index.all_matching(parsed(query), kinds)}


def test_a_search_of_one_kind_reads_no_others_that_have_changed(uid: str) -> None:
    client = firestore.client()
    service.index_of(uid)
    client.commit([prospect(uid, f"p{n}", "Ann") for n in range(30)])
    client.commit([note(uid, "a", "Pump")])
    reads = []
    for query, match in (("pump", {"a"}), ("ann", set())):
        with _cost() as cost:
            assert notes(uid, query) == match
        reads.append(cost.reads)
    assert reads == [1 + 2 + 1, 1 + 2]
    assert len(found(uid, "ann")) == 30
    client.commit([writes.delete(f"users/{uid}/vault/a"), note(uid, "b", "Pump")])
    assert notes(uid, "pump") == {"b"}


def test_what_no_search_has_read_is_not_kept_as_it_was(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that is in a segment in memory as it was: behind it changes of another kind, before that the index's
    watermark."""
    client = firestore.client()
    service.index_of(uid)
    client.commit([prospect(uid, "p", "Ann")])
    assert found(uid, "ann") == {Key("prospects", "p")}
    client.commit([writes.update(f"users/{uid}/prospects/p", {"name": "Bea"})])
    before = manifests.read(uid)
    with monkeypatch.context() as patched:
        patched.setattr(changes, "SETTLED", timedelta(0))
        assert run(uid, clock.now() + timedelta(minutes=5)).steps > 0
    with monkeypatch.context() as patched:
        patched.setattr(manifests, "read", lambda uid: before)
        for n in range(8):  # more segments than are kept apart
            client.commit([note(uid, f"n{n}", "Pump")])
            assert len(notes(uid, "pump")) == n + 1
    assert len(notes(uid, "pump")) == 8
    assert (found(uid, "ann"), found(uid, "bea")) == (set(), {Key("prospects", "p")})


@pytest.mark.parametrize("before", [0, 20])
def test_a_change_that_is_seen_late_is_seen(uid: str, before: int) -> None:
    """Its commit took so long that later ones were searched before."""
    client = firestore.client()
    service.index_of(uid)
    for n in range(before):
        client.commit([prospect(uid, f"p{n}", "Ann")])
    assert len(found(uid, "ann")) == before
    at = clock.now() - changes.SETTLED / 2
    mark = {"to_index": ["prospects/late"], "index_at": at, "at": at}
    slow = [prospect(uid, "late", "Ann"), writes.create(f"users/{uid}/stream/late", mark)]
    assert not any(client.batch_write(slow, announced=False))
    for _ in range(2):
        assert len(found(uid, "ann")) == before + 1
    with _cost() as cost:
        assert len(found(uid, "ann")) == before + 1
    assert cost.reads == (3 if before else 2)


def test_a_file_is_found_by_its_passages(uid: str) -> None:
    path = f"users/{uid}/files/f"
    file = {"title": "Report", "name": "report.pdf", "pack_count": 2, "created_at": clock.now()}
    packs = [Write(f"{path}/chunks/{n}", {"texts": [f"turbine{n} one", f"gasket{n}"]}) for n in range(2)]
    service.index_of(uid)
    firestore.client().commit([writes.create(path, file), *packs])
    assert found(uid, "gasket1") == {Key("files", "f")}
    cache.clear()
    assert found(uid, "turbine0") == {Key("files", "f")}
    firestore.client().commit([writes.delete(path), *(writes.delete(pack.path) for pack in packs)])
    assert found(uid, "gasket1") == set()


def test_a_batch_that_was_never_announced_is_seen_within_a_minute(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(uid, 3)
    service.index_of(uid)

    def die(self: Firestore, applied: Sequence[Write], batch: str) -> None:
        """The process ends behind the batch."""

    with monkeypatch.context() as patched:
        patched.setattr(Firestore, "_announce", die)
        firestore.client().batch_write([prospect(uid, "p", "Ann")])
    assert found(uid, "ann") == set()
    monkeypatch.setattr(changes, "SETTLED", timedelta(0))
    assert found(uid, "ann") == {Key("prospects", "p")}
    cache.clear()
    assert found(uid, "ann") == {Key("prospects", "p")}


def test_more_changes_than_a_query_takes_are_all_seen(uid: str) -> None:
    fill(uid, 3)
    service.index_of(uid)
    for n in range(230):
        firestore.client().commit([prospect(uid, f"p{n}", "Ann")])
    assert service.index_of(uid).documents == 233
    cache.clear()
    assert service.index_of(uid).documents == 233


def test_an_index_older_than_the_changes_that_are_kept_is_built_anew(uid: str) -> None:
    fill(uid, 3)
    service.index_of(uid)
    manifest = manifests.read(uid)
    assert manifest
    generation = manifest.generation
    firestore.client().commit([manifests.to_store(manifest.changed(watermark=datetime(2026, 1, 1, tzinfo=UTC)))])
    fill(uid, 5, ("personas",))
    cache.clear()
    index = service.index_of(uid)
    now = manifests.read(uid)
    assert now
    assert now.generation != generation
    assert index.documents == rebuilt(uid).documents


def test_a_manifest_of_another_shape_loses_no_synonyms(uid: str) -> None:
    fill(uid, 20)
    before = answers(service.index_of(uid))
    service.set_synonyms(uid, {"pump": ["valve"]})
    firestore.client().commit([writes.update(manifests.path(uid), {"segments": "of a later version"})])
    cache.clear()
    assert service.synonyms_of(uid) == {"pump": ["valve"]}
    service.set_synonyms(uid, {})
    assert answers(service.index_of(uid)) == before


def everything(index: Index) -> tuple[object, ...]:
    """Answers that need each part of an index."""
    return answers(index), index.model, index.search(parsed("pump"), mode="hybrid", vector=np.ones(256)).total


@pytest.mark.parametrize("part", ["words", "tokens", "vectors"])
@pytest.mark.parametrize("damage", ["missing", "cut", "another format"])
def test_a_damaged_index_is_built_anew(uid: str, damage: str, part: str) -> None:
    fill(uid, 20)
    before = service.answer(uid, everything)
    manifest = manifests.read(uid)
    assert manifest
    path = f"users/{uid}/search_segments/{manifest.segments[0].id}.{part}0"
    match damage:
        case "missing":
            firestore.client().commit([writes.delete(path)])
        case "cut":
            document = firestore.client().get(path)
            assert document
            firestore.client().commit([Write(path, {"data": document.data["data"][:-9]})])
        case _:
            firestore.client().commit([writes.update(manifests.path(uid), {"format": 0, "segments": "other"})])
    cache.clear()
    for _ in range(2):
        assert service.answer(uid, everything) == before
    cache.clear()
    assert everything(service.index_of(uid)) == before


def test_an_index_of_an_earlier_format_is_built_anew(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of format 1 has telephone numbers as they are written, and in no other way."""
    phone = writes.create(f"users/{uid}/prospects/p", {"name": "Ann", "phone": "+49 30 123456", "created_at": NOON})
    firestore.client().commit([phone])
    with monkeypatch.context() as patched:
        patched.setattr(manifests, "FORMAT", 1)
        patched.setattr(changes, "entries_of", lambda kind, id, data, _: entries_of(kind, id, {**data, "phone": ""}))
        assert found(uid, "030123456") == set()
    former = manifests.read(uid)
    assert former
    assert (former.format, former.is_searchable) == (1, False)
    cache.clear()
    assert found(uid, "030123456") == {Key("prospects", "p")}
    manifest = manifests.read(uid)
    assert manifest
    assert (manifest.format, manifest.is_searchable) == (manifests.FORMAT, True)
    assert former.segments[0] in [each.segment for each in manifest.retired]


def test_the_cache_is_bounded_and_forgets_whom_it_served_longest_ago(uid: str) -> None:
    users = [f"{uid}-{n}" for n in range(3)]
    for user in users:
        fill(user, 5)
        service.index_of(user)
    assert cache.users == 3
    bound = cache.reader(users[2]).bytes
    settings.use(settings.current().model_copy(update={"search_cache_bytes": bound + 10}))
    service.index_of(users[2])
    assert cache.users == 1
    assert service.index_of(users[0]).documents == 5


def test_synonyms_are_the_users_own(uid: str) -> None:
    firestore.client().commit([prospect(uid, "a", "Physician")])
    assert found(uid, "doctor") == set()
    service.set_synonyms(uid, {"doctor": ["physician"]})
    assert found(uid, "doctor") == {Key("prospects", "a")}
    assert service.synonyms_of(uid) == {"doctor": ["physician"]}
