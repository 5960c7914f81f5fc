"""realtime.js in a real browser: its transports, what breaks them, and the tabs that share a connection."""

import shutil
from pathlib import Path

import pytest

from infra.local.stack import Stack
from tests.browser.pages import page
from tests.fixtures import node

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

_HERE = Path(__file__).parent


def test_each_message_comes_once_whatever_breaks(stack: Stack, root: Path) -> None:
    build = node.packages(root, _HERE)
    for name in ("realtime.mjs", "scenarios.mjs", "proxy.mjs"):
        shutil.copy(_HERE / name, build)  # beside the packages
    with page(posted=stack.kill) as port:
        command = ("node", str(build / "realtime.mjs"), stack.url, f"http://localhost:{port}/", stack.project)
        done = node.run(*command, cwd=build, seconds=390)
    assert done.returncode == 0, done.stdout + done.stderr
