"""A reader of the body alone can tell four opposite personas apart: by sentences, words, formality and language."""

import re
from itertools import combinations
from statistics import mean
from typing import Any

import pytest

from shared.domains.content.brief import Brief
from shared.domains.content.generators.local.language import language_of
from shared.domains.content.generators.local.reader import find_background, own_pains
from shared.domains.content.service import write_pieces
from shared.kit.sentences import sentences
from tests.domains.content.briefs import fact, persona, prospect
from tests.domains.content.odd_prospects import PERSONAS

ANN = prospect(
    company="Lake School, Inc.",
    job_title="Principal",
    summary="Ann runs three campuses in Leeds.",
    pain_points=["Covering absences on short notice"],
)
FACT = fact("Two of three districts cannot fill their open places.")
# Every persona with the same offer, so that the voice alone differs.
VOICES = {
    name: each.model_copy(update={"user_positioning": "", "use_cases": [], "industry_focus": []})
    for name, each in PERSONAS.items()
}
VOICES["German adviser"] = VOICES["German adviser"].model_copy(update={"writing_style": "Deutsch, sachlich"})


def _bodies(name: str) -> list[str]:
    """The bodies without greeting and closing."""
    pieces = write_pieces(Brief("email", persona=VOICES[name], prospect=ANN, facts=(FACT,), variants=5))
    return ["\n\n".join(piece.text.split("\n\n")[1:-1]) for piece in pieces]


def _sentence_length(name: str) -> float:
    own = [s for body in _bodies(name) for s in sentences(body) if FACT.text not in s]
    return mean(len(sentence.split()) for sentence in own)


def _words(body: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+(?:['’][a-z]+)?", body.lower()))


def test_sentences_are_as_long_as_the_voice_is_formal() -> None:
    blunt, playful, formal = map(_sentence_length, ("blunt engineer", "playful founder", "formal expert"))
    assert blunt < 8 < playful < 15 < formal


def test_two_voices_share_hardly_a_word() -> None:
    given = _words("covering absences on short notice three campuses in leeds ann lake school principal")
    given |= _words(
        f"{FACT.text} {FACT.source.title} growth that does not depend on a few people learners without staff"
    )
    given |= _words("reaching more the a of to you i and is that at for this")
    for one, other in combinations(VOICES, 2):
        first, second = (set.union(*map(_words, _bodies(name))) - given for name in (one, other))
        assert len(first & second) / len(first | second) < 0.2, (one, other, first & second)


def test_contractions_are_the_casual_voices_alone() -> None:
    contracted = {name: any(re.search(r"\w['’](?:d|s|re|m|ve|t)\b", body) for body in _bodies(name)) for name in VOICES}
    assert [name for name, found in contracted.items() if found] == ["playful founder"]


def test_the_openings_differ_with_the_reason_for_writing() -> None:
    for name in VOICES:
        assert len({body.split("\n\n")[0].split(".")[0] for body in _bodies(name)[:3]}) >= 2


def test_the_prospects_own_words_come_first() -> None:
    for name in ("formal expert", "playful founder", "blunt engineer"):
        assert "covering absences on short notice" in _bodies(name)[0].split("\n\n")[0]
        assert "you run three campuses in Leeds" in _bodies(name)[1].split("\n\n")[0]


@pytest.mark.parametrize(
    ("fields", "language"),
    [
        ({"writing_style": "Auf Deutsch, bitte"}, "german"),
        ({"brand_voice": "escribe en español"}, "spanish"),
        ({"writing_style": "toujours en français"}, "french"),
        ({"user_positioning": "Wir helfen Schulen und Kliniken, die Pläne zu schreiben."}, "german"),
        ({"user_positioning": "Nous aidons les écoles et les cliniques."}, "french"),
        ({"user_positioning": "Ayudamos a las escuelas con los horarios."}, "spanish"),
        ({"writing_style": "English for German clients"}, "english"),
        ({}, "english"),
    ],
)
def test_a_persona_writes_in_its_language(fields: dict[str, Any], language: str) -> None:
    assert language_of(persona(**fields)) == language


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        ("Ann leads 40 teachers and manages her own budget of time.", None),
        ("Ann leads 40 teachers and runs her own choir.", "you lead 40 teachers and run your own choir"),
        ("She has taught in Leeds for ten years.", "you have taught in Leeds for ten years"),
        ("Runs operations at two sites.", "you run operations at two sites"),
        ("Responsible for twelve clinics.", "you are responsible for twelve clinics"),
        ("Lake School, Inc. is opening a second site.", "Lake School is opening a second site"),
        ("The school is hiring tutors.", "your school is hiring tutors"),
        ("Forty pupils wait for a tutor.", "Forty pupils wait for a tutor."),
        ("Difficult on the phone. Do not mention prices.", None),
        ("A high fit at 83 %.", None),
        ("See https://lake.example for more.", None),
        ("The board thinks Ann is tired.", None),
        ("N/A", None),
        ("Leitet die Schule und ist für die Pläne da.", None),
    ],
)
def test_a_summary_is_told_to_its_reader_and_a_note_is_not(summary: str, told: str | None) -> None:
    known = find_background(ANN.model_copy(update={"summary": summary}), "english")
    assert (known.text if known else None) == told


@pytest.mark.parametrize(
    ("point", "text", "phrase"),
    [
        ("Losing leads between systems", "losing leads between systems", True),
        ("SAP migration", "SAP migration", True),
        ("Salesforce migration", "Salesforce migration", True),
        ("Too many spreadsheets", "too many spreadsheets", True),
        ("They lose two days a week.", "You lose two days a week.", False),
        ("Nobody is there at night", "Nobody is there at night.", False),
    ],
)
def test_a_pain_point_is_put_so_that_it_fits_its_sentence(point: str, text: str, phrase: bool) -> None:
    (pain,) = own_pains(ANN.model_copy(update={"pain_points": [point]}), "english")
    assert (pain.text, pain.phrase) == (text, phrase)
