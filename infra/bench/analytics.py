"""Measures analytics through the API: how soon a year's summary answers beside its bare reads, and the time and the
memory of a large export.

python -m infra.bench.analytics measures this alone.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console

from infra.bench import alone
from infra.demo.client import Client
from infra.local.cloud import LocalCloud
from infra.local.parts import PUBLIC
from infra.local.stack import Stack
from infra.local.tokens import unsigned
from shared.domains.analytics import cells, contributions, rollups
from shared.domains.analytics.cells import Tally
from shared.gcp import writes
from shared.gcp.firestore import Firestore
from shared.gcp.queries import Query
from shared.gcp.writes import Write

PROJECT = "bench-analytics"
_DOCUMENTS = 10_000
_ROWS = int(os.environ.get("BENCH_EXPORT_ROWS", "100000"))
_UNFOLDED = timedelta(days=1)
_ROUNDS = 200
_TEMPLATES = 20
_FORMATS = ("csv", "json", "xlsx")


def measure(cloud: LocalCloud, console: Console) -> dict[str, float]:
    """The figures, by name."""
    store = Firestore(PROJECT, cloud.emulators.firestore_host, timeout=60)
    now = datetime.now(UTC)
    _count(store, "owner", [*_messages(now)], now)
    console.print(f"An export's {_ROWS:,} documents are stored …")
    prospects = _prospects(now)
    while some := [*islice(prospects, 500)]:
        store.batch_write(some, announced=False)
    with Stack(cloud, project=PROJECT, run_schedules=False, env={"USER_REQUESTS": "0"}) as stack:
        return _summary(stack, store, console, now) | _exports(stack, console)


def _summary(stack: Stack, store: Firestore, console: Console, now: datetime) -> dict[str, float]:
    console.print(f"The summary of a year of {_DOCUMENTS:,} documents …")
    with Client(stack.url, unsigned(stack.project, "owner")) as client:
        ask = partial(client.get, "/api/analytics/summary", time_range="year")
        answer = ask()["summary"]["metrics"]
        [sent] = [metric["total"] for metric in answer if metric["metric_type"] == "outreach_sent"]
        if sent < 0.9 * _DOCUMENTS:
            raise RuntimeError(f"The summary has {sent} messages of about {_DOCUMENTS}.")
        answers = [_milliseconds(ask) for _ in range(_ROUNDS)]
    bare = [_milliseconds(lambda: _bare_reads(store, now)) for _ in range(_ROUNDS)]
    return {
        "analytics_summary_p50_ms": statistics.median(answers),
        "analytics_summary_p95_ms": _p95(answers),
        "analytics_bare_reads_p95_ms": _p95(bare),
        "analytics_summary_p95_to_bare_reads": _p95(answers) / _p95(bare),
    }


def _exports(stack: Stack, console: Console) -> dict[str, float]:
    console.print(f"Exports of {_ROWS:,} rows …")
    figures: dict[str, float] = {}
    with Client(stack.url, unsigned(stack.project, "exporter"), patience=300) as client:
        body = {"data_type": "prospects", "date_range": "week"}
        client.download("/api/analytics/export", body)  # whatever is loaded once is loaded
        for name in _FORMATS:
            process = stack.process(PUBLIC)
            before = _resident(process)
            Path(f"/proc/{process}/clear_refs").write_text("5")  # the peak begins anew
            seconds = _milliseconds(partial(client.download, "/api/analytics/export", body | _year(name))) / 1_000
            figures[f"analytics_export_{name}_seconds"] = seconds
            figures[f"analytics_export_{name}_memory_mb"] = (_peak(process) - before) / 1e6
    return figures


def _year(form: str) -> dict[str, str]:
    return {"date_range": "year", "format": form}


def _bare_reads(store: Firestore, now: datetime) -> None:
    """What a summary reads: the zone, the months, those of its dimension, and the templates' names."""
    store.get("users/owner/settings/contact_policy")
    year = now - timedelta(days=364)
    for dimension in (None, "template"):
        first, last = (rollups.span_of(cells.month_of(at), dimension) for at in (year, now))
        where = [("span", ">=", first), ("span", "<=", last)]
        store.query(Query("rollups", parent="users/owner", where=where, order=[("span", "asc")]))  # type: ignore[arg-type]
    store.get_all([f"users/owner/templates/t{number}" for number in range(5)])


def _messages(now: datetime) -> Iterator[dict[str, Any]]:
    """A year's messages, as they count."""
    chance = random.Random(7)  # noqa: S311
    for _ in range(_DOCUMENTS):
        at = now - timedelta(seconds=chance.randrange(364 * 86_400))
        came = {name: at + timedelta(hours=5) for name in ("delivered_at", "replied_at") if chance.random() < 0.4}
        keys = {"template_id": f"t{chance.randrange(_TEMPLATES)}", "kind": "initial", "channel": "email"}
        yield {"created_at": at, "sent_at": at, **came, **keys}


def _count(store: Firestore, uid: str, messages: Sequence[dict[str, Any]], now: datetime) -> None:
    """Store what messages count for: folded, as the nights have left it, and what has come since in parts."""
    old = Tally()
    for number, fields in enumerate(messages):
        tally = contributions.of("outreach", fields)
        if fields["created_at"] < now - _UNFOLDED:
            old.update(tally)
        else:
            store.commit(rollups.to_count(uid, str(number), tally))
    for month, whole in cells.by_month(old).items():
        for dimension, split in rollups.by_dimension(whole).items():
            named = None if dimension == cells.ALL else dimension
            fields = {"packed": rollups.packed(split), "span": rollups.span_of(month, named)}
            store.commit([writes.create(rollups.folded_path(uid, month, named), fields)])


def _prospects(now: datetime) -> Iterator[Write]:
    for number in range(_ROWS):
        at = now - timedelta(days=30, seconds=number)
        fields = {"name": f"=Ann {number}", "company": "Acme", "email": f"a{number}@acme.io", "tags": ["b2b", "new"]}
        yield writes.create(f"users/exporter/prospects/p{number:06}", fields | {"created_at": at, "status": "new"})


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _resident(process: int) -> int:
    return _status(process, "VmRSS")


def _peak(process: int) -> int:
    return _status(process, "VmHWM")


def _status(process: int, field: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1_000


if __name__ == "__main__":
    alone.run(measure)
