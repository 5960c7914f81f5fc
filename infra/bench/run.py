"""make bench: compares the product with the same pipeline with empty handlers, the bare store, and DBOS; its streams,
with Google's own listener; its search, with SQLite FTS5 and bm25s; its verification, with judged statements; its
analytics, with the bare reads of a summary; a run beside a batch job, with a quiet one."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.bench import analytics, chats, entailment, pipeline, relevance, searching, sharing, store, storms, streams
from infra.bench.pipeline import Figures, LogTail
from infra.bundle import ROOT
from infra.demo.client import Client
from infra.local.cloud import LocalCloud
from infra.local.stack import Stack

_SINGLES = 30
_RESULT = ROOT / "build/bench.json"


def measure() -> None:
    """Run all benchmarks, print the figures and write them to build/bench.json. Raises LocalError where streams have
    lost or mixed up messages; what was measured before is written by then."""
    console = Console(width=100)
    ranking = relevance.measure(console) | entailment.measure(console)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, LocalCloud(Path(folder)) as cloud:
        figures = _pipelines(console, cloud) | {name: round(value, 3) for name, value in ranking.items()}
        console.print("Streams of the realtime function …")
        live = streams.measure(cloud, int(os.environ.get("BENCH_STREAMS", "1000")))
        figures |= {f"stream_{name}": round(value, 2) for name, value in live.items()}
        _write(figures)
        console.print("Streams while clients are cut off, instances killed, listeners silent …")
        stormy = storms.measure(cloud, int(os.environ.get("BENCH_EVENTS", "10000")))
        figures |= {name: round(value, 1) for name, value in stormy.items()}
        figures |= {name: round(value, 3) for name, value in searching.measure(cloud, console).items()}
        figures |= {name: round(value, 3) for name, value in chats.measure(cloud, console).items()}
        figures |= {name: round(value, 3) for name, value in analytics.measure(cloud, console).items()}
        figures |= {name: round(value, 3) for name, value in sharing.measure(cloud, console).items()}
    _show(console, figures)
    _write(figures)
    console.print(f"Written to {_RESULT.relative_to(ROOT)}.")


def _write(figures: dict[str, Any]) -> None:
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(figures, indent=2) + "\n")


def _pipelines(console: Console, cloud: LocalCloud) -> dict[str, Any]:
    burst = int(os.environ.get("BENCH_EXECUTIONS", "300"))
    console.print("The pipeline with empty handlers …")
    bare = _bare(cloud, burst)
    console.print("The product: three internal steps …")
    product = _product(cloud, burst)
    console.print("The same with a daily budget: a runner takes each on …")
    runner = _product(cloud, burst, limits={"daily": {"steps": 1_000_000}})
    console.print("The bare store …")
    ceiling = store.sequences_per_second(cloud.emulators.firestore_host, "bench-store", burst)
    console.print("DBOS Transact on SQLite, the same three steps …")
    peer = _dbos(burst)
    return {
        "executions_per_second": round(product.per_second, 1),
        "by_a_runner_per_second": round(runner.per_second, 1),
        "bare_pipeline_per_second": round(bare.per_second, 1),
        "store_sequences_per_second": round(ceiling, 1),
        "dbos_per_second": round(peer["per_second"], 1),
        "write_to_finished_p50_ms": round(product.p50, 1),
        "by_a_runner_p50_ms": round(runner.p50, 1),
        "bare_pipeline_p50_ms": round(bare.p50, 1),
        "dbos_p50_ms": round(peer["p50_ms"], 1),
        "throughput_to_bare_pipeline": round(product.per_second / bare.per_second, 2),
        "throughput_to_store": round(product.per_second / ceiling, 2),
        "throughput_to_dbos": round(product.per_second / peer["per_second"], 2),
        "p50_to_bare_pipeline": round(product.p50 / bare.p50, 2),
        "by_a_runner_throughput_to_bare_pipeline": round(runner.per_second / bare.per_second, 2),
        "by_a_runner_p50_to_bare_pipeline": round(runner.p50 / bare.p50, 2),
        "executions": burst,
    }


def _bare(cloud: LocalCloud, burst: int) -> Figures:
    manifest = "infra.bench.bare"
    with (
        Stack(cloud, project="bench-bare", manifest=manifest, run_schedules=False) as stack,
        Client(stack.url) as client,
    ):
        return pipeline.measure(client, LogTail(stack.log, _arrival), singles=_SINGLES, burst=burst)


def _dbos(number: int) -> dict[str, float]:
    """Measure DBOS in a process of its own, so that our threads do not slow it down."""
    command = [sys.executable, "-m", "infra.bench.dbos_peer", str(number)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _arrival(entry: dict[str, Any]) -> tuple[str, float] | None:
    return (entry["arrived"], entry["at"]) if "arrived" in entry else None


def _product(cloud: LocalCloud, burst: int, **more: object) -> Figures:
    project = "bench-limited" if more else "bench-product"
    with Stack(cloud, project=project, run_schedules=False) as stack, Client(stack.url) as client:
        pipeline.activate(client, **more)
        return pipeline.measure(client, LogTail(stack.log, _end), singles=_SINGLES, burst=burst)


def _end(entry: dict[str, Any]) -> tuple[str, float] | None:
    return (entry["subject"], entry["ended"]) if entry.get("ended") else None


def _show(console: Console, figures: dict[str, Any]) -> None:
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value))
    console.print(table)
