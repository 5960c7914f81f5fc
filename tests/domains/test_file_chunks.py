"""Passages: whole sentences under their headings, nothing lost, however the text is built."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domains.files import chunks


def test_a_passage_begins_with_the_headings_above_it() -> None:
    long = " ".join(f"Sentence {n} has a few words." for n in range(60))
    made = chunks.of(f"Before.\n\n# One\n\n{long}\n\n## Deep\n\n{long}\n\n# Two\n\nEnd.")
    assert [passage.split("\n")[0] for passage in made] == ["Before.", "One", "One / Deep", "One / Deep"]
    assert made[0].startswith("Before.\n\nOne\nSentence 0 has")
    assert made[-1].endswith("\n\nTwo\nEnd.")


def test_a_text_of_headings_alone_is_kept() -> None:
    assert "Two" in " ".join(chunks.of("# One\n## Two"))


_LINES = st.lists(st.one_of(st.text(max_size=80), st.from_regex(r"#{1,6} [a-z ]{1,200}", fullmatch=True)), max_size=60)


@settings(max_examples=60)
@given(_LINES)
def test_no_passage_is_too_long_and_no_word_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    made = chunks.of(text)
    assert all(0 < len(passage) <= chunks.CHUNK_CHARS for passage in made)
    kept = set(" ".join(made).split())
    bodies = [line for line in text.split("\n") if not line.startswith("#")]
    assert {word for line in bodies for word in line.split()} <= kept


@settings(max_examples=50)
@given(st.lists(st.text(max_size=1_200), max_size=400))
def test_packs_hold_all_passages_in_their_order(passages: list[str]) -> None:
    packs = chunks.packs(passages)
    assert [passage for pack in packs for passage in pack] == passages
    assert all(len("".join(pack).encode()) <= 200_000 for pack in packs)
