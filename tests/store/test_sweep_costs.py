"""What each sweep costs for a row that is due, and how many a minute that makes: the table in infra/growth/sweeps.md.

`UPDATE_TABLE=1` writes the table anew. Every sweep is measured on two full batches.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from difflib import unified_diff
from pathlib import Path

import pytest

from shared import settings
from shared.context import Context, bound
from shared.gcp import firestore
from shared.kit.clock import VirtualClock
from shared.settings import Settings
from tests.automations.scenario import standing_clock
from tests.fixtures.due import HOUR, SWEEPS, Due

SLOW, FAST = 0.025, 0.005  # seconds of one call, as published
_BEGIN, _END = "<!-- sweeps: made by tests/store/test_sweep_costs.py -->\n", "<!-- end -->"
_HEAD = """| sweep | a row is | round trips | reads | writes | rows a minute at 25 ms a call | at 5 ms |
|---|---|--:|--:|--:|--:|--:|
"""


@pytest.fixture(autouse=True)
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock(HOUR) as standing:
        yield standing


def _line(measured: Due, time: VirtualClock) -> str:
    number = 2 * measured.batch
    assert not any(firestore.client().batch_write(measured.plant(number)))
    time.advance(timedelta(seconds=30))
    with bound(Context()) as call:
        done = measured.sweep()
    assert (done[measured.counted], done.get("failed", 0)) == (number, 0)
    cost = call.meter.cost
    each = [f"{figure / number:.3g}" for figure in (cost.rpcs, cost.reads, cost.writes)]
    bounds = [f"{_bound(measured, seconds):,}" for seconds in (SLOW, FAST)]
    return "| " + " | ".join([measured.name, measured.row, *each, *bounds]) + " |\n"


def _bound(measured: Due, seconds: float) -> int:
    """Rows of one call in its time: its threads share the batches, which one query after the other brings."""
    worked_off = measured.threads * measured.batch / (measured.calls * seconds)
    read = measured.batch / seconds
    return int(settings.current().sweep_seconds * min(worked_off, read)) // 1000 * 1000


def test_the_table_is_what_was_measured(root: Path, time: VirtualClock) -> None:
    page = root / "infra/growth/sweeps.md"
    text = page.read_text()
    before, rest = text.split(_BEGIN)
    table, after = rest.split(_END)
    lines = _HEAD + "".join(_line(measured, time) for measured in SWEEPS)
    if os.environ.get("UPDATE_TABLE") == "1":
        page.write_text(before + _BEGIN + lines + _END + after)
        table = lines
    changes = "\n".join(unified_diff(table.splitlines(), lines.splitlines(), "written", "measured", n=0))
    assert not changes, f"{changes}\nIf this is meant, run this test with UPDATE_TABLE=1."
