"""Makes small indexes for tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.search.entries import Entry, Key
from shared.search.index import Index
from shared.search.results import Results
from shared.search.segments import Segment
from shared.search.text.query import parsed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(key: Key, *texts: tuple[str, str], age: int = 0, **more: Any) -> Entry:
    """An entry; `age` in hours."""
    return Entry(key=key, texts=texts, at=NOON - timedelta(hours=age), **{"part": 0, **more})


def bodies(texts: Mapping[str, str], kind: str = "vault") -> dict[Key, Sequence[Entry]]:
    """A document of each text, by id; each an hour older than the one before."""
    return {
        key: [entry(key, ("body", text), age=age)]
        for age, (id, text) in enumerate(texts.items())
        for key in [Key(kind, id)]
    }


def index_of(texts: Mapping[str, str], **more: Any) -> Index:
    return Index([Segment.of(bodies(texts))], **more)


def found(index: Index, text: str, **more: Any) -> list[str]:
    """The ids of the hits, best first."""
    return ids(index.search(parsed(text), **more))


def typed(index: Index, text: str, **more: Any) -> list[str]:
    return ids(index.search(parsed(text, as_you_type=True), **more))


def ids(results: Results) -> list[str]:
    return [hit.key.id for hit in results.hits]
