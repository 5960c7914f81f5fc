"""The commits of a run, with made-up documents: as many as the product writes, of the same sizes and shapes.

Nothing of it is announced or searched by itself; the entry that announces a commit is written as one more document.
"""

from collections.abc import Mapping, Sequence
from random import randrange
from typing import Any

from shared.gcp import writes
from shared.gcp.writes import Increment, Write, field_path
from shared.kit import clock
from shared.kit.ids import new_id

_PARTS = 16  # of a counter: no document is hot
_WORDS = "a value of a few words"


def light(uid: str) -> list[Write]:
    """A run of three notifications, in the commit that creates it."""
    run = new_id()
    return [
        writes.create(_run(uid, run), _fields(14) | {"event": _fields(20), "results": _results(3)}),
        *_steps(uid, run, 3),
        *_documents(uid, "bench_notifications", 3),
        *_documents(uid, "bench_activity", 2),
        *_counts(uid),
        *_entry(uid, rows=9),
    ]


def start(uid: str, run: str) -> list[Write]:
    """A run and its first notification."""
    return [
        writes.create(_run(uid, run), _fields(14) | {"event": _fields(20), "results": _results(1)}),
        *_steps(uid, run, 1),
        *_documents(uid, "bench_notifications", 1),
        *_documents(uid, "bench_activity", 1),
        *_counts(uid),
        *_entry(uid, rows=4),
    ]


def read(uid: str, run: str) -> list[str]:
    """The documents that a runner reads: the run and its automation."""
    return [_run(uid, run), f"users/{uid}/bench_automations/a"]


def claim(uid: str, run: str) -> list[Write]:
    """What is noted before a call."""
    return [writes.update(_run(uid, run), {"claimed": _WORDS, "due_at": clock.now()})]


def outcome(uid: str, run: str) -> list[Write]:
    """What follows a call: its record, another notification, and the run's end."""
    return [
        writes.update(_run(uid, run), {"results": _results(3), **_fields(6)}),
        *_steps(uid, run, 2),
        *_documents(uid, "bench_notifications", 1),
        *_documents(uid, "bench_activity", 1),
        *_counts(uid)[:1],
        *_entry(uid, rows=5),
    ]


def _run(uid: str, run: str) -> str:
    return f"users/{uid}/bench_runs/{run}"


def _fields(number: int) -> dict[str, Any]:
    return {f"field_{each}": _WORDS for each in range(number)}


def _results(number: int) -> Mapping[str, Any]:
    return {f"step_{each}": {"status": "success", "message": _WORDS, "output": _fields(2)} for each in range(number)}


def _steps(uid: str, run: str, number: int) -> list[Write]:
    fields = _fields(10) | {"input": _fields(3), "output": _fields(2), "created_at": clock.now()}
    return [writes.create(f"{_run(uid, run)}/bench_steps/{new_id()}", fields) for _ in range(number)]


def _documents(uid: str, collection: str, number: int) -> list[Write]:
    fields = _fields(9) | {"metadata": _fields(4), "created_at": clock.now(), "read": False}
    return [writes.create(f"users/{uid}/{collection}/{new_id()}", fields) for _ in range(number)]


def _counts(uid: str) -> list[Write]:
    """A rollup's cells, and a counter."""
    part = randrange(_PARTS)  # noqa: S311
    cells = {field_path("cells", f"metric_{each}", "all", "12345"): Increment() for each in range(12)}
    return [
        writes.merge(f"users/{uid}/bench_rollups/{part}", {"span": _WORDS, **cells}),
        writes.merge(f"users/{uid}/bench_counters/{part}", {"a": Increment()}),
    ]


def _entry(uid: str, rows: int) -> Sequence[Write]:
    """What announces the commit."""
    fields = {"rows": [_fields(3) | {"fields": _fields(5)} for _ in range(rows)], "at": clock.now()}
    return [writes.create(f"users/{uid}/bench_stream/{new_id()}", fields)]
