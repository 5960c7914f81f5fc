"""make chaos, in short: under each fault nothing is lost or done twice."""

from pathlib import Path

import pytest

from infra.chaos.faults import Fault
from infra.chaos.outages import QueueOutage, StoreRestarts
from infra.chaos.play import play
from infra.chaos.run import FAULTS
from infra.local.cloud import LocalCloud

_EACH = {"Kills": 30, "ColdStart": 20}


@pytest.mark.slow
@pytest.mark.timeout(280)
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault is not StoreRestarts])
def test_nothing_is_lost_or_done_twice(
    cloud: LocalCloud, project: str, fault: type[Fault], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QueueOutage, "seconds", 10.0)
    _played(cloud, project, fault)


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_nothing_is_lost_when_the_store_is_restarted(tmp_path: Path, project: str) -> None:
    with LocalCloud(tmp_path / "cloud") as own:
        _played(own, project, StoreRestarts)


def _played(cloud: LocalCloud, project: str, fault: type[Fault]) -> None:
    number = _EACH.get(fault.__name__, 8)
    report = play(cloud, number, project=project, patience=240, fault=fault(), hurry=True)
    assert (report.problems, report.lost, report.doubled) == ([], 0, 0)
    assert report.injected > 0
    assert report.calls == 2 * number
