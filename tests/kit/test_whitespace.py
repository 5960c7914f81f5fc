"""One rule for what is blank and what a line of text is, whatever each language calls whitespace."""

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.kit.schema import Id, Name, Tag
from shared.kit.whitespace import VISIBLE, is_blank, one_line, trimmed, visible

BLANKS = [
    *(chr(code) for code in (*range(0x21), *range(0x7F, 0xA1))),
    *"\u00ad\u034f\u061c\u115f\u1160\u1680\u180e\u2000\u200a\u200b\u200c\u200d\u200e\u202e\u2028\u2029\u202f\u205f\u2060",
    *"\u2800\u3000\u3164\ufe0f\ufeff\uffa0\ufff9\U000e0020\ud800",
]


@pytest.mark.parametrize("blank", BLANKS, ids=lambda c: f"U+{ord(c):04X}")
def test_what_shows_nothing_is_no_name(blank: str) -> None:
    for text in (blank, blank * 3, f" {blank} "):
        assert is_blank(text)
        assert one_line(text) == trimmed(text) == ""
        for kind in (Name, Tag, Id):
            with pytest.raises(ValidationError):
                TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize("odd", BLANKS, ids=lambda c: f"U+{ord(c):04X}")
def test_what_shows_nothing_goes_from_the_ends(odd: str) -> None:
    assert TypeAdapter(Name).validate_python(f"{odd}Ann Lee ") == "Ann Lee"
    assert trimmed(f"{odd}Ann\nLee ") == "Ann\nLee"
    if odd != "\ufe0f":  # which belongs to the character before it
        assert one_line(f"Ann Lee{odd}") == trimmed(f"Ann Lee{odd}") == "Ann Lee"


def test_a_line_has_no_break_and_no_tab() -> None:
    assert one_line("Ann\r\nLee\x1f\tof\u2028Acme\x85Inc\x0bx") == "Ann Lee of Acme Inc x"
    assert one_line("E\N{ZERO WIDTH SPACE}ve") == "Eve"


def test_writing_that_needs_its_joiners_keeps_them() -> None:
    family, persian = "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert one_line(f" {family} {persian} ") == f"{family} {persian}"
    assert one_line("ca\u200cfe") == "cafe"


@given(st.text(max_size=40))
def test_a_cleaned_text_is_clean(text: str) -> None:
    for clean in (one_line, trimmed, visible):
        assert clean(clean(text)) == clean(text)
    line = one_line(text)
    assert (line == "") == is_blank(text)
    assert line.split() == [word for word in line.split(" ") if word]
    assert line == "" or re.search(VISIBLE, line)


def test_models_strip_by_this_rule_alone(root: Path) -> None:
    command = ["git", "grep", "-lE", r"strip_whitespace|pattern=r.\\S", "--", "shared", "functions"]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout.split()
    assert found == ["shared/kit/schema.py"]  # where a comment says so
