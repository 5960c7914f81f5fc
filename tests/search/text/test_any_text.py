"""Whatever a text or a query consists of: answers are whole, and refusals name the place."""

import re
import unicodedata
from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.search.entries import Entry, Key
from shared.search.text.compounds import MAX_WORD
from shared.search.text.highlights import snippet
from shared.search.text.matching import matches, required_terms, terms_of
from shared.search.text.query import MAX_TERMS, Query, parsed
from shared.search.text.scripts import is_mark
from shared.search.text.tokens import Token, fold, language_of, tokens

# Words and signs of many writings, more often beside each other than chance would have it.
_BITS = st.sampled_from(
    [
        *(
            "school",
            "Núñez",
            "Straße",
            "İstanbul",
            "ısı",
            "e\u0301",
            "\u0301",
            "東京",
            "都",
            "ｶﾞ",
            "が",
            "か\u3099",
            "학교",
            "한",
        ),
        *("ภาษา", "ที่", "हिन्दी", "می\u200cخواهم", "שָׁלוֹם", "й", "и\u0306", "Ω", "ς", "ŉ", "ﬁ", "㈱", "ﷺ", "½", "١٢"),
        *(".", "-", "'", "’", "@", "&", "+", "#", "++", "_", "*", '"', "“", "”", "«", ":", "/", ",", " ", "\n", "\t"),
        *("kind:", "tag:", "status:", "title:", "foo:", "http://", "www.", ".net", "C++", "U.S.A.", "1,000", "3.14"),
        *(
            "🚀",
            "👩\u200d🚀",
            "👍🏽",
            "🇩🇪",
            "🇩",
            "\u200b",
            "\u00ad",
            "\ufeff",
            "\u202e",
            "\x00",
            "\ud800",
            "\U000e0041",
        ),
    ]
)
texts = st.lists(_BITS | st.text(max_size=4), max_size=30).map("".join) | st.text(max_size=100)


def _entry(text: str) -> Entry:
    return Entry(Key("vault", "1"), 0, (("body", text),), at=datetime(2026, 11, 1, tzinfo=UTC))


@given(texts)
@settings(max_examples=500)
def test_folding_twice_changes_nothing_and_no_form_of_unicode_matters(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert fold(unicodedata.normalize("NFKC", text)) == folded


@given(texts)
@settings(max_examples=500)
@example("1,000\u0661\u0662")  # digits of another script in what may be a telephone number
def test_tokens_lie_within_the_text_in_its_order(text: str) -> None:
    read = tokens(text, language_of(text))
    assert [token.start for token in read] == sorted(token.start for token in read)
    for token in read:
        assert 0 <= token.start < token.end <= len(text)
        assert token.word
        assert token.stem
        assert len(token.word) <= 4 * MAX_WORD
        assert not re.search(r"\s", token.word)
        assert fold(token.word) == token.word
    ends = [token.end for token in read if not token.joined]
    assert ends == sorted(ends)


@given(texts)
@settings(max_examples=500)
def test_each_word_of_a_text_finds_it(text: str) -> None:
    for token in tokens(text, language_of(text))[:10]:
        query = _quoted(text, token)
        if query is not None:
            assert matches(query, _entry(text)), token
            required = required_terms(query)
            assert not required or terms_of(_entry(text)).intersection(required)


def _quoted(text: str, token: Token) -> Query | None:
    try:
        return parsed(f'"{text[token.start : token.end]}"')
    except Invalid:  # of more than 32 words in one
        return None


@given(texts, st.booleans())
@settings(max_examples=500)
@example("-" * 1_000, False)
@example("a.b-c'd@" * 120, True)
@example("a's" * 300, False)
@example('" ' * 499, False)
def test_a_query_is_read_or_refused_with_its_place(text: str, as_you_type: bool) -> None:
    try:
        query = parsed(text, as_you_type=as_you_type)
    except Invalid as refused:
        [error] = refused.errors
        place = re.match(r"at character (\d+): ", error.message)
        assert error.field == "q"
        assert place is not None
        assert 1 <= int(place[1]) <= len(text) + 1
        return
    assert sum(len(term.words) for term in (*query.wanted, *query.excluded)) <= 5 * MAX_TERMS
    assert all(fold(word) == word for term in query.wanted for word in term.words)
    matches(query, _entry(text))


@given(texts, texts, st.integers(20, 200))
@settings(max_examples=500)
def test_a_snippet_is_a_part_of_the_text_and_its_spans_are_of_whole_characters(
    text: str, wanted: str, length: int
) -> None:
    try:
        query = parsed(wanted, as_you_type=True)
    except Invalid:
        query = Query()
    part, spans = snippet(text * 3, query, length)
    assert len(part) <= length
    assert "".join(part.strip("…").split()) in "".join((text * 3).split())
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(part) for start, end in spans)
    inner = part.removeprefix("…") if text[:1] != "…" else part
    assert not inner or not is_mark(inner[0]) or (text * 3).lstrip().startswith(inner[0])
