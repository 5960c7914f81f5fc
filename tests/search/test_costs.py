"""What searches, changes and compactions cost in Firestore, at 1,000 and 10,000 documents: the table in
infra/growth/search.md. `UPDATE_TABLE=1` writes it anew."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from shared import context
from shared.context import Context
from shared.domains.search import service as search
from shared.domains.search.models import SearchAnswer
from shared.domains.search.service import Search
from shared.gcp import firestore, writes
from shared.gcp.firestore import Firestore
from shared.kit import clock
from shared.meter import Cost
from shared.search import changes, upkeep
from shared.search.cache import cache
from shared.search.compaction import run
from shared.search.results import Filters
from tests.fixtures.searched import fill

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SIZES = (1_000, 10_000)
CHANGED = 500  # documents that a compaction takes
_BEGIN, _END = "<!-- costs: made by tests/search/test_costs.py -->\n", "<!-- end -->"
_HEAD = """| documents | what | reads | writes | round trips | one after the other | MB read |
|--:|---|--:|--:|--:|--:|--:|
"""


@dataclass
class Measured:
    """What a block costs: as it is metered, the times of its calls, and the bytes of the documents that it reads."""

    cost: Cost
    calls: list[tuple[float, float]] = field(default_factory=list)
    bytes: int = 0

    @property
    def sequence(self) -> int:
        """How many of its calls came one after the other."""
        length, ended = 0, 0.0
        for begins, ends in sorted(self.calls, key=lambda call: call[1]):
            if begins >= ended:
                length, ended = length + 1, ends
        return length

    def line(self, documents: int, what: str, per: int = 1) -> str:
        figures = [f"{figure / per:.3g}" for figure in (self.cost.reads, self.cost.writes, self.cost.rpcs)]
        cells = [f"{documents:,}", what, *figures, f"{self.sequence / per:.2g}", f"{self.bytes / per / 1e6:.1f}"]
        return "| " + " | ".join(cells) + " |\n"


@contextmanager
def _measured() -> Iterator[Measured]:
    attempt, begin, document = Firestore._attempt, Firestore._begin, Firestore._document
    since: ContextVar[float | None] = ContextVar("since", default=None)
    with context.bound(Context()) as call, pytest.MonkeyPatch.context() as patched:
        measured = Measured(call.meter.cost)

        def timed(self: Firestore, *values: Any) -> Any:
            begins = since.get() or time.monotonic()
            for _ in range(10):  # what is made at once is under way at once, however quick the store is
                time.sleep(0.003)  # and at each of these the others have a turn, however busy the machine
            answer = attempt(self, *values)
            measured.calls.append((begins, time.monotonic()))
            return answer

        def begun(self: Firestore, *values: Any) -> Callable[[], Any]:
            began, wait = time.monotonic(), begin(self, *values)

            def answer() -> Any:
                token = since.set(began)
                try:
                    return wait()
                finally:
                    since.reset(token)

            return answer

        def weighed(self: Firestore, wire: Any, *values: Any) -> Any:
            measured.bytes += wire.ByteSize()
            return document(self, wire, *values)

        patched.setattr(Firestore, "_attempt", timed)
        patched.setattr(Firestore, "_begin", begun)
        patched.setattr(Firestore, "_document", weighed)
        yield measured


def _of(call: Callable[[], Any]) -> Measured:
    with _measured() as measured:
        call()
    return measured


def _search(uid: str) -> SearchAnswer:
    answer = search.run(uid, Search("steel market growth", Filters()), limit=10, cursor=None)
    assert len(answer.hits) == 10
    return answer


def _compact(uid: str) -> None:
    assert run(uid, clock.now() + timedelta(minutes=5)).again_at is None


def _lines(uid: str, documents: int) -> Iterator[str]:
    fill(uid, documents, ["vault"])
    upkeep.start_reindex(uid)
    yield _of(lambda: _compact(uid)).line(documents, "a document, as the index is built", documents)
    cache.clear()
    yield _of(lambda: _search(uid)).line(documents, "a search by an instance that has nothing in memory")
    warm = _of(lambda: _search(uid))
    assert warm.cost.reads <= 15
    assert warm.sequence <= 2
    yield warm.line(documents, "the next search: three words, ten hits with their documents")
    with _measured() as change:
        firestore.client().commit([writes.update(f"users/{uid}/vault/d1", {"summary": "steel"})])
    yield change.line(documents, "a change of a document, its announcement included")
    yield _of(lambda: _search(uid)).line(documents, "the search behind that change")
    for n in range(CHANGED // 10):
        some = range(10 * n, 10 * n + 10)
        firestore.client().commit([writes.update(f"users/{uid}/vault/d{m}", {"title": f"t{n}"}) for m in some])
    compacted = _of(lambda: _compact(uid))
    yield compacted.line(documents, f"a changed document, as {CHANGED} are compacted", CHANGED)


def test_the_table_is_what_was_measured(uid: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "SETTLED", timedelta(0))  # no change is of the last minute
    page = root / "infra/growth/search.md"
    text = page.read_text()
    before, rest = text.split(_BEGIN)
    table, after = rest.split(_END)
    lines = _HEAD + "".join(line for size in SIZES for line in _lines(f"{uid}{size}", size))
    if os.environ.get("UPDATE_TABLE"):
        page.write_text(before + _BEGIN + lines + _END + after)
        return
    difference = "\n".join(unified_diff(table.splitlines(), lines.splitlines(), "the page", "measured", lineterm=""))
    assert lines == table, f"UPDATE_TABLE=1 writes the table anew:\n{difference}"
