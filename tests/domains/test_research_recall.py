"""Research finds what realistic pages say, whole, and files it where it belongs."""

from collections import defaultdict

import pytest

from shared.domains.research import cues, evidence
from shared.domains.research.reading import excerpt, read
from shared.domains.research.synthesis import synthesise
from tests.domains.research_pages import PAGES, page
from tests.fixtures import planted

_SECTIONS = {"pain_points": "pain", "opportunities": "opening"}
_FACTS = {"summary", "key_findings", *_SECTIONS}


def _said(name: str) -> dict[str, set[str]]:
    """The statements of facts that are made of a page, with their sections."""
    source = planted.page(name)
    made = evidence.verify(synthesise(source.title, [source], chosen=True), [source.text])
    said: dict[str, set[str]] = defaultdict(set)
    for one in made:
        if one.section in _FACTS:
            said[one.text].add(one.section)
    return said


def test_of_the_planted_facts_most_are_found_whole_and_filed_rightly() -> None:
    planted_facts = found = whole = filed = misfiled = 0
    for name, facts in planted.FACTS.items():
        said = _said(name)
        for fact, kind in facts:
            holders = [text for text in said if text in fact or fact in text]
            planted_facts, found = planted_facts + 1, found + bool(holders)
            whole += any(fact in text for text in holders)
            sections = {section for text in holders for section in said[text]} & _SECTIONS.keys()
            filed += len(sections)
            misfiled += sum(_SECTIONS[section] not in kind for section in sections)
    assert planted_facts > 100
    assert found >= 0.9 * planted_facts
    assert whole >= 0.97 * found
    assert filed > 30
    assert misfiled < 0.1 * filed


@pytest.mark.parametrize("name", ["news", "blog", "product", "german", "spanish", "french", "japanese"])
def test_what_stands_around_the_text_is_no_finding(name: str) -> None:
    furniture = ("cookie", "newsletter", "Log in", "Advertisement", "backlinks", "Abonn", "boletín", "シェア", "©")
    assert not [text for text in _said(name) if any(word in text for word in furniture)]


def test_the_end_of_a_long_page_is_read() -> None:
    source = planted.page("long")
    assert len(source.text) > 150_000
    last = planted.FACTS["long"][-1][0]
    assert source.text.index(last) > 145_000
    assert last in _said("long")


def test_an_excerpt_has_what_the_question_asks_for_wherever_it_stands() -> None:
    source = planted.page("long")
    cut = excerpt(source.text, "Where are the headquarters of the ferry operator?", 3_000)
    assert "Its headquarters moved from Gourock to Greenock in 2019." in cut
    assert len(cut) <= 3_000
    assert excerpt("Short.", "x", 10) == "Short."


def test_what_the_user_chose_is_read_whatever_the_question() -> None:
    ferry = "Parks in Northfield were reopened after the storm, and the ferry runs again."
    assert ferry in {one.text for one in read(PAGES, chosen=True)}
    assert ferry in {one.text for one in synthesise("teacher burnout", PAGES, chosen=True)}
    assert ferry not in {one.text for one in synthesise("teacher burnout and tutoring in school districts", PAGES)}


def test_a_copy_of_a_text_is_no_second_source() -> None:
    wire = (
        "The county lost 40 tutors in spring. Its board approved a budget of $2 million for new staff. "
        "Nobody knows yet who will lead the office in Ashford. The vote was held on 3 May."
    )
    own = page("The county lost 40 tutors in spring. We asked three parents what they think of the schools.")
    made = synthesise("The county", [page(wire), page(f"{wire} This was added."), own], chosen=True)
    assert {tuple(sorted(one.sources)) for one in made if one.text == "The county lost 40 tutors in spring."} == {
        (0, 2)
    }
    assert all(1 not in one.sources for one in made if one.text != "This was added.")


@pytest.mark.parametrize(
    ("sentence", "language", "section"),
    [
        ("Complaints about late buses fell by half within a year.", "en", None),
        ("The plant has cut its energy costs by a third.", "en", None),
        ("It was built in late 2019 in a record time of nine months.", "en", None),
        ("The choir has fine singers and a manual from 1920.", "en", None),
        ("Revenue fell to 4 million dollars in the third quarter.", "en", "pain_points"),
        ("The museum is seeking a partner for its ticket shop.", "en", "opportunities"),
        ("Der Hafen hat keine Probleme mit dem Tiefgang.", "de", None),
        ("Der Hafen sucht einen Partner für die Wartung.", "de", "opportunities"),
        ("Las quejas bajaron en 2025.", "es", None),
        ("問題は解消された。", "ja", None),
        ("Toimitukset ovat myöhässä.", "fi", None),
    ],
)
def test_wording_decides_what_is_a_pain_or_an_opening(sentence: str, language: str, section: str | None) -> None:
    assert cues.section_of(sentence, language) == section


def test_a_language_without_cues_has_findings_alone() -> None:
    assert cues.language("Kokonaisuus on hyvin suuri ja se on ollut niin myös vuonna 2020, mutta ei enää.") == ""
    assert cues.language(planted.page("japanese").text) == "ja"
