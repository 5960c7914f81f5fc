"""The daily check finds what an index lacks or has too many of, repairs that, and removes what dead processes left."""

from datetime import timedelta

import pytest

from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import clock
from shared.search import checking, compaction, service
from shared.search import manifest as manifests
from shared.search.cache import cache
from shared.search.checking import check
from shared.search.manifest import Manifest
from tests.fixtures.searched import fill, rebuilt, stored


def manifest_of(uid: str) -> Manifest:
    manifest = manifests.read(uid)
    assert manifest
    return manifest


def unannounced(*changes: Write) -> None:
    """Changes as a person makes them in the console."""
    assert not any(firestore.client().batch_write(changes, announced=False))


def age(uid: str) -> None:
    """Have the index be due for a close look."""
    firestore.client().commit([manifests.to_store(manifest_of(uid).changed(checked_at=None, check_at=clock.now()))])


def test_what_nobody_announced_is_found_and_repaired(uid: str) -> None:
    fill(uid, 30)
    service.index_of(uid)
    assert check(uid) == {"closely": 1, "repaired": 0, "expired": 0, "orphans": 0, "rebuilds": 0}
    unannounced(writes.create(f"users/{uid}/vault/new", {"title": "t", "created_at": clock.now()}))
    unannounced(writes.delete(f"users/{uid}/templates/d2"), writes.delete(f"users/{uid}/prospects/d0"))
    age(uid)
    gone = 30 + 1 - rebuilt(uid).documents
    assert check(uid)["repaired"] == 1 + gone
    assert stored(uid).packed() == rebuilt(uid).packed()
    cache.clear()
    assert service.index_of(uid).documents == rebuilt(uid).documents


def test_where_very_much_is_off_the_index_is_rebuilt(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_MOST", 5)
    fill(uid, 3)
    service.index_of(uid)
    fill(uid, 20, ["personas"])
    assert check(uid) == {"closely": 1, "repaired": 5, "expired": 0, "orphans": 0, "rebuilds": 1}
    assert manifest_of(uid).building
    compaction.run(uid, clock.now() + timedelta(minutes=1))
    assert stored(uid).packed() == rebuilt(uid).packed()


def test_what_has_expired_leaves_the_index(uid: str) -> None:
    old = clock.now() - timedelta(days=91)
    rows = [("old", old)] * 40 + [("new", clock.now())] * 5
    fields = [{"message": "pump", "level": "info", "timestamp": at, "created_at": at} for _, at in rows]
    unannounced(*(writes.create(f"users/{uid}/system_logs/l{n}", each) for n, each in enumerate(fields)))
    assert service.index_of(uid).documents == 45
    done = check(uid)
    assert (done["repaired"], done["expired"]) == (0, 40)
    cache.clear()
    assert service.index_of(uid).documents == 5
    age(uid)
    assert check(uid) | {"closely": 0} == dict.fromkeys(done, 0), "whether the TTL has removed them by now, or not yet"


def test_pieces_that_no_manifest_names_are_removed_after_an_hour(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(uid, 5)
    service.index_of(uid)
    unannounced(*(Write(f"users/{uid}/search_segments/dead.{name}0", {"data": b"x"}) for name in ("words", "tokens")))
    assert check(uid)["orphans"] == 0
    monkeypatch.setattr(checking, "_ORPHANED", timedelta(0))
    age(uid)
    assert check(uid)["orphans"] == 2
    rows = firestore.client().query(Query("search_segments", parent=f"users/{uid}"))
    assert {row.path.rpartition("/")[2].partition(".")[0] for row in rows} == {manifest_of(uid).segments[0].id}


def test_another_model_has_the_index_rebuilt(uid: str) -> None:
    fill(uid, 5)
    service.index_of(uid)
    firestore.client().commit([manifests.to_store(manifest_of(uid).changed(model="former"))])
    assert check(uid)["rebuilds"] == 1
    compaction.run(uid, clock.now() + timedelta(minutes=1))
    assert manifest_of(uid).model == "potion-base-8M-int8"


def test_who_has_changed_nothing_is_looked_at_closely_once_a_week(uid: str) -> None:
    fill(uid, 5)
    service.index_of(uid)
    assert check(uid)["closely"] == 1
    assert check(uid) == {}
    firestore.client().commit([writes.update(f"users/{uid}/{_some(uid)}", {"summary": "s"})])
    assert check(uid)["closely"] == 1


def _some(uid: str) -> str:
    key = rebuilt(uid).keys()[0]
    return f"{key.kind}/{key.id}"


def test_a_sweep_checks_each_index_once_a_day(uid: str) -> None:
    for n in range(3):
        fill(f"{uid}{n}", 4)
        service.index_of(f"{uid}{n}")
    done = checking.sweep()
    assert {name: done[name] for name in ("checked", "closely")} == {"checked": 3, "closely": 3}
    assert checking.sweep()["checked"] == 0
    assert all(manifest_of(f"{uid}{n}").check_at > clock.now() + timedelta(hours=23) for n in range(3))
