"""What language models really answer is used as far as it can be, item by item."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.domains.research.drafting import Synthesis
from shared.providers.llm.lenient import Unusable, read
from shared.providers.llm.thoughts import streamed_without_thoughts


class Claim(BaseModel):
    text: str
    sources: list[int] = []
    share: float | None = None


class Answer(BaseModel):
    claims: list[Claim]
    title: str = "untitled"
    notes: list[str] = []


GOOD: dict[str, Any] = {"claims": [{"text": "A {b} holds.", "sources": [1, 2]}], "title": "T", "notes": ["n"]}


@pytest.mark.parametrize(
    "text",
    [
        "§",
        "```json\n§\n```",
        "```\n§\n```\nI hope this helps!",
        "Sure! Here is the JSON [as asked]:\n\n§",
        '<think>The answer might be {"claims": []} or not.</think>§',
        "Some thoughts without a beginning</think>\n§",
        '{"answer": §}',
        '{"thoughts": "hm"}\n§',
        '<THINK>{"claims": [{"text": "draft"}]}</THINK>§',
        '<thought>{"claims": [{"text": "draft"}]}</thought>§',
        '<thinking kind="x">{"claims": [{"text": "draft"}]}</thinking>§',
        '[THINK]{"claims": [{"text": "draft"}]}[/THINK]§',
        '<|channel|>analysis<|message|>{"claims": [{"text": "draft"}]}<|end|>'
        "<|start|>assistant<|channel|>final<|message|>§<|return|>",
        '{"status": "ok", "result": {"answer": §}}',
        "[§]",
        "**§**",
    ],
)
def test_the_json_that_is_meant_is_found(text: str) -> None:
    assert read(text.replace("§", json.dumps(GOOD)), Answer) == Answer.model_validate(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        '{"claims": [{"text": "A {b} holds.", "sources": [1, 2],},], "title": "T", "notes": ["n"],}',
        "{'claims': [{'text': 'A {b} holds.', 'sources': [1, 2], 'share': None}], 'title': 'T', 'notes': ['n']}",
        "{claims: [{text: 'A {b} holds.', sources: [1, 2]}], title: 'T', notes: ['n']}",
        "{“claims”: [{“text”: “A {b} holds.”, “sources”: [1, 2]}], “title”: “T”, “notes”: [“n”]}",
        '{"claims": [ // first\n{"text": "A {b} holds.", "sources": [1, 2]} /* all */], "title": "T", "notes": ["n"]}',
        json.dumps(json.dumps(GOOD)),
        json.dumps({"name": "answer", "arguments": json.dumps(GOOD)}),
        json.dumps({"Claims": GOOD["claims"], "TITLE": "T", "Notes": ["n"]}),
        json.dumps({"claims": GOOD["claims"]}) + "\n" + json.dumps({"title": "T", "notes": ["n"]}),
    ],
)
def test_what_is_nearly_json_is_mended(text: str) -> None:
    assert read(text, Answer) == Answer.model_validate(GOOD)


@pytest.mark.parametrize("cut", range(60, 150, 7))
def test_of_an_answer_that_breaks_off_only_what_is_complete_is_taken(cut: int) -> None:
    text = json.dumps({"claims": [{"text": f"Sentence {n} is whole.", "sources": [n]} for n in range(9)]})
    found = read(text[:cut], Answer).claims
    assert found
    assert found == [Claim(text=f"Sentence {n} is whole.", sources=[n]) for n in range(len(found))]


@pytest.mark.parametrize(
    "text",
    [
        '{"pairs": {"a": "yes", "b": "no"}}',
        '{"a": "yes", "b": "no"}',
        '{"pairs": [["a", "yes"], ["b", "no"]]}',
        '{"id": "a", "verdict": "yes"}\n{"id": "b", "verdict": "no"}',
        '[{"id": "a", "verdict": "yes"}, {"id": "b", "verdict": "no"}]',
        '{"pairs": [{"id": "a", "verdict": "yes"}, {"id": "b", "verdict": "no"}, {"id": "c", "verd',
    ],
)
def test_pairs_are_read_in_whichever_form(text: str) -> None:
    class Pair(BaseModel):
        id: str
        verdict: str

    class Pairs(BaseModel):
        pairs: list[Pair]

    assert read(text, Pairs).pairs == [Pair(id="a", verdict="yes"), Pair(id="b", verdict="no")]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{" * 100_000, '{"a":' * 50_000, "{'" * 50_000, '{"claims": ' + '"' * 60_000]
)
def test_an_endless_text_costs_no_more_than_it_is_long(text: str) -> None:
    start = time.process_time()
    with pytest.raises(Unusable):
        read(text, Answer)
    assert time.process_time() - start < 5


def test_thoughts_are_left_out_of_a_stream() -> None:
    for text in ("<Thought>hm, hm</Thought>Dear Ann", "[THINK]hm[/THINK]Dear Ann", "<think>a</think>Dear Ann"):
        assert "".join(streamed_without_thoughts(iter(text))) == "Dear Ann"
    for text in ("[1] is a note", "<b>Dear</b> Ann", "<", "[thin ice]"):
        assert "".join(streamed_without_thoughts(iter(text))) == text


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"notes": [-1]}, {"notes": ["-1"]}),
        (
            {"claims": [{"text": "a", "share": "-5%", "sources": ["Source 3", 1.5, 2.0]}]},
            {"claims": [{"text": "a", "share": -5, "sources": [3, 2]}]},
        ),
        ({"title": None, "notes": None}, {"title": "untitled", "notes": []}),
        ({"notes": "one"}, {"notes": ["one"]}),
        ({"title": 7}, {"title": "7"}),
        ({"notes": ["a", None, {"b": 1}, 3]}, {"notes": ["a", "3"]}),
        ({"unknown": [1]}, {}),
        ({"claims": [{"text": "a", "sources": ["1", "[2]", "x"]}]}, {"claims": [{"text": "a", "sources": [1, 2]}]}),
        ({"claims": [{"text": "a", "sources": None}]}, {"claims": [{"text": "a"}]}),
        ({"claims": [{"text": "a"}, {"txet": "b"}, 5, None]}, {"claims": [{"text": "a"}]}),
        ({"claims": ["a"]}, {"claims": [{"text": "a"}]}),
        ({"claims": {"text": "a"}}, {"claims": [{"text": "a"}]}),
    ],
)
def test_a_bad_item_costs_itself_alone(said: dict[str, Any], meant: dict[str, Any]) -> None:
    assert read(json.dumps({**GOOD, **said}), Answer) == Answer.model_validate({**GOOD, "notes": ["n"], **meant})


def test_a_list_alone_is_the_list_that_is_meant() -> None:
    class Only(BaseModel):
        claims: list[Claim]

    assert read('[{"text": "a"}]', Only).claims == [Claim(text="a")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no JSON"),
        ("I cannot do that.", "no JSON"),
        ('{"claims": [{"text"', "no JSON|none of the fields"),
        ('{"other": 1}', "none of the fields claims, title, notes"),
        ('{"claims": [{"txet": "b"}]}', "claims.0.text"),
        ('{"title": "T"}', "claims: Field required"),
    ],
)
def test_what_cannot_be_used_is_said(text: str, problem: str) -> None:
    with pytest.raises(Unusable, match=problem):
        read(text, Answer)


def test_a_synthesis_with_one_bad_statement_keeps_the_others() -> None:
    said = {"summary": [{"text": "a", "sources": ["0"]}, {"text": None}], "key_findings": None, "pain_points": "p"}
    made = read(f"```json\n{json.dumps(said)}\n```", Synthesis).statements()
    assert [(one.section, one.text, one.sources) for one in made] == [("summary", "a", [0]), ("pain_points", "p", [])]


@given(st.text(max_size=300))
def test_whatever_it_says_it_is_read_or_refused(text: str) -> None:
    for said in (text, f"{{{text}}}", f'{{"claims": [{text}]}}'):
        with suppress(Unusable):
            assert isinstance(read(said, Answer), Answer)
