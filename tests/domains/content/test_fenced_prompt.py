"""Data in prompts stays data."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from shared.domains.content.generators.llm import fenced_prompt


@given(st.dictionaries(st.sampled_from(["name", "company"]), st.text(min_size=1)), st.text(min_size=1))
def test_a_block_holds_exactly_its_data(fields: dict[str, str], text: str) -> None:
    rules, question = fenced_prompt.build_prompt("Write.", {"prospect": fields, "text": text})
    (code,) = set(re.findall(r"end in the code (\w+)", rules))
    if fields:
        block = question.split(f"<prospect-{code}>\n")[1].split(f"\n</prospect-{code}>")[0]
        assert json.loads(block) == fields
    assert question.endswith(f"<text-{code}>\n{text}\n</text-{code}>")


def test_the_tags_follow_from_the_data_and_empty_blocks_are_left_out() -> None:
    """The same work asks the same question; other data has tags of its own, which the data cannot know."""
    first, again, other = (
        fenced_prompt.build_prompt("Write.", {"text": text, "persona": {}})[1] for text in ("x", "x", "y")
    )
    assert first == again
    codes = {re.findall(r"<text-(\w+)>", question)[0] for question in (first, other)}
    assert len(codes) == 2
    assert "persona" not in first
