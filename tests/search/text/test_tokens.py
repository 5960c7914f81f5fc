"""Words of texts: folding, and what is written in one taken apart."""

import time

import pytest

from shared.search.text.compounds import MAX_WORD
from shared.search.text.tokens import fold, language_of, tokens


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Núñez", "nunez"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("ısı", "isi"),
        ("Œuvre", "oeuvre"),
        ("Łódź", "lodz"),
        ("Søren Æbleø", "soren aebleo"),
        ("ΟΔΟΣ Ελλάς", "οδοσ ελλασ"),
        ("Ёлка й", "елка й"),
        ("за́мок", "замок"),
        ("ӰӂӃ", "ӱӂӄ"),
        ("الْكِتَاب", "الكتاب"),
        ("أحمد", "احمد"),
        ("علی", "علي"),
        ("می\u200cخواهم", "ميخواهم"),
        ("שָׁלוֹם", "שלום"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("か\u3099", "が"),
        ("हिन्दी", "हिन्दी"),
        ("ที่", "ที่"),
        ("Ａｃｍｅ", "acme"),
        ("ﬁne m²", "fine m2"),
        ("१२३ ١٢٣", "123 123"),
        ("Donau\u00addampf", "donaudampf"),
    ],
)
def test_spellings_that_are_equal_to_a_user_are_folded_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't they're Ann's", "dont they ann"),
        ("O'Brien L'Oréal l'été", "obrien* o brien loreal* l oreal l ete"),
        ("C++ C# F#, .NET ASP.NET Notepad++", "c++ c# f# .net asp.net* asp net notepad++* notepad"),
        ("Node.js 3M B2B R&D", "nodejs* node js 3m b2b rd* r d"),
        ("follow-up a-b-c-d-e snake_case", "followup* follow up a b c d e snakecase* snake case"),
        ("ann.lee+x@acme-corp.io", "ann.lee+x@acme-corp.io* ann leex* lee x acmecorp* acme corp io"),
        ("https://www.acme.io/blog?id=3", "https acme.io* www acme io blog id 3"),
        ("1,000,000 1.000 3.14 v1.2 10:30", "1000000 1000 3.14* 3 14 v1.2* v1 2 10 30"),
        ("U.S.A. e.g. Ph.D.", "usa eg ph.d* ph d"),
        ("HubSpot McDonald eBay IBM Ann", "hubspot hub* spot* mcdonald mc* donald* ebay ibm ann"),
        ("Müller über", "mueller* muller uber"),
        ("東京都でPython猫", "東京 京都 都で で* python 猫"),
        ("学校에서", "学校 校에 에서 서*"),
        ("ที่ดี", "ที่ดี ดี*"),
        ("🚀 🇩🇪👍🏽", "🚀 🇩🇪 👍"),
        ("!!! ... \u0301 — \u200d", ""),
        ("x" * 100, "x" * MAX_WORD),
    ],
)
def test_texts_are_taken_apart(text: str, words: str) -> None:
    assert " ".join(token.word + "*" * token.joined for token in tokens(text, "")) == words


def test_spans_are_of_the_text_as_it_stands() -> None:
    text = "Jose\u0301 ｶﾞｷﾞ O’Brien’s"
    spans = [text[token.start : token.end] for token in tokens(text, "")]
    assert spans == ["Jose\u0301", "ｶﾞｷﾞ", "ｷﾞ", "O’Brien", "O", "Brien"]


def test_a_megabyte_takes_about_a_second() -> None:
    """Bound at three, as machines are slow at times; the prose here is of several languages and scripts."""
    prose = "Ann's school in Núñez-Straße 5 wrote to ann@acme.io: we'd follow up. 東京都庁で会いました。Привет, мир! "
    text = prose * (1_000_000 // len(prose))
    start = time.process_time()
    assert len(tokens(text, language_of(text))) > 200_000
    assert time.process_time() - start < 3
