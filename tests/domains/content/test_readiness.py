"""Unfinished texts are told from finished ones: nothing unfinished passes, and hardly anything finished is held."""

import time
from itertools import product

import pytest

from shared.domains.content.readiness.checks import check_message, check_text
from shared.domains.content.readiness.findings import Finding
from tests.domains.content.readiness_texts import READY, UNFINISHED, Sample


def _findings(sample: Sample) -> list[Finding]:
    return check_text(sample.text, "body", sample.recipient)


@pytest.mark.parametrize("sample", UNFINISHED, ids=lambda sample: sample.text[:60])
def test_an_unfinished_text_is_found_unfinished(sample: Sample) -> None:
    findings = _findings(sample)
    assert sample.wrong in [finding.kind for finding in findings], findings
    for finding in findings:
        assert sample.text[finding.start : finding.end].startswith(finding.excerpt)


@pytest.mark.parametrize("sample", READY, ids=lambda sample: sample.text[:60])
def test_a_finished_text_is_not_held(sample: Sample) -> None:
    assert _findings(sample) == []


_PIECES = [
    "{",
    "{{",
    "}",
    "[",
    "[[",
    "]",
    "%%",
    "%",
    "<<",
    "<",
    ">",
    "*|",
    "__A",
    "«",
    "##",
    "@@",
    "`",
    "Hi ",
    ", ",
    ": ",
    "- ",
]
_PIECES += [
    "at ",
    "null ",
    "as N/A ",
    "Dr. ",
    "a",
    "{a|",
    "[name ",
    "<name></name>",
    "\n",
    "\n- null",
    " " * 20,
    "|",
    "$",
]


def _seconds(text: str) -> float:
    started = time.process_time()
    check_message(text, text, "Smith, John")
    return time.process_time() - started


@pytest.mark.parametrize(
    "piece", [*_PIECES, *map("".join, product(["{", "[", "<", "%", "Hi "], ["a ", "at ", "null,"]))]
)
def test_it_takes_time_in_proportion_to_the_text(piece: str) -> None:
    """Four times the text takes about four times as long; where a scan is quadratic, sixteen times."""
    short, long = piece * (10_000 // len(piece)), piece * (40_000 // len(piece))
    once = max(min(_seconds(short) for _ in range(3)), 0.002)
    assert min(_seconds(long) for _ in range(3)) < 9 * once


def test_an_empty_message_is_unfinished() -> None:
    findings = check_message("Re: ", " \n\u200b", "Jane Doe")
    assert [(finding.kind, finding.field) for finding in findings] == [("empty", "subject"), ("empty", "body")]


def test_characters_that_nobody_sees_hide_no_placeholder() -> None:
    assert [finding.kind for finding in check_text("Best, {first\u200bname}", "body")] == ["placeholder"]
