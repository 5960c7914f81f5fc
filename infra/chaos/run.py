"""make chaos: 2,000 executions while the functions process is killed, then some under each other fault."""

import os
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra.chaos.deaths import ColdStart, Failpoints, Kills, Terms
from infra.chaos.faults import BlackHole, Copies, Fault
from infra.chaos.outages import ClockSkew, Poison, QueueOutage, StoreRestarts
from infra.chaos.play import Report, play
from infra.local.cloud import LocalCloud
from infra.local.process import LocalError

FAULTS: tuple[type[Fault], ...] = (
    Kills,
    Copies,
    Failpoints,
    StoreRestarts,
    QueueOutage,
    BlackHole,
    ClockSkew,
    Poison,
    ColdStart,
    Terms,
)
_PATIENCE = 3_600.0


def chaos() -> None:
    """Run the fault suite and print its figures. Raises LocalError with what was lost, doubled or stuck."""
    storm, each = int(os.environ.get("CHAOS_EXECUTIONS", "2000")), int(os.environ.get("CHAOS_EACH", "100"))
    console = Console(width=120, highlight=False)
    reports: dict[str, Report] = {}
    for fault in FAULTS:
        number = storm if fault is Kills else each
        console.print(f"{number:,} executions: {fault.name} …")
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder, LocalCloud(Path(folder)) as cloud:
            reports[fault.name] = play(
                cloud, number, project="chaos", patience=_PATIENCE, fault=fault(), hurry=fault is not Kills
            )
    _show(console, reports)
    if problems := [f"{name}: {problem}" for name, report in reports.items() for problem in report.problems]:
        raise LocalError("\n".join(problems[:20]))


def _show(console: Console, reports: dict[str, Report]) -> None:
    table = Table("fault", "executions", "seconds", "injected", "calls", "in doubt, asked", "lost", "doubled")
    for name, report in reports.items():
        figures = (report.executions, round(report.seconds), report.injected, report.calls, report.in_doubt)
        table.add_row(name, *(f"{figure:,}" for figure in (*figures, report.lost, report.doubled)))
    console.print(table)
