"""Runs one measurement by itself, on emulators of its own, and prints its figures."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from infra.local.cloud import LocalCloud


def run(measure: Callable[[LocalCloud, Console], Mapping[str, float]]) -> None:
    output = Console(width=100)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, LocalCloud(Path(folder)) as cloud:
        for figure, value in measure(cloud, output).items():
            output.print(f"{figure:42} {value:,.3f}")
