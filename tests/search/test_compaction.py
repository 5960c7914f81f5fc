"""Compactions and rebuilds leave an index that answers as one that is built of the documents, wherever they die."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.errors import AlreadyExists, NotFound
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import clock
from shared.search import changes, compaction, service, tiers, upkeep
from shared.search import manifest as manifests
from shared.search.cache import cache
from shared.search.compaction import run
from shared.search.index import Index
from shared.search.manifest import Manifest
from tests.fixtures.crashes import crashes
from tests.fixtures.searched import answers, document, fill, rebuilt, stored, to_create

SHORT = timedelta(seconds=2)


def until() -> datetime:
    return clock.now() + timedelta(minutes=5)


def manifest_of(uid: str) -> Manifest:
    manifest = manifests.read(uid)
    assert manifest
    return manifest


def change(uid: str, number: int, seed: int, kind: str = "prospects") -> None:
    chance = random.Random(seed)
    firestore.client().commit([Write(f"users/{uid}/{kind}/d{number}", document(chance, kind))])


def pieces(uid: str) -> set[str]:
    """The segments of which there are pieces in the store."""
    rows = firestore.client().query(Query("search_segments", parent=f"users/{uid}", fields=("__name__",)))
    return {row.path.rpartition("/")[2].partition(".")[0] for row in rows}


def test_a_user_without_an_index_has_none_made(uid: str) -> None:
    fill(uid, 3)
    assert run(uid, until()).steps == 0
    assert manifests.read(uid) is None


def test_changes_become_a_segment(uid: str) -> None:
    fill(uid, 20, ["prospects"])
    service.index_of(uid)
    for n in range(15, 25):
        change(uid, n, n)
    firestore.client().commit([writes.delete(f"users/{uid}/prospects/d3")])
    assert run(uid, until(), least=12).steps == 0
    assert run(uid, until()).steps == 1
    assert run(uid, until()).steps == 1, "the marks of the last minute are taken again: a late one may be among them"
    assert stored(uid).packed() == rebuilt(uid).packed()
    assert service.index_of(uid).documents == 24


def test_a_compaction_spares_readers_the_marks(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "SETTLED", timedelta(0))
    service.index_of(uid)
    for n in range(10):
        change(uid, n, n)
    assert run(uid, until()).steps == 1
    assert changes.look(uid, manifest_of(uid).watermark, 100).marks == []
    assert run(uid, until()).steps == 0
    cache.clear()
    assert service.index_of(uid).documents == 10
    assert cache.reader(uid).waiting == 0


def test_segments_are_merged_and_the_former_deleted_once_nobody_reads_them(uid: str) -> None:
    service.index_of(uid)
    for n in range(tiers.FAN):
        change(uid, n, n)
        run(uid, until())
    manifest = manifest_of(uid)
    assert (len(manifest.segments), len(manifest.retired)) == (1, tiers.FAN)
    assert len(pieces(uid)) == 1 + tiers.FAN
    settled = manifest.changed(watermark=changes.look(uid, changes.FIRST, 1).read_at)
    firestore.client().commit([manifests.to_store(settled)])
    assert run(uid, until()).steps == 0
    old = clock.now() - timedelta(minutes=11)
    aged = [each.model_copy(update={"at": old}) for each in manifest.retired]
    firestore.client().commit([manifests.to_store(manifest_of(uid).changed(retired=aged))])
    assert run(uid, until()).steps == 1
    assert pieces(uid) == {each.id for each in manifest_of(uid).segments}
    assert stored(uid).packed() == rebuilt(uid).packed()


def test_five_hundred_documents_are_a_step(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "STEP", 20)
    monkeypatch.setattr(compaction, "_MARKS", 10)
    service.index_of(uid)
    for n in range(45):
        change(uid, n, n)
    assert run(uid, until()).steps >= 3
    assert stored(uid).packed() == rebuilt(uid).packed()


@pytest.mark.parametrize("part", ["words", "tokens", "vectors"])
@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_damaged_segment_is_not_merged_but_built_anew(uid: str, part: str, damage: str) -> None:
    service.index_of(uid)
    for n in range(tiers.FAN - 1):
        change(uid, n, n)
        run(uid, until())
    [first, *_] = [each for each in manifest_of(uid).segments if each.documents]
    path = f"users/{uid}/search_segments/{first.id}.{part}0"
    firestore.client().commit([writes.delete(path) if damage == "missing" else Write(path, {"data": b"cut"})])
    for n in range(tiers.FAN, tiers.FAN + 2):
        change(uid, n, n)
        assert run(uid, until()).again_at is None
    assert manifest_of(uid).building is None
    assert stored(uid).packed() == rebuilt(uid).packed()


def test_the_second_of_two_calls_leaves_and_comes_again(uid: str) -> None:
    service.index_of(uid)
    change(uid, 1, 1)
    manifest = manifest_of(uid)
    leased = manifest.changed(leased_by="other", leased_until=clock.now() + timedelta(seconds=30))
    firestore.client().commit([manifests.to_store(leased)])
    result = run(uid, until())
    assert (result.steps, result.again_at) == (0, leased.leased_until)
    firestore.client().commit([manifests.to_store(manifest_of(uid).changed(leased_until=clock.now()))])
    assert run(uid, until()).steps == 1


def test_whoever_has_done_all_holds_the_index_no_longer(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "STEP", 5)
    fill(uid, 10)
    upkeep.start_reindex(uid)
    for number in (0, 1, 12):
        for n in range(number):
            change(uid, n, n)
        assert run(uid, until()).again_at is None
        assert manifest_of(uid).leased_until is None


def test_wherever_a_compaction_dies_the_next_one_completes_it(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "LEASE", timedelta(0))
    monkeypatch.setattr(compaction, "STEP", 5)
    monkeypatch.setattr(changes, "SETTLED", timedelta(0))
    fill(uid, 10, ["prospects"])
    service.index_of(uid)
    boundary = 0
    for boundary in range(1, 60):
        for n in range(12):
            change(uid, n, 100 * boundary + n)
        died = crashes(boundary, lambda: run(uid, until()))
        assert answers(service.index_of(uid)) == answers(Index([rebuilt(uid)])), boundary
        if not died:
            break
    assert boundary > 4
    run(uid, until())
    assert stored(uid).packed() == rebuilt(uid).packed()


def test_wherever_a_rebuild_dies_it_goes_on(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "LEASE", timedelta(0))
    monkeypatch.setattr("shared.search.rebuilding.STEP", 13 * 2)
    fill(uid, 60)
    service.index_of(uid)
    dead = 0
    for boundary in range(1, 40):
        begun = upkeep.start_reindex(uid)
        died = crashes(boundary, lambda: run(uid, until()))
        dead += died
        assert answers(service.index_of(uid)) == answers(Index([rebuilt(uid)])), boundary
        if upkeep.reindex_state(uid).state == "running":
            assert upkeep.start_reindex(uid).id == begun.id
        run(uid, until())
        done = upkeep.reindex_state(uid)
        assert (done.state, done.documents) == ("done", 60)
        if not died:
            break
    assert dead > 6
    assert stored(uid).packed() == rebuilt(uid).packed()


def test_a_first_build_that_dies_goes_on(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.search.rebuilding.STEP", 13 * 2)
    fill(uid, 40)
    assert crashes(4, lambda: service.index_of(uid))
    building = manifest_of(uid).building
    assert building
    assert building.documents > 0
    cache.clear()
    assert service.index_of(uid).documents == 40
    assert manifest_of(uid).generation == building.id


OPERATIONS = 1_000
WRITERS, READERS = 4, 2


def _operate(uid: str, seed: int, count: int) -> None:
    """Random writes of one thread: creations, changes and deletions, alone and in batches."""
    chance = random.Random(seed)
    client = firestore.client()
    for _ in range(count):
        kind, number = chance.choice(["prospects", "vault", "insights", "system_logs"]), chance.randrange(60)
        path = f"users/{uid}/{kind}/d{number}"
        match chance.randrange(6):
            case 0 | 1:
                write = to_create(uid, kind, number, chance)
            case 2:
                write = writes.delete(path)
            case 3:
                new, other = to_create(uid, kind, number + 60, chance), to_create(uid, kind, number + 61, chance)
                client.batch_write([writes.delete(path), new, other])
                continue
            case _:
                write = writes.update(path, {"summary": document(chance, kind)["summary"], "message": "m"})
        try:
            client.commit([write])
        except (AlreadyExists, NotFound):
            continue


class _Storm:
    """Writers, readers and dying compactions at once, until the writers are done."""

    def __init__(self, uid: str) -> None:
        self.uid = uid
        self.is_over = False

    def run(self) -> tuple[int, int]:
        """How many compactions have died, and how often the index was read."""
        with ThreadPoolExecutor(WRITERS + READERS + 2) as pool:

            def start(call: Any, *values: Any) -> Any:
                return pool.submit(copy_context().run, call, *values)

            compacting = [start(self._compact, n) for n in range(2)]
            reading = [start(self._read) for _ in range(READERS)]
            writing = [start(_operate, self.uid, n, OPERATIONS // WRITERS) for n in range(WRITERS)]
            try:
                for each in writing:
                    each.result()
            finally:
                self.is_over = True
            return sum(each.result() for each in compacting), sum(each.result() for each in reading)

    def _compact(self, seed: int) -> int:
        chance, dead = random.Random(seed), 0
        while not self.is_over:
            if chance.random() < 0.1:
                upkeep.start_reindex(self.uid)
            dead += crashes(chance.randrange(1, 12), lambda: run(self.uid, clock.now() + timedelta(seconds=3)))
        return dead

    def _read(self) -> int:
        count = 0
        while not self.is_over:
            service.index_of(self.uid)
            count += 1
        return count


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_operations_under_dying_compactions(uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several writers; two compactions at a time, each killed at another boundary; rebuilds that begin meanwhile; tasks
    that come twice. Then the stored index is, byte for byte, the one that is built of the documents."""
    monkeypatch.setattr(changes, "SETTLED", SHORT)
    monkeypatch.setattr(compaction, "LEASE", timedelta(0))
    monkeypatch.setattr(compaction, "STEP", 20)
    service.index_of(uid)
    dead, reads = _Storm(uid).run()
    assert (dead > 10, reads > 10) == (True, True)
    warm, truth = answers(service.index_of(uid)), answers(Index([rebuilt(uid)]))
    assert warm == truth
    cache.clear()
    assert answers(service.index_of(uid)) == truth
    while run(uid, until()).again_at:
        pass
    run(uid, until())
    assert stored(uid).packed() == rebuilt(uid).packed()
