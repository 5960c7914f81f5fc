"""Scores: always within bounds, higher for what is known, lower for what anybody could say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domains.content import scoring
from shared.domains.content.brief import Brief
from shared.domains.content.formats import FORMATS, Format
from tests.domains.content.briefs import fact, persona, prospect

ANN = prospect(
    company="Lake School",
    job_title="Principal",
    summary="Forty pupils wait for a tutor.",
    pain_points=["Common in education roles: reaching every family"],
)
BRIEF = Brief("email", prospect=ANN, persona=persona(), facts=(fact("Districts report open places."),))
# Each uses one kind of fact.
FACTS = {
    "name": "Good to know you, Ann.",
    "company": "We looked at Lake School.",
    "role": "You are the Principal.",
    "needs": "Reaching each family matters.",
    "knowledge": "Other districts report it.",
}
FILLER = "I hope this email finds you well."
texts = st.text(max_size=300) | st.lists(st.sampled_from([*FACTS.values(), FILLER]), max_size=8).map(" ".join)
kinds = st.sampled_from(sorted(FORMATS))


def _personal(text: str, brief: Brief = BRIEF) -> float:
    return scoring.personalisation(brief, text).value


@given(texts, kinds)
def test_every_score_is_within_bounds_and_says_why(text: str, kind: str) -> None:
    for brief in (Brief(kind, prospect=ANN), Brief(kind, topic="tutors"), Brief(kind)):  # type: ignore[arg-type]
        for _, score in scoring.score(brief, text):
            assert 0 <= score.value <= 1
            assert score.reason.endswith(".")


@given(st.permutations(sorted(FACTS)), st.integers(1, 5))
def test_each_further_fact_raises_the_personalisation(order: list[str], count: int) -> None:
    neutral = "There is an offer of ours that may be of use."
    steps = [" ".join([neutral, *(FACTS[name] for name in order[:n])]) for n in range(count + 1)]
    values = [_personal(text) for text in steps]
    assert values == sorted(set(values))


@given(st.lists(st.sampled_from(sorted(FACTS.values())), min_size=1, max_size=5))
def test_a_stock_phrase_lowers_it(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert _personal(f"{text} {FILLER}") < _personal(text)
    assert "Stock phrases" in scoring.personalisation(BRIEF, FILLER).reason


def test_an_open_placeholder_lowers_it_and_is_named() -> None:
    text = "Good to know you, Ann."
    assert _personal(f"{text} {{company}}") < _personal(text)
    assert "{company}" in scoring.personalisation(BRIEF, "{company}").reason


def test_the_reason_says_what_is_used_and_what_is_not() -> None:
    reason = scoring.personalisation(BRIEF, FACTS["company"] + " " + FACTS["role"]).reason
    assert reason.startswith("Uses company and role; 100% of the words")
    assert "Known but not used: name, needs and knowledge." in reason
    assert scoring.personalisation(Brief("email"), "Hello.").reason.startswith("Nothing is known")


def test_without_a_prospect_the_topic_counts() -> None:
    brief = Brief("blog", topic="tutor shortages", persona=persona())
    assert _personal("Tutor shortages hurt.", brief) > _personal("Something hurts.", brief) == 0


@given(
    st.sampled_from(sorted(FORMATS.values(), key=lambda fmt: fmt.title)),
    st.integers(0, 4_000),
    st.integers(1, 500),
)
def test_length_is_full_within_the_target_and_falls_away_from_it(fmt: Format, size: int, more: int) -> None:
    def value(count: int) -> float:
        return scoring.length(fmt, "x " * count if fmt.unit == "words" else "x" * count).value

    assert (value(size) == 1) == (fmt.low <= size <= fmt.high or round(size / fmt.low, 3) == 1) or size > fmt.high
    if size > fmt.high:
        assert value(size + more) <= value(size) <= 1
    if size + more < fmt.low:
        assert value(size) <= value(size + more) <= 1


def test_long_sentences_read_badly() -> None:
    assert scoring.readability("Short words. All of them.").value == 1
    assert scoring.readability("word " * 60 + ".").value < 0.5


@pytest.mark.parametrize(
    ("text", "defect"),
    [
        ("Hi {name},\n\nI saw your post.", "open placeholder"),
        ("Hi Dr.,\n\nI saw your post.", "a title and no name"),
        ("Hi Bob,\n\nI saw your post.", "the message goes to Ann Lee"),
        ("Hi Ann,\n\nI saw your work at N/A.", "has no value"),
        ("Hi Ann,\n\nI saw the the post.", "the same word twice"),
        ("Hi Ann,\n\nI saw your post at Acme, Inc..", "stray punctuation"),
        ("Hi Ann,\n\nyou have a initial plan for the school with your team.", "wrong article"),
        ("Hi Ann,\n\nI read: “”", "nothing between its marks"),
        (" \n", "there is no text"),
    ],
)
def test_a_text_that_is_not_fit_to_leave_scores_0_and_says_why(text: str, defect: str) -> None:
    unfit = scoring.score(BRIEF, text)
    assert {value.value for _, value in unfit} == {0}
    assert defect in unfit.length.reason
    assert unfit.length.reason.startswith("Not fit to leave: ")


@pytest.mark.parametrize(
    "text",
    [
        "Hi Ann,\n\nI saw that you are a European one-off with an hour to spare for the team…",
        "Bonjour Ann,\n\nêtes-vous là ; oui ?",
        "Hi Ann,\n\nsee ../docs, e.g. the U.S. ones (all of them).",
        "Hola Ann,\n\nayudamos a empresas y a escuelas.",
        "Hi Ann,\n\nI had had that that day at Yahoo!, with an MBA and a user for the test.",
    ],
)
def test_a_fit_text_scores_more_than_one_with_an_error(text: str) -> None:
    fit = scoring.score(BRIEF, text)
    assert fit.length.value > 0
    assert fit.readability.value > 0
