"""The drill of chaos condemns functions that lose work or do it twice: each has a fault planted.

Not kept, since they take a minute each, and seen on 30 November 2026: Kills without the sweeper leaves 2 of 8 runs
unended; Terms whose streams are not interrupted has a process that lives on after 8 s.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from infra.chaos import outages
from infra.chaos.deaths import Failpoints
from infra.chaos.faults import BlackHole, Copies, Fault
from infra.chaos.outages import Poison
from infra.chaos.play import play
from infra.local.cloud import LocalCloud
from infra.local.process import LocalError

_PLAYS = 3
_PATIENCE = 45.0  # seconds, in which the sound functions are long done


def _planted(fault: type[Fault], plant: str) -> Fault:
    """The fault, with functions that have another of their own."""

    class Planted(fault):  # type: ignore[misc,valid-type]
        manifest = "tests.infra.planted"

        @contextmanager
        def prepared(self, cloud: LocalCloud) -> Iterator[Mapping[str, str]]:
            with super().prepared(cloud) as env:
                yield {**env, "PLANTED": plant}

    return Planted()


def _verdict(cloud: LocalCloud, project: str, fault: type[Fault], plant: str) -> str:
    """What the drill says of the planted functions, a problem a line."""
    try:
        report = play(cloud, 8, project=project, patience=_PATIENCE, fault=_planted(fault, plant), hurry=True)
    except LocalError as error:
        return str(error)
    return "\n".join(report.problems)


@pytest.mark.slow
@pytest.mark.timeout(280)
@pytest.mark.parametrize(
    ("fault", "plant", "verdict"),
    [
        (Copies, "a_lease_is_taken_twice", "calls: 0 lost, [1-9]"),
        (Copies, "preconditions_are_ignored", "calls: 0 lost, [1-9]"),
        (Failpoints, "an_event_is_acknowledged_before_its_work", "of 8 executions have ended"),
        (BlackHole, "a_call_in_doubt_is_repeated", "calls: 0 lost, [1-9]"),
        (Poison, "poison_is_refused_for_now", "poison is delivered again and again"),
    ],
)
def test_a_planted_fault_is_condemned(
    cloud: LocalCloud, project: str, fault: type[Fault], plant: str, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "_PATIENCE", 5.0)
    verdicts: list[str] = []
    for number in range(_PLAYS):  # two copies of a message need not meet in any one of them
        verdicts.append(_verdict(cloud, f"{project}-{number}", fault, plant))
        if re.search(verdict, verdicts[-1]):
            return
    raise AssertionError(verdicts)
