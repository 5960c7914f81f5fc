"""Telephone numbers among the words of a text."""

import time

import pytest

from shared.search.text.tokens import tokens


def _joined(text: str) -> set[str]:
    return {token.word for token in tokens(text, "en") if token.joined}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Call +49 (0)30 123456, please.", {"4930123456", "30123456"}),
        ("Tel.: (030) 12 34 56", {"030123456", "30123456"}),
        ("+15551234567", {"5551234567"}),
        ("+33 1 23 45 67 89 or +1 (555) 123-4567", {"33123456789", "123456789", "15551234567", "5551234567"}),
        ("on 01.02.2026 10:30", {"01.02.2026"}),
        ("2026-01-02 or 0.5 12 33 or 1,000,000", {"20260102", "0.5"}),
    ],
)
def test_numbers_are_read_whole_and_as_at_home(text: str, numbers: set[str]) -> None:
    assert _joined(text) == numbers


@pytest.mark.parametrize("text", ["0", "01 ", "+1 ", "(030) ", "(0)", "+", "00-", "030  ", "555-"])
def test_time_is_in_proportion_to_the_text(text: str) -> None:
    began = time.process_time()
    tokens(text * 20_000, "en")
    assert time.process_time() - began < 5
