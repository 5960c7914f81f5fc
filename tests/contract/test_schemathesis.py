"""Schemathesis over the whole description: every check, stateful included, on the real stack.

With SCHEMATHESIS_COVERAGE=1 also its coverage phase: some 8,000 cases more, a minute and a half.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cloud import LocalCloud
from infra.local.stack import Stack

_EXAMPLES = 2
_PHASES = "examples,fuzzing,stateful"
# Thousands of cases in a minute, all of one user: what is limited otherwise is not here.
_UNLIMITED = {"USER_REQUESTS": "0", "ADDRESS_REQUESTS_PER_MINUTE": "0", "WRONG_TOKENS_PER_MINUTE": "0"}


@pytest.fixture
def unlimited(cloud: LocalCloud, project: str) -> Iterator[Stack]:
    """The functions in a process of their own, without rate limits."""
    with Stack(cloud, project=project, env=_UNLIMITED, run_schedules=False) as running:
        yield running


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_the_api_does_what_it_says(unlimited: Stack, root: Path, tmp_path: Path) -> None:
    phases = "coverage," + _PHASES if os.environ.get("SCHEMATHESIS_COVERAGE") == "1" else _PHASES
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={root / 'schemathesis.toml'}",
        "run",
        f"{unlimited.url}/api/openapi.json",
        "--checks=all",
        f"--max-examples={_EXAMPLES}",
        f"--phases={phases}",
        "--seed=1",
        "--workers=1",
        "--suppress-health-check=all",
        "--no-color",
    ]
    hooks = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.contract.demands", "PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=tmp_path, env=hooks, capture_output=True, text=True, timeout=270, check=False)
    assert done.returncode == 0, done.stdout[-15_000:] + done.stderr[-2_000:]
