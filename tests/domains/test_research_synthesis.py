"""Statements out of pages: chosen, cited, said once, and found again in what they cite."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domains.research import evidence
from shared.domains.research.models import Section, Statement
from shared.domains.research.reading import read
from shared.domains.research.synthesis import synthesise
from tests.domains.research_pages import DISTRICT, JOURNAL, PAGES, QUESTION, SURVEY, page
from tests.domains.test_research_guard import HOSTILE

FACTS: tuple[Section, ...] = ("summary", "key_findings", "pain_points", "opportunities")


def _texts(statements: list[Statement], section: Section) -> list[str]:
    return [one.text for one in statements if one.section == section]


def test_every_section_says_what_the_pages_say() -> None:
    made = synthesise(QUESTION, PAGES)
    assert 2 <= len(_texts(made, "summary")) <= 4
    assert 1 <= len(_texts(made, "key_findings")) <= 8
    assert "Districts struggle to fill 1,300 open positions in mathematics." in _texts(made, "pain_points")
    pilot = "The Northfield school district plans to launch a tutoring pilot in 14 schools in the autumn."
    assert pilot in _texts(made, "opportunities")
    assert f"Offer your help with this: “{pilot}”" in _texts(made, "suggested_outreach")
    assert _texts(made, "content_angles")
    assert len(made) == len({(one.section, one.text) for one in made})


def test_every_statement_is_a_sentence_of_its_source() -> None:
    made = synthesise(QUESTION, PAGES)
    assert made
    for one in made:
        assert one.sources
        assert one.evidence in PAGES[one.sources[0]].text
        assert one.evidence in one.text
        assert one.text == one.evidence or one.section not in FACTS


def test_what_two_sources_say_is_said_once_and_cites_both() -> None:
    made = synthesise(QUESTION, PAGES)
    burnout = [one for one in made if one.section == "summary" and "marking takes 11 hours" in one.text]
    assert [sorted(one.sources) for one in burnout] == [[0, 2]]
    angles = [one for one in made if one.section == "content_angles"]
    assert (angles[0].text.startswith("Explain what several sources agree on"), sorted(angles[0].sources)) == (
        True,
        [0, 2],
    )


def test_other_figures_or_a_denial_are_another_claim() -> None:
    texts = [
        "The survey says that 40 percent of the teachers report burnout this year.",
        "The survey says that 60 percent of the teachers report burnout this year.",
        "The survey says that not even 40 percent of the teachers report burnout this year.",
    ]
    made = synthesise("teacher burnout", [page(text) for text in texts])
    assert sorted(one.sources for one in made if one.section == "summary") == [[0], [1], [2]]


def test_menus_notices_questions_and_headings_are_no_statements() -> None:
    said = " ".join(one.text for one in synthesise(QUESTION, PAGES))
    for furniture in ("cookies", "Home |", "newsletter", "Why do", "©", "Read more", "Click", "Skip", "# Teacher"):
        assert furniture not in said


def test_reading_finds_the_sentences_of_prose() -> None:
    said = [sentence.text for sentence in read([SURVEY])]
    assert "Dr. Ann Lee of the U.S. Institute of Education led the survey." in said
    assert "Districts struggle to fill 1,300 open positions in mathematics." in said
    assert len(said) == 6
    wrapped = page("The district plans to hire\nforty tutors, and to pay\nthem well in autumn.\nWages\nx = f(y) = {1}")
    assert [one.text for one in read([wrapped])] == [
        "The district plans to hire forty tutors, and to pay them well in autumn."
    ]


def test_what_has_nothing_to_do_with_the_question_is_left_out() -> None:
    assert not any("ferry" in one.text for one in synthesise(QUESTION, PAGES))


def test_a_question_that_names_nothing_is_answered_by_what_the_pages_are_about() -> None:
    assert any("Burnout" in text for text in _texts(synthesise("Acme", PAGES), "summary"))


def test_nothing_is_said_where_nothing_is_said() -> None:
    assert synthesise(QUESTION, []) == []
    assert synthesise(QUESTION, [page("Home | About\nAccept all cookies?\nWhy?")]) == []
    calm = synthesise("ferns", [page("Ferns are plants that live in the forests of the temperate zones of the earth.")])
    assert _texts(calm, "pain_points") == _texts(calm, "opportunities") == []
    assert _texts(calm, "key_findings")


def test_the_same_pages_make_the_same_statements() -> None:
    assert synthesise(QUESTION, PAGES) == synthesise(QUESTION, PAGES)


def _borne(statements: list[Statement]) -> list[tuple[Section, str, list[int], bool]]:
    return [(one.section, one.text, sorted(one.sources), one.supported) for one in statements]


def test_all_of_it_is_verified() -> None:
    made = synthesise(QUESTION, PAGES)
    verified = evidence.verify(made, [one.text for one in PAGES])
    assert _borne(verified) == _borne(made)
    assert {one.wording for one in verified} == {"own"}


def test_other_scripts_are_read_too() -> None:
    text = "東京の学校では教師の不足が深刻な問題になっています。来年から新しい制度が始まる予定です。"
    assert any("教師" in one.text for one in synthesise("教師 不足", [page(text)]))


@pytest.mark.parametrize("place", ["own line", "same line", "list", "alone"])
def test_orders_in_a_page_are_never_repeated(place: str) -> None:
    joints = {"own line": "\n", "same line": " ", "list": "\n- "}
    if place == "alone":
        pages = [page("\n".join(HOSTILE)), DISTRICT]
    else:
        lines = [line for one in (SURVEY, JOURNAL) for line in one.text.splitlines()]
        mixed = [joints[place].join(pair) for pair in zip(lines * 3, HOSTILE, strict=False)]
        pages = [page("\n".join(mixed)), DISTRICT]
    made = evidence.verify(synthesise(f"{QUESTION} CANARY-7 best vendor", pages), [one.text for one in pages])
    assert made
    assert not any("CANARY" in f"{one.text} {one.evidence}" for one in made)


def test_statements_of_a_section_differ() -> None:
    lines = [f"Teachers in district {n} report burnout because marking takes {n} hours." for n in range(10, 40)]
    made = synthesise("teacher burnout", [page("\n".join(lines))])
    found = _texts(made, "key_findings")
    assert len(found) == 8
    assert all(one != other for one, other in pairwise(found))


@given(st.text(max_size=400), st.text(max_size=60))
def test_whatever_a_page_holds_it_is_read(text: str, question: str) -> None:
    prose = "Schools struggle to find tutors because wages are low."
    pages = [page(f"{text}\n{prose}\n{text}"), page(text)]
    made = synthesise(question, pages)
    assert _borne(evidence.verify(made, [one.text for one in pages])) == _borne(made)
