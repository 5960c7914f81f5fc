"""What a mail costs grows with its size alone, whatever it is made of."""

import sys
from base64 import encodebytes
from typing import Any

import pytest

from shared.inbound import MAX_TEXT, read

_UNITS = (
    *(
        "a\n",
        "> a\n",
        "--x\n",
        "\n",
        "a: b\n",
        "<div>",
        "<blockquote>",
        "On 1.1.2026 Ann wrote:\n",
        "From: x\n",
        "-- \n",
    ),
    *(
        "Best regards,\n",
        "________________________________\n",
        "please remove ",
        "unsubscribe from ",
        "until 1.1. ",
        "=?utf-8?q?",
    ),
    *("<a@b.cc> ", "a@b.cc, ", "Final-Recipient: rfc822; a@b.cc\nAction: failed\n\n", "550 5.1.1 ", "("),
)
_HEADS = {
    "plain": "From: a@b.cc\nContent-Type: text/plain\n\n{}",
    "HTML": "From: a@b.cc\nContent-Type: text/html\n\n{}",
    "divided": "From: a@b.cc\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n{}",
    "bounce": "From: MAILER-DAEMON@b.cc\nSubject: Undelivered Mail\nContent-Type: text/plain\n\n{}",
    "report": "From: MAILER-DAEMON@b.cc\nContent-Type: message/delivery-status\n\n{}",
    "absence": "From: a@b.cc\nAuto-Submitted: auto-replied\n\n{}",
    "header": "From: {}\n\nwords",
    "subject": "Subject: {}\n\nwords",
}


def _calls(raw: bytes) -> int:
    """How many functions are called while the mail is read."""
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        read(raw)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", _UNITS)
def test_twice_the_mail_costs_twice_as_much_at_most(unit: str) -> None:
    for kind, head in _HEADS.items():
        small, large = (_calls(head.format(unit * (size // len(unit))).encode()) for size in (4_000, 8_000))
        assert large <= 2.3 * small + 500, kind


def test_multiparts_within_multiparts_end() -> None:
    raw = b"From: a@b.cc\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=x%d\n\n--x%d\n" % (n, n) for n in range(10_000)
    )
    assert read(raw + b"\nwords").kind == "reply"


def test_ten_thousand_headers_are_read() -> None:
    raw = b"".join(b"X-Header-%d: value\n" % number for number in range(10_000))
    received = read(raw + b"Subject: =?utf-8?q?caf=C3=A9?=\nFrom: a@b.cc\n\nwords")
    assert (received.subject, received.sender, received.text) == ("café", "a@b.cc", "words")


def test_a_file_of_twenty_megabytes_is_kept_whole() -> None:
    content = bytes(range(256)) * 80_000
    raw = (
        b"From: a@b.cc\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nSee the file.\n--x\n"
        b"Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"
        + encodebytes(content)
        + b"--x--\n"
    )
    received = read(raw)
    assert received.text == "See the file."
    assert [(file.name, file.content == content) for file in received.attachments] == [("a.zip", True)]


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    received = read(b"From: a@b.cc\n\n" + b"some words\n" * 10_000)
    assert received.cut
    assert len(received.text) <= MAX_TEXT
    assert not read(b"From: a@b.cc\n\nsome words").cut


def test_many_parts_and_many_files_are_bounded() -> None:
    part = b"--x\nContent-Type: application/pdf; name=a.pdf\n\nPDF\n"
    received = read(b"From: a@b.cc\nContent-Type: multipart/mixed; boundary=x\n\n" + part * 5_000)
    names = [file.name for file in received.attachments]
    assert len(names) == len(set(names)) == 1_000
    assert received.left_out == 4_000
    assert read(b"From: a@b.cc\nContent-Type: multipart/mixed; boundary=x\n\n" + part * 1_000).left_out == 0


def test_parts_within_parts_are_counted_as_left_out() -> None:
    inner = b"--y\n\nwords\n" * 600
    outer = b"--x\nContent-Type: multipart/mixed; boundary=y\n\n" + inner + b"--y--\n"
    assert read(b"From: a@b.cc\nContent-Type: multipart/mixed; boundary=x\n\n" + outer * 2).left_out == 200
