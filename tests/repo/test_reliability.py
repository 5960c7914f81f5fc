"""The tables of promises and of threats name files that are there."""

import re
from pathlib import Path

_FILE = re.compile(r"`((?:shared|functions|infra|tests)/[\w/.-]+\.\w+)`")
_TEST = re.compile(r"`([a-z_]+/[a-z_/]+\.py)`")


def test_each_promise_names_a_test_that_exists(root: Path) -> None:
    text = (root / "infra/reliability.md").read_text()
    named = _TEST.findall(text)
    assert [name for name in named if not (root / "tests" / name).is_file()] == []
    rows = [row for row in text.splitlines() if row.startswith("| ") and not row.startswith(("| promise", "|---"))]
    assert [row for row in rows if not _TEST.search(row) and "make chaos" not in row] == []
    assert len(named) > 30


def _faults_of_threats(root: Path, text: str) -> list[str]:
    """Files that are not there, and rows that name no defence or no test."""
    rows = [row for row in text.splitlines() if row.startswith("| ") and not row.startswith("| attacker")]
    faults = [name for name in _FILE.findall(text) if not (root / name).is_file()]
    for row in rows:
        _, _, defence, test, _ = (cell.strip() for cell in row.removeprefix("|").split("|"))
        tests = _FILE.findall(test)
        if not defence or not tests or any("/test_" not in name for name in tests):
            faults.append(row)
    return faults


def test_each_threat_names_a_defence_and_a_test_that_exist(root: Path) -> None:
    text = (root / "infra/threats.md").read_text()
    assert _faults_of_threats(root, text) == []
    assert len(set(_FILE.findall(text))) > 40
    assert len(text.splitlines()) < 60  # one page


def test_a_threat_without_its_files_is_seen(root: Path) -> None:
    gone = "| A | way | `shared/gone.py` | `tests/repo/test_reliability.py` |"
    untried = "| | way | `shared/sealing.py` | nobody |"
    unstopped = "| | way |  | `tests/repo/test_reliability.py` |"
    assert _faults_of_threats(root, "\n".join([gone, untried, unstopped])) == ["shared/gone.py", untried, unstopped]
