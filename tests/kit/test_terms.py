"""Telling words, folded."""

import pytest

from shared.kit.terms import sentences, stem, terms


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("schools", "school"),
        ("studies", "study"),
        ("classes", "class"),
        ("boxes", "box"),
        ("class", "class"),
        ("status", "status"),
        ("analysis", "analysis"),
        ("gas", "gas"),
        ("prices", "price"),
    ],
)
def test_plurals_are_folded_and_look_alikes_are_not(word: str, folded: str) -> None:
    assert stem(word) == folded


def test_only_telling_words_are_kept() -> None:
    assert terms("What is the state of AI in the Schools?") == ["state", "ai", "school"]


def test_a_line_break_ends_a_sentence() -> None:
    assert sentences("One. Two!\nThree\n\n") == ["One.", "Two!", "Three"]
