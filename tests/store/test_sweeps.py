"""A sweep deals with all that is due, each row once, whatever happens to one of them, to the store, or to the sweep."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import settings
from shared.context import Context, bound
from shared.errors import Unavailable
from shared.gcp import firestore, sizes, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Write
from shared.kit import clock, failpoint
from shared.kit.clock import VirtualClock
from shared.kit.schema import Entity
from shared.settings import Settings
from shared.store import sweeps
from shared.store.repository import Repository
from shared.store.sweeps import Sweep
from tests.automations.scenario import standing_clock


class Letter(Entity):
    due_at: datetime | None = None
    times: int = 0


letters = Repository(Letter, "test_letters", "letter")
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        yield standing


def _letter(number: int, **more: Any) -> Write:
    at = START + timedelta(seconds=number)
    return writes.create(
        letters.path(f"user-{number % 7}", f"l{number:04}"),
        {"created_at": at, "updated_at": at, "due_at": at, "times": 0, **more},
    )


def _store(number: int, *, behind: int = 0) -> None:
    assert not any(firestore.client().batch_write([_letter(behind + n) for n in range(number)]))


def _batches(batch: int = sweeps.BATCH) -> Iterator[list[Letter]]:
    return sweeps.everywhere(letters, where=[("due_at", "<=", clock.now())], order=[("due_at", "asc")], batch=batch)


def _to_send(letter: Letter) -> Write:
    fields = {"due_at": None, "times": letter.times + 1}
    return letters.to_update(letter.user_id, letter.id, fields, version=letter.version)


def _sweep(batch: int = sweeps.BATCH, *, each: Callable[[Sequence[Letter]], None] | None = None, **more: Any) -> int:
    """Sends what is due; answers how many letters."""
    this = Sweep("sent", **more)

    def send(due: Sequence[Letter]) -> None:
        if each:
            each(due)
        this.count(sent=len(this.write(due, _to_send)))

    this.each(_batches(batch), send)
    return this.done()["sent"]


def _left() -> int:
    return sum(map(len, _batches()))


def _times() -> list[int]:
    return [letter.times for user in range(7) for letter in letters.each(f"user-{user}")]


def test_more_than_one_batch_is_done_in_one_call() -> None:
    _store(1_234)
    with bound(Context()) as call:
        assert _sweep() == 1_234
    cost = call.meter.cost
    assert (cost.rpcs, cost.reads, cost.writes, cost.commits) == (3 + 3, 1_234, 1_234, 3)
    assert _times() == [1] * 1_234
    with bound(Context()) as call:
        assert _sweep() == 0
    assert (call.meter.cost.rpcs, call.meter.cost.reads) == (1, 1)


def test_its_time_is_kept_and_the_next_call_does_the_rest(time: VirtualClock) -> None:
    _store(100)
    seconds = settings.current().sweep_seconds

    def slowly(due: Sequence[Letter]) -> None:
        time.advance(timedelta(seconds=seconds / 3 + 1))

    done = _sweep(10, each=slowly, threads=1)
    assert 10 <= done <= 40
    assert _left() == 100 - done
    assert _sweep(10) == 100 - done
    assert _times() == [1] * 100


def test_of_two_sweeps_at_once_each_row_is_one_s() -> None:
    _store(400)
    gate = threading.Barrier(4)

    def together() -> int:
        gate.wait(10)
        return _sweep(20)

    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(copy_context().run, together) for _ in range(4)]
        number = sum(each.result() for each in sent)
    assert number + _left() == 400
    assert max(_times()) == 1
    assert _sweep() + number == 400


def test_the_sweep_that_finds_another_at_its_rows_leaves_the_rest_to_it() -> None:
    _store(200)
    asked: list[int] = []

    def another_is_faster(due: Sequence[Letter]) -> None:
        asked.append(len(due))
        firestore.client().batch_write([_to_send(letter) for letter in due[:11]])

    assert _sweep(20, each=another_is_faster, threads=1) == 9
    assert (asked, _left()) == ([20], 180)
    assert _sweep(20) == 180


def test_a_few_rows_that_change_meanwhile_are_no_other_sweep() -> None:
    def one_is_changed(due: Sequence[Letter]) -> None:
        firestore.client().commit([_to_send(due[0])])

    _store(200)
    assert _sweep(20, each=one_is_changed, threads=1) == 190
    assert _times() == [1] * 200


def test_a_row_that_the_store_refuses_for_good_holds_none_up() -> None:
    full = letters.path("user-0", "l0000")
    room = sizes.MAX_DOCUMENT - sizes.of_document(full, {**_letter(0).fields, "note": ""})
    firestore.client().commit([_letter(0, note="x" * room)])
    _store(30, behind=1)

    def to_grow(letter: Letter) -> Write:
        fields = {"due_at": None, "times": 1, "more": "and more"}
        return letters.to_update(letter.user_id, letter.id, fields, version=letter.version)

    for found in (31, 1):
        this = Sweep()
        this.each(_batches(1), lambda due, this=this: this.count(sent=len(this.write(due, to_grow))))  # type: ignore[misc]
        assert this.done() == {"sent": found - 1, "failed": 1}
    assert _left() == 1


def test_a_row_that_meets_a_bug_is_alone_with_it() -> None:
    _store(100)

    def stumble(due: Sequence[Letter]) -> None:
        if any(letter.id == "l0041" for letter in due):
            raise KeyError("odd")

    this = Sweep()

    def send(due: Sequence[Letter]) -> None:
        stumble(due)
        this.count(sent=len(this.write(due, _to_send)))

    this.each(_batches(), send)
    assert this.done() == {"sent": 99, "failed": 1}
    assert [letter.id for letters in _batches() for letter in letters] == ["l0041"]


def test_the_log_names_a_row_and_holds_nothing_of_it(caplog: pytest.LogCaptureFixture) -> None:
    """Neither of a row that has no id, such as a document as the store gives it."""
    document = Document("users/ann/prospects/p1", {"email": "ann@school.example"}, datetime.now(UTC))

    def refuse(rows: Sequence[object]) -> None:
        raise Unavailable("The store does not answer.")

    Sweep().each([[document, ("ann@school.example",)]], refuse)
    [line] = [record for record in caplog.records if record.getMessage() == "a sweep passes a row"]
    assert "prospects/p1" in str(vars(line))
    assert "school.example" not in str(vars(line))


def test_rows_of_odd_shape_are_passed_whole_batches_of_them() -> None:
    odd = [_letter(n, created_at="yesterday") for n in range(12)]
    strings = [_letter(n, due_at=f"{START:%Y-%m-%d}") for n in range(12, 15)]  # which no query by time finds
    firestore.client().commit([*odd, *strings])
    _store(5, behind=20)
    assert _sweep(4) == 5
    assert _sweep(4) == 0


@pytest.mark.parametrize("boundary", range(1, 9))
def test_one_that_dies_loses_nothing(boundary: int) -> None:
    _store(35)
    failpoint.arm(boundary)
    with pytest.raises(failpoint.Crash):
        _sweep(10, threads=2)
    assert not failpoint.armed()
    failpoint.arm(None)
    _sweep(10)
    assert _times() == [1] * 35


def test_a_store_in_trouble_is_left_alone_and_the_call_fails() -> None:
    _store(500)
    asked: list[int] = []

    def refuse(due: Sequence[Letter]) -> None:
        asked.append(len(due))
        raise Unavailable("It does not answer.")

    with pytest.raises(Unavailable, match="does not answer"):
        _sweep(1, each=refuse)
    assert 30 <= len(asked) <= 30 + 8
    assert _sweep() == 500


def test_troubles_with_some_rows_hold_none_up_and_the_call_fails() -> None:
    """Were it acknowledged, nobody would learn of it."""
    _store(100)

    def refuse_every_tenth(due: Sequence[Letter]) -> None:
        if int(due[0].id[1:]) % 10 == 0:
            raise Unavailable("It does not answer.")

    with pytest.raises(Unavailable):
        _sweep(1, each=refuse_every_tenth)
    assert _left() == 10


def test_a_sweep_whose_time_is_over_reads_nothing_more(time: VirtualClock) -> None:
    _store(3)
    this = Sweep()
    time.advance(timedelta(minutes=1))
    with bound(Context()) as call:
        this.each(_batches(), lambda due: None)
    assert call.meter.cost.rpcs == 0
