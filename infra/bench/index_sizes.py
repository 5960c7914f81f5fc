"""What the search index costs by its size: bytes packed and in memory, time to unpack it and to answer.

python -m infra.bench.index_sizes 1000 10000. Texts are abstracts of SciFact, and above their number new ones made of
their sentences with two words of their own each, as new texts bring new words. Times are of the processor.
"""

import random
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import median
from time import process_time

from rich.console import Console
from rich.table import Table

from infra.bench.judged import Collection, scifact
from shared.providers.embed.potion import Potion
from shared.search.entries import Entry, Key
from shared.search.index import Index
from shared.search.segments import Segment
from shared.search.text.query import parsed

_PER_SEGMENT = 50_000
_QUERIES = {
    "three words": "bone marrow transplantation",
    "a phrase": '"stem cells"',
    "a typo": "interlukin therapy",
    "twelve words": "the role of stem cells in the growth and spread of breast cancer in mice",
}


def measure(sizes: list[int], console: Console) -> None:
    collection = scifact()
    if collection is None:
        console.print("SciFact is not at hand (BENCH_DATA names the folder): the index is not measured.")
        return
    rows = {size: _figures(collection, size) for size in sizes}
    table = Table("entries", *map(str, sizes))
    for name in rows[sizes[0]]:
        table.add_row(name, *(f"{rows[size][name]:,.1f}" for size in sizes))
    console.print(table)


def _figures(collection: Collection, size: int) -> dict[str, float]:
    model = Potion()
    blobs = []
    texts = _texts(collection)
    for first in range(0, size, _PER_SEGMENT):
        some = list(islice(texts, min(_PER_SEGMENT, size - first)))
        vectors = model.embed([f"{title} {body}" for title, body in some])
        entries = [_entry(first + number, *text) for number, text in enumerate(some)]
        blobs.append(Segment.of({entry.key: [entry] for entry in entries}, vectors, model.name).packed())
    figures = {f"packed {name}, B an entry": sum(len(blob[name]) for blob in blobs) / size for name in blobs[0]}
    figures["packed, B an entry"] = sum(figures.values())
    figures["unpacked, ms"] = _milliseconds(lambda: [Segment.unpacked(blob) for blob in blobs], 5)
    tracemalloc.start()
    segments = [Segment.unpacked(blob) for blob in blobs]
    tracemalloc.reset_peak()
    index = Index(segments)
    vector = model.embed(["bone marrow"])[0]
    index.search(parsed("bone marrow"), mode="hybrid", vector=vector)
    index.search(parsed("interlukin"))
    figures["in memory, B an entry"] = tracemalloc.get_traced_memory()[0] / size
    tracemalloc.stop()
    return figures | _times(segments, index, vector)


def _times(segments: list[Segment], index: Index, vector: object) -> dict[str, float]:
    times = {f"{name}, ms": _milliseconds(_asking(index, text)) for name, text in _QUERIES.items()}
    times["as you type: a letter, ms"] = _milliseconds(lambda: index.search(parsed("c", as_you_type=True)))
    times["as you type: a third word, ms"] = _milliseconds(
        lambda: index.search(parsed("bone marrow tr", as_you_type=True))
    )
    times["three words, hybrid, ms"] = _milliseconds(
        lambda: index.search(parsed("bone marrow transplantation"), mode="hybrid", vector=vector)  # type: ignore[arg-type]
    )
    times["32 letters in a list, ms"] = _milliseconds(
        lambda: index.all_matching(parsed(" ".join(f"{letter}" for letter in "abcdefghijklmnopqrstuvwxyz012345")))
    )
    times["a new index of the segments, ms"] = _milliseconds(lambda: Index(segments).search(parsed("bone")), 5)
    return times


def _asking(index: Index, text: str) -> Callable[[], object]:
    return lambda: index.search(parsed(text))


def _milliseconds(call: Callable[[], object], times: int = 15) -> float:
    def one() -> float:
        before = process_time()
        call()
        return process_time() - before

    return median(one() for _ in range(times)) * 1000


def _texts(collection: Collection) -> Iterator[tuple[str, str]]:
    yield from collection.texts.values()
    draw = random.Random(1)  # noqa: S311 - a bench, not a secret
    titles = [title for title, _ in collection.texts.values()]
    sentences = [sentence for _, body in collection.texts.values() for sentence in body.split(". ") if sentence]
    while True:
        own = " ".join("".join(draw.choices("aeioubcdfglmnprst", k=8)) for _ in range(2))
        yield draw.choice(titles), ". ".join([*draw.choices(sentences, k=9), own])


def _entry(number: int, title: str, body: str) -> Entry:
    at = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(minutes=number)
    id = f"{random.Random(number).getrandbits(100):020x}"  # noqa: S311 - as long and as random as ours
    return Entry(key=Key("vault", id), part=0, texts=(("title", title), ("body", body)), tags=("a", "b"), at=at)


if __name__ == "__main__":
    measure([int(size) for size in sys.argv[1:]] or [1000, 10_000], Console(width=100))
