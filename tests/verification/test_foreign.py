"""What a text asserts beyond what its writer was given is found, with its words; ways to speak are none of it."""

import pytest

from shared.verification.foreign import foreign

FACTS = [
    "Jane Roe, Head of Operations at Northwind Clinics in Ohio. Tags: scheduling, staffing.",
    "Northwind runs 12 clinics and said in March that nurses spend nine hours a week on paperwork.",
    "Sam Field sells Calmdesk, which cuts paperwork by 30 percent.",
]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Congratulations on your $50 million Series C!", ["Congratulations on your $50 million Series C"]),
        ("You said at HIMSS that staffing is hard.", ["You said at HIMSS that staffing is hard"]),
        ("Clinics like Mayo Clinic use Calmdesk.", ["Mayo"]),
        ("Calmdesk cuts paperwork by 45%.", ["45%"]),
        ("Your round of €3m shows it.", ["Your round of €3m shows it"]),
        ("It was great meeting you in Boston last week.", ["great meeting you in Boston last week"]),
        ("Northwind runs 14 clinics.", ["14"]),
        ("I saw your post on LinkedIn about burnout.", ["your post on LinkedIn about burnout"]),
        ("Wir sparen Kliniken 45 Prozent der Zeit und 3 Mio. Euro.", ["45", "3 Mio. Euro"]),
    ],
)
def test_what_nobody_said_is_found(text: str, words: list[str]) -> None:
    assert [part.words for part in foreign(text, FACTS)] == words


@pytest.mark.parametrize(
    "text",
    [
        "Hi Jane,\n\nNorthwind runs twelve clinics, and nurses spend 9 hours a week on paperwork.",
        "Calmdesk cuts paperwork by 30%. Would a 15-minute call on Tuesday at 10 am work for you?",
        "You said in March that nurses spend nine hours a week on paperwork.",
        "Two ideas for Northwind Clinics:\n1. Fewer forms.\n2. Better shifts.\n\nBest regards,\nSam Field\nCalmdesk",
        "If you said yes, we could begin in January. AI helps HR and IT alike.",
        "# Three Ways To Cut Paperwork\n\nNurses spend nine hours a week on it.",
        "Guten Tag Frau Roe, die Pflege verbringt viele Stunden mit Papier und Formularen.",
        "",
    ],
)
def test_what_is_known_and_ways_to_speak_are_not(text: str) -> None:
    assert foreign(text, FACTS) == []


def test_the_place_is_that_of_the_words() -> None:
    text = "Dear Jane, we work for Globex."
    [part] = foreign(text, FACTS)
    assert text[part.start : part.end] == part.words == "Globex"
