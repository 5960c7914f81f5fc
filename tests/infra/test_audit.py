"""The audit tells what the index says from an index that says nothing."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from infra.local.process import LocalError
from infra.security import advisories
from infra.security.audit import audit


class _Index(BaseHTTPRequestHandler):
    """A package index (PEP 503) that has a version 99 of idna alone; the other pages are missing."""

    def do_GET(self) -> None:
        if self.path.rstrip("/").endswith("/idna"):
            file = "idna-99.0-py3-none-any.whl"
            page = f'<!DOCTYPE html><html><body><a href="{file}">{file}</a></body></html>'.encode()
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)
        else:
            self.send_error(404)

    def log_message(self, format: str, *values: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Index) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"):
            monkeypatch.delenv(name, raising=False)
        yield server
        server.shutdown()


def test_a_newer_version_is_named(index: ThreadingHTTPServer, capsys: pytest.CaptureFixture[str]) -> None:
    audit()
    text = capsys.readouterr().out
    assert "0 of" in text
    assert "99.0 is out." in text
    assert "1 pinned packages have a newer version." in text


def test_an_index_that_does_not_answer_is_said(
    index: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    audit()
    assert "did not answer" in capsys.readouterr().out


def test_an_advisory_that_applies_is_a_failure(
    index: ThreadingHTTPServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    planted = tmp_path_factory.mktemp("list") / "advisories.json"
    row = {"package": "Flask", "affected": "<9999", "id": "PLANTED-1", "says": "It is planted."}
    planted.write_text(json.dumps([row]))
    monkeypatch.setattr(advisories, "_LIST", planted)
    with pytest.raises(LocalError, match="do not name"):
        audit()
    assert "PLANTED-1. It is planted." in capsys.readouterr().out
