"""The restore drill: what is restored is what was backed up, work goes on, and a difference is seen."""

from pathlib import Path

import pytest

from infra.drill import checksums
from infra.drill.play import RUNS, play
from shared.gcp import firestore, writes
from shared.settings import Settings


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_a_backup_is_restored_and_work_under_way_ends_once(tmp_path: Path) -> None:
    report = play(tmp_path)
    assert report.problems == []
    assert report.before["users/prospects"].documents == 50
    assert report.before["users/executions"].documents == 3 * RUNS
    assert set(report.states) - {"success"}, "nothing was under way"


def test_any_difference_is_seen(local_settings: Settings) -> None:
    path = "users/u/things/a/parts/b"
    firestore.client().commit([writes.Write(path, {"n": 1, "of": {"x": [1.0, None, b"raw"]}})])
    before = checksums.of_database()
    assert list(before) == ["users/things/parts"]
    assert checksums.differences(before, checksums.of_database()) == []
    for fields in ({"n": 2, "of": {"x": [1.0, None, b"raw"]}}, {"n": 1, "of": {"x": [1.0, None, b"RAW"]}}, {}):
        firestore.client().commit([writes.Write(path, fields)])
        found = checksums.differences(before, checksums.of_database())
        assert found == ["users/things/parts: 1 documents before, 1 after, of other content"]
    firestore.client().commit([writes.delete(path), writes.Write("users/u/others/c", {})])
    assert checksums.differences(before, checksums.of_database()) == [
        "users/others: 0 documents before, 1 after",
        "users/things/parts: 1 documents before, 0 after",
    ]
