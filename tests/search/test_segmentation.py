"""However the live entries are divided into segments, by updates, deletes and merges, a search is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.search.entries import Entry, Key
from shared.search.index import Index
from shared.search.results import Filters, Results
from shared.search.segments import Segment
from shared.search.shown import Shown
from shared.search.text.query import Query, Term

_START = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS = st.sampled_from(
    [
        "the",
        "of",
        "studies",
        "study",
        "studied",
        "prospect",
        "prospects",
        "interleukin",
        "interleukins",
        "berlin",
        "berliner",
        "acme",
        "Núñez",
        "müller",
        "running",
        "runner",
        "ran",
        "2024",
        "sales",
        "the",
        "and",
        "house",
        "houses",
        "housing",
    ]
)
_KEYS = st.builds(Key, st.sampled_from(["prospects", "vault", "files"]), st.sampled_from("abcdefghi"))
_TEXTS = st.lists(_WORDS, max_size=14).map(" ".join)
_SYNONYMS = {"acme": ["berlin", "sales house"]}


@dataclass(frozen=True)
class Document:
    parts: tuple[tuple[str, str], ...]  # title and body of each
    tags: tuple[str, ...]
    status: str
    age: int
    vectors: tuple[tuple[int, ...], ...]

    def entries(self, key: Key) -> list[Entry]:
        return [
            Entry(
                key=key,
                part=number,
                texts=(("title", title), ("body", body), ("body", title)),
                tags=self.tags,
                status=self.status,
                at=_START - timedelta(hours=self.age),
            )
            for number, (title, body) in enumerate(self.parts)
        ]


_PARTS = st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=3).map(tuple)
_DOCUMENTS = st.builds(
    Document,
    parts=_PARTS,
    tags=st.lists(st.sampled_from(["hot", "cold", "été"]), max_size=2).map(tuple),
    status=st.sampled_from(["", "new", "done"]),
    age=st.integers(0, 3),
    vectors=st.tuples(*[st.tuples(*[st.integers(-3, 3)] * 8)] * 3),
)
_CHANGES = st.lists(st.tuples(_KEYS, st.none() | _DOCUMENTS), max_size=12).map(dict)
_TERMS = st.builds(
    Term,
    words=st.lists(_WORDS, min_size=1, max_size=2).map(lambda words: tuple(word.lower() for word in words))
    | st.sampled_from([("interlukin",), ("prospekts",), ("hous",), ("stu",)]),
    field=st.sampled_from([None, None, None, "title", "body"]),
    prefix=st.booleans(),
)
_QUERIES = st.builds(
    Query,
    wanted=st.lists(_TERMS, max_size=5).map(tuple),
    excluded=st.lists(_TERMS, max_size=1).map(tuple),
    kinds=st.just(()),
    tags=st.just(()),
    status=st.just(()),
    text=st.just("any"),
)
_FILTERS = st.builds(
    Filters,
    kinds=st.sampled_from([(), ("vault",), ("vault", "files")]),
    tags=st.sampled_from([(), (), ("hot",), ("hot", "été")]),
    status=st.sampled_from([(), (), ("new",)]),
    since=st.sampled_from([None, _START - timedelta(hours=2)]),
    until=st.sampled_from([None, _START - timedelta(hours=1)]),
)


def segment(documents: Mapping[Key, Document | None]) -> Segment:
    entries = {key: document.entries(key) if document else [] for key, document in documents.items()}
    vectors = [
        vector for held in documents.values() if held for _, vector in zip(held.parts, held.vectors, strict=False)
    ]
    return Segment.of(entries, np.array(vectors, float).reshape(-1, 8), "model")


def _results(index: Index, query: Query, filters: Filters) -> list[Any]:
    vector = np.arange(8.0) - 2.5
    modes: Sequence[Any] = ("text", "semantic", "hybrid")
    results = [index.search(query, filters, mode=mode, vector=vector, limit=4) for mode in modes]
    return [results, index.all_matching(query, filters), index.passages(query, filters, vector=vector, limit=5)]


def _merged(segments: list[Segment], merges: Sequence[tuple[int, int]]) -> list[Segment]:
    for first, count in merges:
        run = segments[first : first + count]
        if run:
            merged = Segment.merged(run, is_whole=first == 0)
            segments = [*segments[:first], Segment.unpacked(merged.packed()), *segments[first + count :]]
    return segments


@settings(max_examples=40, deadline=None)
@given(
    st.lists(_CHANGES, max_size=5),
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), max_size=3),
    st.lists(st.tuples(_QUERIES, _FILTERS), min_size=1, max_size=3),
)
def test_any_segmentation_is_searched_like_one(
    batches: list[dict[Key, Document | None]],
    merges: list[tuple[int, int]],
    searches: list[tuple[Query, Filters]],
) -> None:
    live = {key: document for batch in batches for key, document in batch.items()}
    live = {key: live[key] for key in live if live[key]}
    rebuilt = segment(live)
    segments = [segment(batch) for batch in batches]
    whole, divided = Index([rebuilt], _SYNONYMS), Index(segments, _SYNONYMS)
    partly = Index(_merged(segments, merges), _SYNONYMS)
    for query, filters in searches:
        expected = _results(whole, query, filters)
        assert _results(divided, query, filters) == expected
        assert _results(partly, query, filters) == expected
    if segments:
        assert Segment.merged(segments, is_whole=True).packed() == rebuilt.packed()


def pages(index: Index, query: Query, limit: int) -> list[Results]:
    shown, read = Shown(), [index.search(query, limit=limit)]
    while (page := read[-1]).hits and len(read) < 30:
        shown = Shown.unpacked(*shown.and_then([hit.hash for hit in page.hits]).packed())
        read.append(index.search(query, limit=limit, shown=shown))
    return read


@settings(max_examples=30, deadline=None)
@given(_CHANGES, _QUERIES, st.integers(1, 3))
def test_pages_join_to_the_whole_list(batch: dict[Key, Document | None], query: Query, limit: int) -> None:
    index = Index([segment(batch)])
    whole = index.search(query, limit=100)
    assert [hit.key for page in pages(index, query, limit) for hit in page.hits] == [hit.key for hit in whole.hits]
    assert whole.total == len(whole.hits)
