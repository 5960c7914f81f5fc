"""How well the search ranks: nDCG@10 of its modes, beside SQLite FTS5 and bm25s on the same texts in the same run.

python -m infra.bench.relevance measures this alone.
"""

import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import bm25s
from rich.console import Console

from infra.bench.judged import Ask, Collection, scifact, wice
from shared.kit.terms import COMMON_WORDS
from shared.providers.embed.potion import Potion
from shared.search.entries import Entry, Key
from shared.search.index import Index
from shared.search.results import Mode
from shared.search.segments import Segment
from shared.search.text.query import parsed
from shared.search.text.stems import stem

_MODES: tuple[Mode, ...] = ("text", "semantic", "hybrid")
_KIND = "vault"


def measure(console: Console) -> dict[str, float]:
    """nDCG@10 by collection and search; empty, with a line that says so, where no collection is at hand."""
    figures: dict[str, float] = {}
    for name, collection in (("SciFact", scifact()), ("WiCE", wice())):
        if collection is None:
            console.print(f"{name} is not at hand (BENCH_DATA names the folder): its relevance is not measured.")
            continue
        console.print(f"Relevance on {name}: {len(collection.texts)} texts, {len(collection.judgements)} queries …")
        figures |= ndcg_of(collection, {**in_memory(collection), "fts5": fts5(collection), "bm25s": bm25(collection)})
    return figures


def ndcg_of(collection: Collection, searches: Mapping[str, Ask]) -> dict[str, float]:
    """The nDCG@10 of each way to ask."""
    return {f"ndcg_{collection.name}_{name}".lower(): collection.ndcg(ask) for name, ask in searches.items()}


def entries_of(collection: Collection) -> list[Entry]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Entry(key=Key(_KIND, id), part=0, texts=(("title", title), ("body", body)), at=at)
        for id, (title, body) in collection.texts.items()
    ]


def in_memory(collection: Collection) -> dict[str, Ask]:
    """The product's index, asked in memory."""
    model = Potion()
    vectors = model.embed([f"{title} {body}" for title, body in collection.texts.values()])
    index = Index([Segment.of({entry.key: [entry] for entry in entries_of(collection)}, vectors, model.name)])

    def ask(text: str, mode: Mode) -> list[str]:
        results = index.search(parsed(text), mode=mode, vector=model.embed([text])[0])
        return [hit.key.id for hit in results.hits]

    return {mode: partial(ask, mode=mode) for mode in _MODES}


def fts5(collection: Collection) -> Ask:
    """SQLite's full-text index with the Porter stemmer, any word of the query."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, title, body, tokenize='porter unicode61')")
    rows = ((id, title, body) for id, (title, body) in collection.texts.items())
    database.executemany("INSERT INTO texts VALUES (?, ?, ?)", rows)

    def ask(text: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", text))
        found = database.execute("SELECT id FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 10", (words,))
        return [id for (id,) in found]

    return ask


def bm25(collection: Collection) -> Ask:
    """bm25s with stems and without common words."""
    split: Any = partial(
        bm25s.tokenize,
        stopwords=sorted(COMMON_WORDS),
        stemmer=lambda words: [stem(word, "en") for word in words],
        show_progress=False,
    )
    retriever = bm25s.BM25()
    retriever.index(split([f"{title} {body}" for title, body in collection.texts.values()]), show_progress=False)
    ids = list(collection.texts)

    def ask(text: str) -> list[str]:
        found, _ = retriever.retrieve(split([text]), corpus=ids, k=10, show_progress=False)
        return [str(id) for id in found[0]]

    return ask


if __name__ == "__main__":
    output = Console(width=100)
    for figure, value in measure(output).items():
        output.print(f"{figure:24} {value:.3f}")
