"""Nobody is believed who takes for supported what the passage says otherwise; no true statement is lost by that."""

from collections.abc import Sequence

import pytest

from shared.domains.research.evidence import Judge, Question, Verdict, verify
from shared.domains.research.models import Statement
from shared.verification.conflicts import conflicts
from tests.fixtures.robot_maker import FALSE, PAGE, SUBTLE, TRUE


def _agree(questions: Sequence[Question]) -> Sequence[Verdict]:
    return ["supported"] * len(questions)


def _published(text: str, judge: Judge | None) -> list[Statement]:
    return verify([Statement(section="key_findings", text=text, sources=[0])], [PAGE], judge)


@pytest.mark.parametrize("text", FALSE)
def test_a_falsehood_is_not_published_whoever_supports_it(text: str) -> None:
    assert all(one.wording == "source" for one in _published(text, _agree))


@pytest.mark.parametrize("text", [*FALSE, *SUBTLE])
def test_rules_alone_publish_no_falsehood(text: str) -> None:
    assert all(one.wording == "source" for one in _published(text, None))


@pytest.mark.parametrize("judge", [None, _agree])
def test_what_is_true_is_published_in_its_own_words_or_the_sources(judge: Judge | None) -> None:
    found = [_published(text, judge) for text in TRUE]
    assert all(found)
    assert sum(one[0].wording == "own" for one in found) >= (27 if judge else 11)


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        ("Sales rose in May.", "Sales fell in May."),
        ("The levy will raise 40 dollars per pupil.", "The levy will raise 40 dollars per pupil and year."),
        ("Revenue reached $3 million.", "Revenue reached 3 million euros."),
        ("The share rose by 4 percent.", "The share rose by 4 percentage points."),
        ("The bus line opened in 2021.", "The bus line has been open since 2021."),
        ("Every school takes part.", "Twelve schools take part."),
        ("Hooli sold Globex to Initech.", "Initech sold Globex to Hooli."),
        ("Globex bought Hooli.", "Globex was bought by Hooli."),
        ("The board agreed on 03/04/2025.", "The board agreed on 04/03/2025."),
        ("Tutors cost 90 dollars.", "Tutors cost up to 90 dollars."),
        ("Initech closed the plant in the third quarter.", "Initech closed the plant in the second quarter."),
    ],
)
def test_what_is_said_otherwise(statement: str, passage: str) -> None:
    assert conflicts(statement, passage)
    assert not conflicts(passage, passage)
