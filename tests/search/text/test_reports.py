"""What users of other search engines have reported, rebuilt on this one; each by the tracker that it is from."""

import pytest

from shared.search.text.highlights import snippet
from shared.search.text.matching import matches
from shared.search.text.query import parsed
from tests.search.text.test_highlights import FILLER, marked
from tests.search.text.test_query import entry

FINDS = [
    ("minisearch 108: codes with hyphens", "PGMP-15", "see PGMP-15"),
    ("minisearch 225 of omnisearch: hyphens or none", "plugin", "a plug-in"),
    ("the same", "plug-in", "a plugin"),
    ("the same: a company", '"a-company"', "at A-Company Ltd"),
    ("mkdocs-material 725", "A-B", "the A-B test"),
    ("mkdocs-material 725: options", "host-whitelist", "--host-whitelist=x"),
    ("meilisearch 2701", "spiderman", "Spider-Man"),
    ("meilisearch 3320: snake and kebab alike", "test", "Theme_Test"),
    ("the same", "amoled", "Theme-Amoled"),
    ("meilisearch 1035", "authorization_token", "the authorization_token"),
    ("stork 110", "Hull", "Kingston-upon-Hull"),
    ("meilisearch 4405", "coelacanthe", "Cœlacanthe"),
    ("meilisearch 1571", "hi", "&hi"),
    ("meilisearch 1571: brackets", "hi", "[<hi>]"),
    ("typesense 122: names of files", "important", "something_2020-07-13_with_important_words.pdf"),
    ("the same", "2020-07-13", "something_2020-07-13_with_important_words.pdf"),
    ("typesense 122: all-inkl", "all inkl", "all-inkl.com"),
    ("typesense 455", "c++", "C++, C#, C"),
    ("typesense 1095", "plants", "🌱plants"),
    ("typesense 822: a space without width", "ເມືອງ", "ນະຄອນ\u200bເມືອງ"),
    ("typesense 822: in Latin script", "word", "some\u200bword"),
    ("typesense 875: signs of full width", "公司", "你好，公司。"),
    ("typesense 1019: capitals within", "bar something", "fooBarSomething"),
    ("the same: a firm", "hub spot", "we use HubSpot"),
    ("the same: written small", '"use hubspot"', "we use HubSpot"),
    ("typesense 1047: a hyphen excludes only before a word", "тест-кейс", "наш тест-кейс"),
    ("typesense 2960: nothing but an exclusion", "-tutor", "a school"),
    ("staticSearch 164: Syriac", "ܕܙܝ̈ܬܐ", "ܕܙܝ̈ܬܐ"),
    ("orama 230", "jose", "My name is Josè, nice to meet you"),
    ("lunr 276", "carols", "Carols"),
    ("lunr 276: names", "powell", "Powell"),
    (
        "lunr 301: a colon in the text",
        '"android:keyboardNavigationCluster"',
        "attr 'android:keyboardNavigationCluster'",
    ),
    ("lunr 491", "create-site-*", "create-site-good"),
    ("lunr 521: a heading", "ERROR: This", "ERROR: This error is fatal"),
    ("tantivy 2631: brackets", "y+(y+25)", "x = y+(y+25)"),
    ("an address as browsers show it", "https://www.acme.io/", "see acme.io"),
]
MISSES = [
    ("omnisearch 317: voiced sounds are other sounds", "ハカ", "バカ"),
    ("typesense 641: a phrase is one", '"given choice"', "given the choice"),
    ("typesense 641: the very word", '"real"', "really hot"),
    ("typesense 1880: the very word", '"SOLR"', "solutions that solve"),
    ("typesense 1047", "пустыня -Сахара", "пустыня Сахара"),
    ("typesense 455", "c++", "C and Java"),
    ("an excluded word is not its end", "京都 -東京", "京都の人と東京"),
]


