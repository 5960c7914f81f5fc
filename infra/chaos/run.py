"""make chaos: 2,000 executions while the functions process is killed every 2 to 5 seconds."""

import os
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra.chaos.play import Report, play
from infra.local.cloud import LocalCloud
from infra.local.process import LocalError

_PATIENCE = 3_600.0


def chaos() -> None:
    """Run the chaos test and print its figures. Raises LocalError with what was lost, repeated or stuck."""
    number = int(os.environ.get("CHAOS_EXECUTIONS", "2000"))
    console = Console(width=100, highlight=False)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, LocalCloud(Path(folder)) as cloud:
        console.print(f"{number:,} executions; every message comes twice and late; the functions die …")
        report = play(cloud, number, project="chaos", patience=_PATIENCE)
    _show(console, report)
    if report.problems:
        raise LocalError("\n".join(report.problems[:20]))


def _show(console: Console, report: Report) -> None:
    table = Table("figure", "value")
    for name, value in (
        ("executions", f"{report.executions:,}"),
        ("seconds", f"{report.seconds:.0f}"),
        ("times the process was killed", str(report.kills)),
        ("calls to the outside", f"{report.calls:,}"),
        ("of these in doubt, so that a person was asked", str(report.in_doubt)),
        ("lost or done twice", str(len(report.problems))),
    ):
        table.add_row(name, value)
    console.print(table)
