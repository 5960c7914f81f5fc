"""Mails as the common programs and servers write them are taken for what they are.

`held_out` and `held_out_again` were written after the rules, in other words; `reported` is what users of other mail
readers reported as misread. `unseen` holds sets that were written without a look at the rules, many mails to a file.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.inbound import Received, read

_HERE = Path(__file__).parent
_FOLDERS = ("corpus", "held_out", "held_out_again", "reported")
_SENT = (
    ("From", "Ann Smith <ann@acme.example>"),
    ("To", "Bob North <bob@north.example>"),
    ("Date", "Mon, 03 Aug 2026 10:12:44 +0200"),
    ("Message-ID", "<unseen@acme.example>"),
)  # what a mail of an unseen set has, where it does not state it


def _expected(folder: str) -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = json.loads((_HERE / folder / "expected.json").read_text())
    return table


def _kept_singly() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    for folder in _FOLDERS:
        for name, expected in _expected(folder).items():
            yield f"{folder}/{name}", (_HERE / folder / f"{name}.eml").read_bytes(), expected


def _kept_together() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """A mail begins with `=== name {what is expected}`; it is stored as UTF-8 and sent in its own charset."""
    for file in sorted((_HERE / "unseen").glob("*.txt")):
        for stored in ("\n" + file.read_text(encoding="utf-8")).split("\n=== ")[1:]:
            title, _, mail = stored.partition("\n")
            name, _, expected = title.partition(" ")
            wanted: dict[str, Any] = json.loads(expected)
            head = mail.partition("\n\n")[0]
            missing = "".join(f"{field}: {value}\n" for field, value in _SENT if f"\n{field}: " not in f"\n{head}")
            yield f"unseen/{file.stem}/{name}", (missing + mail).encode(wanted.get("charset", "utf-8")), wanted


_CASES = [*_kept_singly(), *_kept_together()]


@pytest.mark.parametrize(("raw", "expected"), [case[1:] for case in _CASES], ids=[case[0] for case in _CASES])
def test_a_mail_is_taken_for_what_it_is(raw: bytes, expected: dict[str, Any]) -> None:
    received = read(raw)
    assert received.kind == expected["kind"], received.reason
    assert str(received.away_until) == expected.get("away_until", "None")
    assert expected.get("reason", "") in received.reason
    seen = _seen(received)
    assert {field: seen[field] for field in expected.keys() & seen.keys()} == {
        field: value for field, value in expected.items() if field in seen
    }


def _seen(received: Received) -> dict[str, Any]:
    return {
        "text": received.text,
        "reports": [[report.recipient, report.permanent, report.status] for report in received.reports],
        "files": [file.name for file in received.attachments],
        "reference": next(iter(received.references), None),
    }


@pytest.mark.parametrize("folder", _FOLDERS)
def test_every_mail_has_its_line(folder: str) -> None:
    assert {file.stem for file in (_HERE / folder).glob("*.eml")} == _expected(folder).keys()


def test_a_bounce_names_the_address_that_the_mail_could_be_answered_at() -> None:
    received = read((_HERE / "corpus/postfix.eml").read_bytes())
    assert received.recipients == ("reply+k3jx7q2mzv5n4w6ryt2hcb3d5e@in.north.example",)
    assert received.message_id == "b1@mx.example"
