"""Reads that many threads make at once share calls: never an old answer, never another's failure."""

import random
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from shared import context
from shared.context import Context
from shared.errors import Invalid
from shared.gcp import firestore, writes
from shared.gcp.coalescing import Coalescer
from shared.kit.ids import new_id
from tests.fixtures.waiting import eventually


class Source:
    """Answers a key with its upper case, once it is let go; notes the keys of each call."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.entered, self.go = threading.Event(), threading.Event()

    def find(self, keys: list[str]) -> dict[str, str]:
        self.calls.append(keys)
        self.entered.set()
        self.go.wait(5)
        if "bad" in keys:
            raise Invalid.of("key", "bad")
        return {key: key.upper() for key in keys if key != "missing"}


def _behind(source: Source, coalescer: Coalescer[str], asked: list[list[str]], calls: int) -> list[Future[object]]:
    """Has keys asked for while a call is under way, each by a thread of its own; returns what they get."""
    pool = ThreadPoolExecutor(len(asked) + 1)
    first = pool.submit(coalescer.get, ["first"])
    assert source.entered.wait(5)
    rest = [pool.submit(coalescer.get, keys) for keys in asked]
    eventually(lambda: coalescer._next is not None and len(coalescer._next.keys) == calls)
    source.go.set()
    pool.shutdown()
    assert first.result() == {"first": "FIRST"}
    return rest  # type: ignore[return-value]


def test_what_is_asked_for_during_a_call_is_asked_for_once_in_the_next() -> None:
    source = Source()
    answers = _behind(source, Coalescer(source.find), [["a", "b"], ["b", "missing"], ["a"]], calls=3)
    assert [sorted(keys) for keys in source.calls] == [["first"], ["a", "b", "missing"]]
    assert all(answer.result() == {"a": "A", "b": "B"} for answer in answers)


def test_a_failure_reaches_only_whoever_asked_for_its_key() -> None:
    source = Source()
    good, bad, other = _behind(source, Coalescer(source.find), [["a"], ["bad"], ["b"]], calls=3)
    assert good.result() == {"a": "A"}
    assert other.result() == {"b": "B"}
    with pytest.raises(Invalid):
        bad.result()


def test_a_call_that_does_not_end_holds_nobody_up() -> None:
    source = Source()
    coalescer = Coalescer(source.find)
    with ThreadPoolExecutor(2) as pool:
        stuck = pool.submit(coalescer.get, ["stuck"])
        assert source.entered.wait(5)
        other = pool.submit(coalescer.get, ["a"])
        eventually(lambda: source.calls == [["stuck"], ["a"]])  # while the first is still under way
        source.go.set()
        assert stuck.result() == {"stuck": "STUCK"}
        assert other.result() == {"a": "A"}
        assert coalescer.get(["b"]) == {"b": "B"}


def test_a_call_has_a_bounded_number_of_keys() -> None:
    source = Source()
    many = [[f"k{number}"] for number in range(50)]
    coalescer = Coalescer(source.find)
    with ThreadPoolExecutor(60) as pool:
        first = pool.submit(coalescer.get, ["first"])
        assert source.entered.wait(5)
        rest = [pool.submit(coalescer.get, keys) for keys in many]
        eventually(lambda: coalescer._next is not None and len(coalescer._next.keys) == 50)
        beyond = pool.submit(coalescer.get, ["beyond"])
        eventually(lambda: ["beyond"] in source.calls)
        source.go.set()
        assert first.result()
        assert all(each.result() for each in rest)
        assert beyond.result() == {"beyond": "BEYOND"}
    assert max(map(len, source.calls)) == 50


def test_nobody_gets_what_was_read_before_asking() -> None:
    version = 0

    def find(keys: list[str]) -> dict[str, int]:
        read = version
        time.sleep(random.uniform(0, 0.002))
        return dict.fromkeys(keys, read)

    coalescer = Coalescer(find)

    def ask(_: int) -> None:
        nonlocal version
        version += 1
        asked_at = version
        assert coalescer.get(["k"])["k"] >= asked_at

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(2_000)))


@pytest.mark.usefixtures("local_settings")
def test_documents_read_together_are_each_reader_s_own() -> None:
    store = firestore.client()
    path = f"users/{new_id()}/subscriptions/s"
    store.commit([writes.create(path, {"map": {"a": 1}})])
    call = Context()

    def read(_: int) -> object:
        with context.bound(call):
            present, missing = store.get_together([path, f"{path}-none"])
            assert present
            assert missing is None
            present.data["map"]["a"] += 1
            return present.data["map"]["a"]

    with ThreadPoolExecutor(16) as pool:
        assert {*pool.map(read, range(320))} == {2}
    assert call.meter.cost.reads < 320  # of 640 when each reads alone
