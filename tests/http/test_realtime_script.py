"""/api/realtime/realtime.js: served as browsers take modules, small, and its words are the server's."""

import re
from pathlib import Path

import pytest

from infra.local import plain
from shared.realtime.channels import ALL
from tests.fixtures.served import Served

_MOST_BYTES = 10_000


@pytest.mark.parametrize("name", ["realtime.js", "connection.js"])
def test_a_module_is_a_public_script_for_pages_of_allowed_origins(served: Served, root: Path, name: str) -> None:
    answer = plain.get(f"{served.url}/api/realtime/{name}", headers={"Origin": "http://localhost:3000"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert answer.text == (root / "functions" / name).read_text()
    assert len(answer.content) < _MOST_BYTES
    foreign = plain.get(f"{served.url}/api/realtime/{name}", headers={"Origin": "http://foreign.example"})
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_it_imports_nothing_but_its_other_half(served: Served) -> None:
    scripts = [plain.get(f"{served.url}/api/realtime/{name}").text for name in ("realtime.js", "connection.js")]
    assert re.findall(r"from \"(.*)\"", "".join(scripts)) == ["./connection.js"]


def test_its_types_are_beside_it(served: Served) -> None:
    answer = plain.get(f"{served.url}/api/realtime/realtime.d.ts")
    assert answer.status_code == 200
    assert "export function connect(" in answer.text


def test_its_channels_are_the_servers(root: Path) -> None:
    script = (root / "functions/realtime.js").read_text()
    listed = re.search(r"^const CHANNELS = \[(.*)\];$", script, re.MULTILINE)
    assert listed
    assert tuple(re.findall(r'"(\w+)"', listed[1])) == ALL
    pattern = re.search(r"^const CHANNEL = /\^\((.*)\|documents:", script, re.MULTILINE)
    assert pattern
    assert tuple(pattern[1].split("|")) == ALL
