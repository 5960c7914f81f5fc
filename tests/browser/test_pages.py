"""The earlier frontend's calls in a real browser, from another localhost origin; and a foreign page's."""

import shutil
from pathlib import Path

import pytest

from infra.local.stack import Stack
from tests.browser.pages import page
from tests.fixtures import node

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_HERE = Path(__file__).parent


def test_the_earlier_frontends_calls_work_and_a_foreign_pages_do_not(stack: Stack, root: Path) -> None:
    build = node.packages(root, _HERE)
    script = shutil.copy(_HERE / "pages.mjs", build)  # beside the packages
    with page() as port:
        origins = (f"http://localhost:{port}/", f"http://foreign.example:{port}/")
        done = node.run("node", str(script), stack.url, *origins, cwd=build, seconds=250)
    assert done.returncode == 0, done.stdout + done.stderr
