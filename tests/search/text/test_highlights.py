"""Snippets: the part of a text that shows why it was found."""

import pytest

from shared.search.text.highlights import Snippet, snippet
from shared.search.text.query import parsed

FILLER = "Nothing to see in these words. " * 20


def marked(found: Snippet) -> list[str]:
    return [found.text[start:end] for start, end in found.spans]


@pytest.mark.parametrize(
    ("query", "text", "words"),
    [
        ("nunez", "José Núñez wrote", ["Núñez"]),
        ("nunez", "Jose\u0301 Nu\u0301n\u0303ez wrote", ["Nu\u0301n\u0303ez"]),
        ("strasse", "Große Straße", ["Straße"]),
        ("school", "Schools and a school", ["Schools", "school"]),
        ('"up call"', "a follow-up call; call up", ["up call"]),
        ("followup", "a follow-up call", ["follow-up"]),
        ("follow-up", "a follow-up call", ["follow-up"]),
        ("acme", "ann@acme.io", ["acme"]),
        ("ann@acme.io", "Ann <ann@acme.io>", ["Ann", "ann@acme.io"]),
        ("京都", "東京都庁", ["京都"]),
        ("東京都", "東京都庁", ["東京都"]),
        ("obrien", "Mr O’Brien’s car", ["O’Brien"]),
        ("title:school", "a school", []),
        ("-tutor", "no tutor", []),
        ("", "no tutor", []),
        ("<b>", "<b>bold</b>", ["b", "b"]),
    ],
)
def test_what_was_looked_for_is_marked(query: str, text: str, words: list[str]) -> None:
    found = snippet(text, parsed(query), field="body")
    assert found.text == text
    assert marked(found) == words


def test_as_you_type_the_whole_word_is_marked() -> None:
    assert marked(snippet("a school in Leipzig", parsed("scho", as_you_type=True))) == ["school"]


def test_words_that_a_misspelled_one_was_taken_for_are_marked() -> None:
    assert marked(snippet("a school in Leipzig", parsed("shcool"), also=["school"])) == ["school"]


def test_the_part_with_most_of_the_terms_is_shown() -> None:
    text = f"A school. {FILLER} A tutor for the school. {FILLER} A tutor. A tutor."
    found = snippet(text, parsed("school tutor"), 60)
    assert "A tutor for the school." in found.text
    assert marked(found) == ["tutor", "school"]
    assert len(found.text) <= 60


def test_a_text_is_cut_between_words() -> None:
    found = snippet(f"{FILLER}The school is here. {FILLER}", parsed("school"), 80)
    assert found.text.startswith("…")
    assert found.text.endswith("…")
    assert set(found.text.strip("…").replace(".", "").split()) <= set(
        f"{FILLER} The school is here".replace(".", "").split()
    )


def test_without_a_find_the_beginning_is_shown() -> None:
    assert snippet(FILLER, parsed("school"), 32).text == "Nothing to see in these words.…"


def test_white_space_is_single_and_spans_move_along() -> None:
    found = snippet("  a\n\n  school \t of\u3000music \n", parsed("school music"))
    assert found.text == "a school of music"
    assert marked(found) == ["school", "music"]


@pytest.mark.parametrize(
    "unit", ["e\u0301", "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "\u0e17\u0e35\u0e48", "か\u3099", "🏴\U000e0067\U000e007f"]
)
@pytest.mark.parametrize("length", range(20, 30))
def test_no_character_is_cut_in_two(unit: str, length: int) -> None:
    found = snippet(unit * 100, parsed("x"), length)
    assert found.text.removesuffix("…") == unit * (len(found.text) // len(unit))


def test_a_long_phrase_is_shown_as_far_as_it_fits() -> None:
    words = " ".join(f"word{number}" for number in range(30))
    found = snippet(f"{FILLER}{words}. {FILLER}", parsed(f'"{words}"'), 50)
    assert found.text.startswith("…word0")
    assert marked(found) == [found.text.strip("…")]
