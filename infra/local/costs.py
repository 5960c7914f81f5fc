"""What executions cost, read from the functions' own logs."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def commits_per_execution(log: Path) -> Counter[str]:
    """Firestore commits of each execution: the one that started it, and those of its runners."""
    commits: Counter[str] = Counter()
    for entry in _entries(log):
        for execution in entry.get("started", ()):
            commits[execution] += 1
        if "execution_id" in entry and "cost" in entry:
            commits[entry["execution_id"]] += entry["cost"]["commits"]
    return commits


def _entries(log: Path) -> Iterator[dict[str, Any]]:
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("{"):
            yield json.loads(line)
