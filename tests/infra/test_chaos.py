"""make chaos, in short: the process dies every few seconds, and nothing is lost or done twice."""

import pytest

from infra.chaos.play import play
from infra.local.cloud import LocalCloud


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_nothing_is_lost_or_done_twice(cloud: LocalCloud, project: str) -> None:
    report = play(cloud, 60, project=project, patience=240, hurry=True)
    assert report.problems == []
    assert report.kills > 0
    assert report.calls == 2 * 60
