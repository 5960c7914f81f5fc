"""make drill: a backup is restored elsewhere, compared document by document, and all work under way ends once."""

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra.drill.play import Report, play
from infra.local.process import LocalError


def drill() -> None:
    """Play the drill and print its figures. Raises LocalError with what differs, was lost or doubled."""
    console = Console(width=100, highlight=False)
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        console.print("A store with work under way is backed up, and restored into another …")
        report = play(Path(folder))
    _show(console, report)
    if report.problems:
        raise LocalError("\n".join(report.problems[:20]))


def _show(console: Console, report: Report) -> None:
    table = Table("collection", "documents", "SHA-256")
    for name, checksum in report.before.items():
        table.add_row(name, str(checksum.documents), checksum.digest[:16])
    console.print(table)
    states = ", ".join(f"{number} {state}" for state, number in sorted(report.states.items()))
    console.print(f"Runs when the backup was made: {states}.")
    console.print(f"All had ended {report.seconds:.0f} s after the loss; {len(report.problems)} problems.")
