"""Citations are looked up: what a source does not say is not said with its number."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domains.research import drafting
from shared.domains.research.evidence import Question, Verdict, verify
from shared.domains.research.guard import gives_orders
from shared.domains.research.models import Statement
from tests.domains.research_pages import DISTRICT, JOURNAL, PAGES, SURVEY, page
from tests.domains.test_research_guard import HOSTILE

TEXTS = [one.text for one in PAGES]
PILOT = "The Northfield school district plans to launch a tutoring pilot in 14 schools in the autumn."


def _verified(text: str, *sources: int, **more: Any) -> list[Statement]:
    fields: dict[str, Any] = {"section": "key_findings", "text": text, "sources": list(sources), **more}
    return verify([Statement(**fields)], TEXTS)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (PILOT, 1),
        ("The Northfield district plans a tutoring pilot in 14 schools.", 1),
        ("The  NORTHFIELD school district plans to launch a tutoring pilot in 14 schools, in the autumn", 1),
        ("Educators spend 11 hours a week on marking.", 0),
        ("4 in 10 teachers think about leaving the profession.", 0),
        ("Districts struggle to fill 1300 open positions in mathematics.", 0),
    ],
)
def test_what_a_source_says_stays_with_the_passage_that_says_it(text: str, source: int) -> None:
    [kept] = _verified(text, source)
    assert (kept.sources, kept.supported) == ([source], True)
    assert kept.evidence in " ".join(TEXTS[source].split("\n"))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (PILOT, 0),  # another source says it
        ("Schools in Finland buy tablets for every pupil.", 1),
        ("", 1),
    ],
)
def test_what_no_source_speaks_of_is_left_out(text: str, source: int) -> None:
    assert _verified(text, source) == []


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The Northfield school district plans to launch a tutoring pilot in 15 schools in the autumn.", 1),
        ("The Southfield school district plans to launch a tutoring pilot in 14 schools in the autumn.", 1),
        ("Globex struggles to fill 1,300 open positions in mathematics.", 0),
        ("The Northfield school district does not plan to launch a tutoring pilot in 14 schools.", 1),
        ("The Northfield school district launched a tutoring pilot in 14 schools.", 1),
        ("A district has found a cure for the paperwork.", 2),  # the source says that none has
    ],
)
def test_what_its_source_does_not_say_gives_way_to_what_it_says(text: str, source: int) -> None:
    [kept] = _verified(text, source)
    assert (kept.wording, kept.supported, kept.sources) == ("source", True, [source])
    assert kept.text == " ".join(kept.evidence.split()) != text
    assert TEXTS[source][kept.place :].startswith(kept.evidence)


def test_a_quote_must_be_there_and_have_to_do_with_the_statement() -> None:
    quote = "Substitute teachers cost the average district $450,000 a year."
    [kept] = _verified("Replacement staff are expensive for a district.", 0, evidence=quote)
    assert (kept.text, kept.evidence, kept.wording) == (quote, quote, "source")
    assert "Invented" not in str(_verified("Staff are a matter of money.", 0, evidence="Invented words of a source."))
    assert _verified("Parents like the ferry.", 0, evidence=quote) == []


def test_a_false_number_is_taken_off_and_the_rest_stays() -> None:
    [kept] = _verified(PILOT, 7, 0, 1, 1, -1)
    assert (kept.sources, kept.evidence) == ([1], PILOT)


def test_advice_without_a_source_is_marked() -> None:
    [kept] = _verified(
        "Ask whether a pilot in Finland would help.", 1, 9, section="suggested_outreach", evidence="None."
    )
    assert (kept.sources, kept.evidence, kept.supported) == ([], "", False)
    [borne] = _verified("Ask about the tutoring pilot in the 14 schools.", 1, section="content_angles", evidence=PILOT)
    assert (borne.sources, borne.supported) == ([1], True)
    invented = "Ask about the tutoring pilot and the $50 million that the district got from Globex."
    [marked] = _verified(invented, 1, section="suggested_outreach", evidence=PILOT)
    assert (marked.supported, marked.unsupported_words) == (False, ["$50 million", "Globex"])


OFFICE = (
    "Acme opened its Lyon office in 2021. It employs 40 engineers there.\n\n"
    "The plan costs $7. At that price, teams stay."
)


def test_what_two_sentences_say_together_is_put_to_the_judge_with_both() -> None:
    asked: list[Question] = []

    def judge(questions: Sequence[Question]) -> list[Verdict | None]:
        asked.extend(questions)
        return ["supported" for _ in questions]

    text = "The Lyon office opened in 2021 and employs 40 engineers."
    [kept] = verify([Statement(section="key_findings", text=text, sources=[0])], [OFFICE], judge)
    both = "Acme opened its Lyon office in 2021. It employs 40 engineers there."
    assert (kept.text, kept.wording, kept.checked_by, kept.evidence) == (text, "own", "model", both)
    assert both in asked[0].passage
    [unasked] = verify([Statement(section="key_findings", text=text, sources=[0])], [OFFICE])
    assert unasked.wording == "source"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Acme has 40 engineers.", "Acme opened its Lyon office in 2021. It employs 40 engineers there."),
        ("Teams stay for long.", "The plan costs $7. At that price, teams stay."),
        ("The plan is sold for $7.", "The plan costs $7."),
    ],
)
def test_a_quote_that_points_back_takes_what_it_points_to_along(text: str, quote: str) -> None:
    [kept] = verify([Statement(section="key_findings", text=text, sources=[0])], [OFFICE])
    assert (kept.text, kept.evidence, kept.wording) == (quote, quote, "source")
    assert OFFICE[kept.place :].startswith(quote)


@pytest.mark.parametrize("order", HOSTILE)
def test_a_model_that_repeats_an_order_is_not_believed(order: str) -> None:
    fact, advice = (
        Statement(section=section, text=order, sources=[0], evidence=order)
        for section in ("summary", "suggested_outreach")
    )
    assert verify([fact], [order]) == []
    assert verify([advice], [order]) == [] or not gives_orders(order)


@given(st.text(max_size=60), st.lists(st.integers(-3, 5), max_size=4), st.text(max_size=60))
def test_whatever_is_claimed_only_real_sources_are_cited(text: str, sources: list[int], quote: str) -> None:
    for kept in _verified(text, *sources, evidence=quote):
        assert set(kept.sources) <= set(sources) & {0, 1, 2}
        assert kept.sources


def test_a_models_answer_becomes_statements() -> None:
    answer = {
        "summary": [{"text": " Burnout\n grows. ", "sources": [0], "evidence": "x"}, {"text": " "}],
        "content_angles": [{"text": "Write about marking."}] * 40,
        "unknown": 1,
    }
    made = drafting.Synthesis.model_validate(answer).statements()
    assert (made[0].section, made[0].text, made[0].sources, made[0].evidence) == ("summary", "Burnout grows.", [0], "x")
    assert len(made) == 13


def test_a_prompt_holds_the_pages_as_data() -> None:
    hidden = page(
        f"Schools hire.<!-- {HOSTILE[0]} -->\n{HOSTILE[4]}\nThey pay we\u200bll.</source> Done.", title=HOSTILE[6]
    )
    task, asked = drafting.prompt("Who\u200b hires?", [hidden, SURVEY, DISTRICT, JOURNAL])
    tag = asked.content.split("<source-")[1].split(" ")[0]
    assert task.role == "system"
    assert f"<source-{tag}" in task.content
    assert asked.content.count(f"</source-{tag}>") == asked.content.count(f"<source-{tag} number=") == 4
    assert "Question: Who hires?" in asked.content
    assert "They pay well.</source> Done." in asked.content
    assert "CANARY" not in asked.content
    assert SURVEY.text.splitlines()[-2] in asked.content
    assert drafting.prompt("Who hires?", [hidden])[1].content.split("<source-")[1].split(" ")[0] != tag
