"""Measures the search through the API: how well it ranks, how soon it answers beside bare reads, and
the memory of an instance that has answered many users.

python -m infra.bench.searching measures this alone.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console

from infra.bench import alone, relevance, vaults
from infra.bench.judged import Ask, Collection, scifact
from infra.demo.client import Client, NotNow, wait_until
from infra.local.cloud import LocalCloud
from infra.local.parts import PUBLIC
from infra.local.stack import Stack
from infra.local.tokens import unsigned
from shared.gcp import writes
from shared.gcp.firestore import Firestore
from shared.gcp.queries import Query

PROJECT = "bench-search"
_DOCUMENTS = 10_000
_USERS = int(os.environ.get("BENCH_SEARCH_USERS", "50"))
_QUERIES = ("bone marrow transplantation", "gene expression cells", "insulin resistance mice")
_TYPED = "transplantation"
_ROUNDS = 30


def measure(cloud: LocalCloud, console: Console) -> dict[str, float]:
    """The figures, by name; none where no collection is at hand."""
    collection = scifact()
    if collection is None:
        console.print("SciFact is not at hand (BENCH_DATA names the folder): the search is not measured.")
        return {}
    store = Firestore(PROJECT, cloud.emulators.firestore_host, timeout=60)
    # Before anybody hears of it: there are no events of it.
    vaults.fill(store, "reader", collection.texts.items())
    vaults.fill(store, "owner", islice(_many(collection), _DOCUMENTS))
    with Stack(cloud, project=PROJECT, run_schedules=False, env={"USER_REQUESTS": "0"}) as stack:
        figures = _quality(stack, collection, console)
        return figures | _latency(stack, store, console) | _memory(stack, store, console)


def _client(stack: Stack, uid: str) -> Client:
    return Client(stack.url, unsigned(stack.project, uid))


def _quality(stack: Stack, collection: Collection, console: Console) -> dict[str, float]:
    console.print(f"Relevance through the API: {len(collection.texts)} texts, {len(collection.judgements)} queries …")
    with _client(stack, "reader") as client:
        wait_until("the index is built", lambda: _answers(client), patience=300)

        def ask(text: str, mode: str) -> list[str]:
            return [hit["id"] for hit in client.get("/api/search", q=text, mode=mode, limit=10, kinds="vault")["hits"]]

        searches: dict[str, Ask] = {f"api_{mode}": partial(ask, mode=mode) for mode in ("text", "hybrid")}
        return relevance.ndcg_of(collection, searches)


def _latency(stack: Stack, store: Firestore, console: Console) -> dict[str, float]:
    console.print(f"Latency at {_DOCUMENTS:,} documents …")
    with _client(stack, "owner") as client:
        first = _milliseconds(lambda: wait_until("the index is built", lambda: _answers(client), patience=300))
        wait_until("its upkeep is done", lambda: not stack.cloud.courier.waiting(stack.url), patience=300)
        words = _times(client, [*_QUERIES] * _ROUNDS, limit=10)
        typed = _times(client, [_TYPED[:end] for end in range(1, len(_TYPED) + 1)] * 3, limit=8)
        ids = [hit["id"] for hit in client.get("/api/search", q=_QUERIES[0], limit=10, kinds="vault")["hits"]]
    bare = sorted(_milliseconds(lambda: _bare_reads(store, ids)) for _ in range(100))
    bound = statistics.quantiles(bare, n=20)[-1]
    return {
        "search_first_ms": first,
        "search_p50_ms": statistics.median(words),
        "search_p95_ms": statistics.quantiles(words, n=20)[-1],
        "search_typed_p95_ms": statistics.quantiles(typed, n=20)[-1],
        "bare_reads_p95_ms": bound,
        "search_p95_to_bare_reads": statistics.quantiles(words, n=20)[-1] / bound,
        "search_typed_p95_to_bare_reads": statistics.quantiles(typed, n=20)[-1] / bound,
    }


def _answers(client: Client) -> bool:
    """Whether the index is there: a large one takes more than one request to be built."""
    try:
        client.get("/api/search", q="warm")
    except NotNow:
        return False
    return True


def _bare_reads(store: Firestore, ids: Sequence[str]) -> None:
    """What a search reads: the manifest, the marks, then its hits."""
    store.get("users/owner/search/manifest")
    store.query(Query("stream", parent="users/owner", where=[("index_at", ">", datetime.now(UTC))], limit=1))
    store.get_all([f"users/owner/vault/{id}" for id in ids])


def _memory(stack: Stack, store: Firestore, console: Console) -> dict[str, float]:
    """Copies one user's stored index to others, and asks each once: their documents are not needed for that."""
    console.print(f"Memory of an instance that answers {_USERS} users of {_DOCUMENTS:,} documents …")
    rows = [row for name in ("search", "search_segments") for row in store.query(Query(name, parent="users/owner"))]
    for number in range(_USERS):
        for row in rows:
            _, _, collection, id = row.path.split("/")
            store.commit([writes.create(f"users/other-{number}/{collection}/{id}", row.data)])
    process = stack.process(PUBLIC)
    before = _resident(process)
    for number in range(_USERS):
        with _client(stack, f"other-{number}") as client:
            client.get("/api/search", q=_QUERIES[0])
    after = _resident(process)
    stored = sum(len(value) for row in rows for value in row.data.values() if isinstance(value, bytes))
    return {
        "search_stored_bytes_a_document": stored / _DOCUMENTS,
        "search_memory_mb": after / 1e6,
        "search_memory_of_users_mb": (after - before) / 1e6,
        "search_users": float(_USERS),
    }


def _resident(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _times(client: Client, queries: Sequence[str], **more: Any) -> list[float]:
    return [_milliseconds(lambda: client.get("/api/search", q=query, **more)) for query in queries]  # noqa: B023


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1_000


def _many(collection: Collection) -> Iterator[tuple[str, tuple[str, str]]]:
    """The collection's texts again and again, each with a word of its own."""
    round_ = 0
    while True:
        for id, (title, body) in collection.texts.items():
            yield f"{id}-{round_}", (title, f"{body} note{id}x{round_}")
        round_ += 1


if __name__ == "__main__":
    alone.run(measure)
