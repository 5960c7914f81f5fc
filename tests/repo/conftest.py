"""The product with everything that the how-tos add, served by the local stack."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from infra.local.cloud import LocalCloud
from infra.local.stack import Stack
from tests.fixtures import how_to
from tests.fixtures.api import Api

HOW_TOS = ("action", "trigger", "provider", "domain", "recipe")


@dataclass(frozen=True)
class Extended:
    tree: Path
    stack: Stack

    def run(self, *command: str, **env: str) -> str:
        """Run Python in the tree; answers what it prints."""
        done = subprocess.run(
            [sys.executable, *command], cwd=self.tree, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def extended(cloud: LocalCloud, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extended]:
    """A copy of the tree to which all how-tos were applied, and an action of tests/repo/thrown_away.py."""
    tree = how_to.copied(root, tmp_path_factory.mktemp("extended"))
    for name in HOW_TOS:
        for block in how_to.blocks(root / f"infra/how-to/{name}.md"):
            block.apply(tree)
    registry = "shared/automations/catalog/registry.py"
    thrown_away = (root / "tests/repo/thrown_away.py").read_text()
    how_to.Block("shared/automations/actions/thrown_away.py", None, thrown_away).apply(tree)
    how_to.Block(registry, "summarize,", "    thrown_away,\n").apply(tree)
    how_to.Block(registry, "summarize.ACTION,", "        thrown_away.ACTION,\n").apply(tree)
    # Not the folder that the tests run in, which -m puts first, but the copy.
    env = {"PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}
    with Stack(cloud, project=f"t-{uuid4().hex[:16]}", env=env, run_schedules=False) as stack:
        yield Extended(tree, stack)
    cloud.clock_file.unlink(missing_ok=True)


@pytest.fixture
def extended_api(extended: Extended) -> Iterator[Api]:
    with Api(extended.stack.url, extended.stack.project) as client:
        yield client
