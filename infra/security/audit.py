"""Reports on the pinned packages: advisories that the shipped list has, newer versions that the index has."""

import json
import subprocess
import sys
from pathlib import Path

from packaging.utils import canonicalize_name

from infra.local.process import LocalError
from infra.security.advisories import advisories, affected, pins

_ROOT = Path(__file__).parents[2]
_FILES = ("requirements.txt", "requirements-dev.txt")
_PATIENCE = 180  # seconds


def audit() -> None:
    """Print the report. Raises LocalError where an advisory applies; newer versions alone are no failure."""
    versions = {name: version for file in _FILES for name, version in pins((_ROOT / file).read_text()).items()}
    listed = advisories()
    applying = list(affected(versions, listed))
    for each in applying:
        print(f"{each.package} {versions[canonicalize_name(each.package)]}: {each.id}. {each.says}")
    print(f"{len(applying)} of {len(listed)} shipped advisories apply to {len(versions)} pinned packages.")
    newer = _newer(set(versions))
    if newer is None:
        print("The package index did not answer, so newer versions are not known.")
    else:
        print(*newer, f"{len(newer)} pinned packages have a newer version.", sep="\n")
    if applying:
        raise LocalError("Pin versions that the advisories do not name.")


def _newer(names: set[str]) -> list[str] | None:
    """A line for each pinned package of which the index has a newer version; None where it does not answer.

    pip ends well and lists nothing when it reaches no index: only its warnings tell that apart from a good answer.
    """
    options = ["--outdated", "--format=json", "--retries=1", "--timeout=10", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "list", *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode or "Retrying (" in done.stderr or "Could not fetch" in done.stderr:
        return None
    rows = [row for row in json.loads(done.stdout) if canonicalize_name(row["name"]) in names]
    return [f"{row['name']} {row['version']}: {row['latest_version']} is out." for row in rows]
