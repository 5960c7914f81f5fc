"""Pages of a search: together they show all, however the documents change meanwhile, and nothing twice."""

from collections import Counter
from collections.abc import Callable

import pytest

from shared.search import shown as pages
from shared.search.index import Index
from shared.search.segments import Segment
from shared.search.shown import MOST, Shown
from shared.search.text.query import parsed
from tests.search.corpus import bodies

_QUERY = parsed("pump")
_LIMIT = 40
Texts = dict[str, str]


def _texts(count: int) -> Texts:
    """Texts of which each scores a little less than the one before, and a few as much."""
    return {f"d{n:04d}": "pump " + "filler " * (n // 3) for n in range(count)}


def _deleted(texts: Texts, seen: list[str]) -> Texts:
    return {id: text for id, text in texts.items() if id not in seen[:-1:3]}


def _ahead(texts: Texts, seen: list[str]) -> Texts:
    return {f"new{len(seen)}-{n}": "pump" for n in range(10)} | texts


def _behind(texts: Texts, seen: list[str]) -> Texts:
    """The last hits that were shown are those that fit worst by now."""
    return {id: text + " filler" * 300 * (id in seen[-9:]) for id, text in texts.items()}


def _unfit(texts: Texts, seen: list[str]) -> Texts:
    return {id: "valve" if id in seen[-_LIMIT:] else text for id, text in texts.items()}


@pytest.mark.parametrize("change", [_deleted, _ahead, _behind, _unfit])
def test_pages_go_on_behind_more_hits_than_are_remembered(change: Callable[[Texts, list[str]], Texts]) -> None:
    """Only a document that was changed itself may come again, where it is ranked by now."""
    texts = _texts(4 * MOST)
    everything, seen, shown = {*texts}, list[str](), Shown()
    while page := Index([Segment.of(bodies(texts))]).search(_QUERY, limit=_LIMIT, shown=shown).hits:
        seen += [hit.key.id for hit in page]
        shown = Shown.unpacked(*shown.and_then([hit.hash for hit in page]).packed())
        texts = change(texts, seen)
    again = {id for id, times in Counter(seen).items() if times > 1}
    assert all(texts[id] != first for id, first in _texts(4 * MOST).items() if id in again)
    assert everything <= set(seen)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST", 3)
    shown = Shown().and_then([1, 2]).and_then([3, 2**64 - 1])
    assert shown == Shown(1, (2, 3, 2**64 - 1))
    assert Shown.unpacked(*shown.packed()) == shown
