"""Telling words, folded."""

import pytest

from shared.kit.terms import stem, terms


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("schools", "school"),
        ("studies", "study"),
        ("classes", "class"),
        ("boxes", "box"),
        ("prices", "pricing"),
        ("hiring", "hires"),
    ],
)
def test_the_forms_of_a_word_are_the_same_term(word: str, other: str) -> None:
    assert stem(word) == stem(other)


@pytest.mark.parametrize(("word", "other"), [("status", "state"), ("class", "clause"), ("gas", "ga"), ("news", "knew")])
def test_look_alikes_are_not(word: str, other: str) -> None:
    assert stem(word) != stem(other)


def test_only_telling_words_are_kept() -> None:
    assert terms("What is the state of AI in the Schools?") == ["state", "ai", "school"]
