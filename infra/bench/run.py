"""make bench: runs beside the same pipeline with empty handlers, the bare store and DBOS; a large import; streams
beside Google's own listener; reads beside bare ones; search beside SQLite FTS5 and bm25s; chats; verification of judged
statements; analytics beside the bare reads of a summary; a run beside a batch job and a quiet one; the memory
that imports and chats leave behind; cold starts beside a hello-world's."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.bench import (
    analytics,
    chats,
    cold,
    entailment,
    imports,
    memory,
    reads,
    relevance,
    runs,
    searching,
    sharing,
    storms,
    streams,
)
from infra.bundle import ROOT
from infra.local.cloud import LocalCloud

_RESULT = ROOT / "build/bench.json"


def measure() -> None:
    """Run all benchmarks, print the figures and write them to build/bench.json. Raises LocalError where streams have
    lost or mixed up messages; what was measured before is written by then."""
    console = Console(width=100)
    ranking = relevance.measure(console) | entailment.measure(console)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, LocalCloud(Path(folder)) as cloud:
        figures = {f"runs_{name}": value for name, value in runs.measure(cloud, console).items()}
        figures |= {f"import_{name}": value for name, value in imports.measure(cloud, console).items()}
        figures |= {name: round(value, 3) for name, value in ranking.items()}
        console.print("Streams of the realtime function …")
        live = streams.measure(cloud, int(os.environ.get("BENCH_STREAMS", "1000")))
        figures |= {f"stream_{name}": round(value, 2) for name, value in live.items()}
        _write(figures)
        console.print("Streams while clients are cut off, instances killed, listeners silent …")
        stormy = storms.measure(cloud, int(os.environ.get("BENCH_EVENTS", "10000")))
        figures |= {name: round(value, 1) for name, value in stormy.items()}
        figures |= {name: round(value, 3) for name, value in reads.measure(cloud, console).items()}
        figures |= {name: round(value, 3) for name, value in searching.measure(cloud, console).items()}
        figures |= {name: round(value, 3) for name, value in chats.measure(cloud, console).items()}
        figures |= {name: round(value, 3) for name, value in analytics.measure(cloud, console).items()}
        figures |= {name: round(value, 3) for name, value in sharing.measure(cloud, console).items()}
        figures |= {name: round(value, 1) for name, value in memory.measure(cloud, console).items()}
        console.print("Cold starts of all functions …")
        figures |= {name: round(value, 2) for name, value in cold.measure(cloud).items()}
    _show(console, figures)
    _write(figures)
    console.print(f"Written to {_RESULT.relative_to(ROOT)}.")


def _write(figures: dict[str, Any]) -> None:
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(figures, indent=2) + "\n")


def _show(console: Console, figures: dict[str, Any]) -> None:
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value))
    console.print(table)
