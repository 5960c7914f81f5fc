"""Two instances, clients that are cut off, instances that are killed, silent listeners: no message is lost."""

import pytest

from infra.local.cloud import LocalCloud
from infra.storm.play import Size, play

# A connection that comes back is told of nothing that it has missed.
_FORGETFUL = """
from shared.realtime.hub import Connection

_begin = Connection.begin
Connection.begin = lambda self, missed: _begin(self, ())
"""
SMALL = Size(users=4, clients=24, events=400, patience=200)


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_every_client_ends_with_exactly_its_messages(cloud: LocalCloud, project: str) -> None:
    report = play(cloud, SMALL, project=project)
    assert not report.findings, report
    assert report.kills > 0
    assert report.silences > 0
    assert report.events >= SMALL.events
    assert report.duplicates < report.delivered


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_it_condemns_a_function_that_loses_messages(cloud: LocalCloud, project: str) -> None:
    """That a silent listener is replaced is `test_silence.py`'s: here an instance's death may come first."""
    size = Size(users=2, clients=6, events=200, patience=60)
    assert play(cloud, size, project=project, plant=_FORGETFUL, grace=8).findings.lost