@pytest.mark.parametrize(("query", "text"), [case[1:] for case in FINDS], ids=[case[0] for case in FINDS])
def test_what_was_missed_elsewhere_is_found(query: str, text: str) -> None:
    assert matches(parsed(query), entry(text))


@pytest.mark.parametrize(("query", "text"), [case[1:] for case in MISSES], ids=[case[0] for case in MISSES])
def test_what_was_wrongly_found_elsewhere_is_not(query: str, text: str) -> None:
    assert not matches(parsed(query), entry(text))


def test_an_exclusion_is_of_the_whole_word_alone() -> None:
    """Not of a hump of it, or of the last of its characters."""
    assert matches(parsed("京都 -東京"), entry("京都と北京"))
    assert matches(parsed("spot -HubSpot"), entry("a hub on the spot"))


@pytest.mark.parametrize(
    "word", ["general", "introduction", "module", "image", "notes", "sourcing", "Óceánok", "e-mail"]
)
def test_no_match_is_lost_as_a_word_is_typed(word: str) -> None:
    """lunr 256, 295, 377, 421, 529: stems and prefixes were at odds; typesense 741."""
    for length in range(1, len(word) + 1):
        assert matches(parsed(word[:length], as_you_type=True), entry(f"the {word} here")), word[:length]


def test_a_compound_is_found_in_one_while_it_is_typed() -> None:
    for length in range(3, len("e-mail") + 1):
        assert matches(parsed("e-mail"[:length], as_you_type=True), entry("an email"))


def test_what_is_typed_behind_a_hyphen_narrows_the_search() -> None:
    """minisearch 277 and 138: each part must begin a word."""
    assert matches(parsed("alpha-b", as_you_type=True), entry("alpha-beta"))
    assert not matches(parsed("alpha-b", as_you_type=True), entry("alpha-kappa"))
    assert matches(parsed("pepe.c", as_you_type=True), entry("pepe@pepe.com"))
    assert not matches(parsed("pepe.c", as_you_type=True), entry("federico@yopmail.com"))


@pytest.mark.parametrize(
    ("query", "text", "words"),
    [
        ("גלידת", "גלידת ווניל", ["גלידת"]),  # meilisearch 956
        ("Hammarskjöld", "Hjalmar Hammarskjöld", ["Hammarskjöld"]),  # meilisearch 1971
        ("大卫", "大卫到了扫罗那里，就侍立在扫罗面前。", ["大卫"]),  # meilisearch 3526
        ("程", "我喜欢编程", ["程"]),  # orama 1028
        ("喜", "我喜欢编程", ["喜"]),
        ("readability", "(Readability), readability.", ["Readability", "readability"]),  # typesense 528
        ('"fourth faction"', "the fourth faction, a faction", ["fourth faction"]),  # typesense 2331
        ('"apple"', "an apple", ["apple"]),  # typesense 2883
        ('"those and those"', "those and those, those", ["those and those"]),  # meilisearch 4028
        ("圣经", "我们知道，“圣经”这辞的意思是“那书。”", ["圣经"]),  # tantivy 1134
    ],
)
def test_what_was_marked_wrongly_elsewhere_is_marked(query: str, text: str, words: list[str]) -> None:
    assert marked(snippet(text, parsed(query))) == words


def test_a_prefix_of_an_accented_word_marks_all_of_it() -> None:
    """typesense 838 and 741: the accented letter went missing."""
    found = snippet("Óceánok", parsed("ocean", as_you_type=True))
    assert (found.text, marked(found)) == ("Óceánok", ["Óceánok"])


@pytest.mark.parametrize("length", range(20, 40))
def test_marks_stay_in_place_where_a_text_is_cut(length: int) -> None:
    """meilisearch 1283, 1395, 3975: marks were shifted in cut texts, or only the first word had one."""
    found = snippet(f"{FILLER}sed do eiusmod tempor incididunt. {FILLER}", parsed('"eiusmod tempor"'), length)
    assert marked(found) == ["eiusmod tempor"]
    assert len(found.text) <= length
