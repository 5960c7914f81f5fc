"""A stranger's document has so much time and memory: more is refused with the reason, and nothing else ends."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.errors import Invalid
from shared.providers.extract import extract, isolated
from tests.fixtures.documents import docx_of, pdf_of

PAGE = b"<!doctype html><html><body><p>School districts look for tutors in every subject this year.</p></body></html>"
FLOOD = b"<!doctype html><html><body>" + b"<p hidden>x</p>y " * 200_000


def _reads_on() -> None:
    assert extract(PAGE, "text/html").text.startswith("School districts")


def _children() -> set[int]:
    """The processes that wait for a document."""
    return {child._process.pid for child in isolated._children._idle}


def _is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_document_that_takes_too_long_is_refused_and_its_process_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    _reads_on()
    monkeypatch.setattr(isolated, "MAX_CPU_SECONDS", 1)
    before = _children()
    with pytest.raises(Invalid, match="HTML takes too long to read; split it"):
        extract(FLOOD, "text/html")
    assert len(before - _children()) == 1
    assert not any(_is_running(pid) for pid in before - _children())
    monkeypatch.undo()
    _reads_on()


def test_nobody_waits_for_a_document_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "MAX_SECONDS_WAITED", 0.3)
    with pytest.raises(Invalid, match="takes too long"):
        extract(FLOOD, "text/html")
    monkeypatch.undo()
    _reads_on()


def test_a_document_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "MAX_MEMORY", 24 * 2**20)
    with pytest.raises(Invalid, match="HTML needs more memory than is given to one document; split it"):
        extract(FLOOD, "text/html")
    monkeypatch.undo()
    _reads_on()


def test_a_process_that_was_killed_is_replaced() -> None:
    _reads_on()
    for pid in _children():
        os.kill(pid, signal.SIGKILL)
    _reads_on()


def test_a_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESEND_API_KEY", "re_secret")
    child = isolated._Child()
    try:
        assert b"re_secret" not in Path(f"/proc/{child._process.pid}/environ").read_bytes()
    finally:
        child.end()


def test_many_at_once_are_read_each_as_what_it_is() -> None:
    def write(document: object) -> None:
        document.add_paragraph("Forty pupils wait for a tutor in the district.")  # type: ignore[attr-defined]

    files = [PAGE, docx_of(write), pdf_of("Forty pupils wait for a tutor in the district."), b"# Title\n\nA text."] * 3
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda file: extract(file, "text/markdown" if file[:1] == b"#" else None), files))
    assert [document.kind for document in found] == ["html", "docx", "pdf", "markdown"] * 3
    assert all(document.text for document in found)
