"""What a search finds, in which order, and what it says of it."""

from datetime import timedelta
from math import log

import pytest

from shared.search.entries import Key
from shared.search.index import Index
from shared.search.results import Facets, Filters
from shared.search.segments import Segment
from shared.search.text.query import parsed, plain
from tests.search.corpus import NOON, entry, found, ids, index_of, typed


def test_few_words_are_all_required_if_any_document_has_all() -> None:
    index = index_of({"a": "red apples", "b": "red pears", "c": "green apples"})
    assert found(index, "red apples") == ["a"]
    assert set(found(index, "green pears")) == {"c", "b"}


def test_of_many_words_any_is_enough() -> None:
    index = index_of({"a": "red apples grow slowly", "b": "red pears", "c": "nothing"})
    assert found(index, "red apples grow slowly") == ["a", "b"]


def test_the_words_of_a_document_may_stand_in_different_parts() -> None:
    key = Key("files", "f")
    parts = [entry(key, ("body", "red"), part=0), entry(key, ("body", "apples apples"), part=1)]
    index = Index([Segment.of({key: parts, Key("files", "g"): [entry(Key("files", "g"), ("body", "red"))]})])
    results = index.search(parsed("red apples"))
    assert [(hit.key.id, hit.part) for hit in results.hits] == [("f", 1)]
    assert results.total == 1


def test_common_words_neither_find_nor_are_required_beside_others() -> None:
    index = index_of(
        {
            "a": "the growth of the apples is with us and it was here",
            "b": "this is a house that we have and it is not for the others",
            "c": "red apples",
        }
    )
    assert set(found(index, "the apples")) == {"a", "c"}
    assert found(index, "the growth of house") == ["a", "b"]
    assert set(found(index, "the")) == {"a", "b"}


def test_the_score_is_bm25s_share_of_the_highest_that_there_can_be() -> None:
    index = index_of({"a": "alpha beta gamma", "b": "beta", "c": "gamma"})
    (hit,) = index.search(parsed("alpha")).hits
    assert hit.score == pytest.approx(1 / (1 + 0.9 * (0.5 + 0.5 * 3 / (5 / 3))))
    both = {hit.key.id: hit.score for hit in index.search(parsed("alpha beta delta gamma")).hits}
    rare, usual, missing = (log(1 + (3 - holders + 0.5) / (holders + 0.5)) for holders in (1, 2, 0))
    short = 1 / (1 + 0.9 * (0.5 + 0.5 * 1 / (5 / 3)))
    assert both["b"] == pytest.approx(usual * short / (rare + 2 * usual + missing))


def test_what_a_document_is_called_by_counts_more() -> None:
    one, two = Key("vault", "one"), Key("vault", "two")
    index = Index(
        [
            Segment.of(
                {
                    one: [entry(one, ("title", "apples"), ("body", "pears"))],
                    two: [entry(two, ("title", "pears"), ("body", "apples"))],
                }
            )
        ]
    )
    assert found(index, "pears") == ["two", "one"]
    assert found(index, "title:pears") == ["two"]


def test_equals_are_ordered_by_time() -> None:
    index = index_of({"new": "apples", "newer": "apples"})
    assert found(index, "apples") == ["new", "newer"]  # the helper makes each older than the one before


def test_forms_of_a_word_are_found_and_the_word_itself_comes_first() -> None:
    index = index_of({"a": "we have studied with the others", "b": "these are the studies of the others"})
    assert found(index, "studies") == ["b", "a"]
    assert found(index, '"studies"') == ["b"]


def test_diacritics_and_case_do_not_matter() -> None:
    assert found(index_of({"a": "Núñez"}), "nunez") == ["a"]
    assert found(index_of({"a": "nunez"}), "NÚÑEZ") == ["a"]


def test_the_last_word_may_go_on_as_one_types() -> None:
    index = index_of({"a": "interleukin", "b": "interval", "c": "winter"})
    assert set(typed(index, "inter")) == {"a", "b"}
    assert found(index, "interv") == []
    assert typed(index, "interl") == ["a"]


@pytest.mark.parametrize("length", range(3, len("e-mail") + 1))
def test_a_compound_is_found_in_one_as_one_types(length: int) -> None:
    index = index_of({"a": "an email", "b": "every mail"})
    assert typed(index, "e-mail"[:length]) == ["a"]
    assert "a" in [key.id for key, _ in index.all_matching(parsed("e-mail"[:length]))]


def test_the_word_itself_comes_before_those_that_it_begins() -> None:
    assert typed(index_of({"a": "interval", "b": "inter"}), "inter") == ["b", "a"]


@pytest.mark.parametrize(
    ("typo", "finds"),
    [("interlukin", True), ("interlukn", True), ("intrlukn", False), ("wntr", False), ("wintre", True)],
)
def test_typos_are_forgiven_by_the_length_of_the_word(typo: str, finds: bool) -> None:
    assert bool(found(index_of({"a": "interleukin winter"}), typo)) is finds


def test_a_word_that_is_there_is_no_typo() -> None:
    assert found(index_of({"a": "houses", "b": "horses"}), "horses") == ["b"]


def test_a_mistyped_query_is_corrected_in_the_suggestion() -> None:
    index = index_of({"a": "interleukin therapy", "b": "interleukin"})
    results = index.search(parsed("interlukin therapy"))
    assert results.suggestions == ("interleukin therapy",)
    assert ids(results) == ["a"]
    assert index.search(parsed("interleukin therapy")).suggestions == ()


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("  Interlukin,  (therappy)! ", "  interleukin,  (therapy)! "),
        ("kind:vault tag:hot interlukin -mice", "kind:vault tag:hot interleukin -mice"),
        ('"of mice" interlukin status:new', '"of mice" interleukin status:new'),
        ("body:interlukin title:mice", "body:interleukin title:mice"),
        ("interlukin therap* interlukin", "interleukin therap* interleukin"),
        ("ann-interlukin 👩‍👩‍👧 interlukin", "ann-interleukin 👩‍👩‍👧 interleukin"),
        ("https://www.interlukin", "https://www.interleukin"),
    ],
)
def test_a_suggestion_is_the_query_but_for_what_was_mistyped(mistyped: str, meant: str) -> None:
    index = index_of({"a": "interleukin therapy of mice with ann"})
    assert index.search(parsed(mistyped)).suggestions == (meant,)
    assert index.search(plain("and interlukin?")).suggestions == ("and interleukin?",)


def test_numbers_are_not_forgiven_typos() -> None:
    assert found(index_of({"a": "invoice 20241130"}), "20241131") == []


def test_phrases_stand_together_in_one_field() -> None:
    key = Key("vault", "two-fields")
    texts = {"a": "machine learning in use", "b": "learning machine", "c": "machine aided learning"}
    entries = {Key("vault", id): [entry(Key("vault", id), ("body", text))] for id, text in texts.items()}
    entries[key] = [entry(key, ("title", "a machine"), ("title", "learning"), ("body", "learning"))]
    index = Index([Segment.of(entries)])
    assert found(index, '"machine learning"') == ["a"]
    assert found(index, '"learning machine"') == ["b"]
    assert found(index, '"a machine"') == ["two-fields"]
    assert found(index, '"machine learning" nothing') == ["a"]


def test_excluded_words_and_phrases_exclude_the_document_whatever_part_has_them() -> None:
    key = Key("vault", "p")
    parts = [entry(key, ("body", "red apples"), part=0), entry(key, ("body", "rotten"), part=1)]
    other = Key("vault", "q")
    index = Index([Segment.of({key: parts, other: [entry(other, ("body", "apples red"))]})])
    assert found(index, "apples -rotten") == ["q"]
    assert found(index, 'apples -"red apples"') == ["q"]
    assert found(index, "-rotten") == ["q"]


def test_an_excluded_word_that_no_document_has_excludes_none() -> None:
    index = index_of({"a": "a patch for horses", "b": "a patch for houses"})
    assert set(found(index, "patch -batch")) == {"a", "b"}
    assert set(found(index, "-horsess")) == {"a", "b"}
    assert found(index, "-horse") == ["b"]


def test_a_name_is_excluded_in_each_of_its_spellings() -> None:
    index = index_of(
        {"a": "Herr Müller", "b": "Herr Mueller", "c": "Herr Maier", "d": "a follow-up", "e": "a followup"}
    )
    for query in ("herr -Müller", "herr -müller"):
        assert found(index, query) == ["c"], query
    assert found(index, "-follow-up -herr") == []


def test_synonyms_are_words_or_phrases() -> None:
    index = index_of({"a": "automobile", "b": "motor car", "c": "car motor"}, synonyms={"car": ["automobile"]})
    assert set(found(index, "car")) == {"a", "b", "c"}
    assert found(index, "automobile") == ["a"]
    index = index_of({"a": "machine learning", "b": "learning"}, synonyms={"ML": ["machine learning"]})
    assert found(index, "ml") == ["a"]
    assert index.search(parsed("ml")).hits[0].matched["ml"].how == "synonym"


def test_filters_come_before_scores_and_totals() -> None:
    keys = [Key("vault", "a"), Key("vault", "b"), Key("prospects", "c")]
    tags, states = [("hot", "new"), ("cold",), ("hot",)], ["done", "", "open"]
    entries = {
        key: [entry(key, ("body", "apples"), tags=own, status=status, age=age)]
        for age, (key, own, status) in enumerate(zip(keys, tags, states, strict=True))
    }
    index = Index([Segment.of(entries)])
    results = index.search(parsed("apples"))
    assert results.total == 3
    assert results.facets == Facets(
        {"vault": 2, "prospects": 1}, {"hot": 2, "cold": 1, "new": 1}, {"done": 1, "open": 1}
    )
    assert found(index, "apples", filters=Filters(tags=("hot",))) == ["a", "c"]
    assert found(index, "apples kind:vault tag:hot") == ["a"]
    assert found(index, "apples", filters=Filters(status=("open",))) == ["c"]
    assert found(index, "apples", filters=Filters(since=NOON - timedelta(hours=1))) == ["a", "b"]
    assert found(index, "apples", filters=Filters(until=NOON - timedelta(hours=1))) == ["b", "c"]
    assert index.search(parsed("apples"), Filters(kinds=("vault",), tags=("nothing",))).total == 0


def test_a_query_without_words_lists_the_newest_first() -> None:
    index = index_of({"a": "x", "b": "y", "c": "z"})
    assert found(index, "", limit=2) == ["a", "b"]
    assert index.search(parsed(""), limit=2).total == 3


def test_each_hit_says_how_it_met_each_term() -> None:
    index = index_of({"a": "we have studied the interleukin of the others, and of apple trees"})
    (hit,) = index.search(parsed('studies interlukin "apple trees"')).hits
    ways = {term: (match.how, match.words, match.fields) for term, match in hit.matched.items()}
    assert ways == {
        "studies": ("stem", ("studied",), ("body",)),
        "interlukin": ("typo", ("interleukin",), ("body",)),
        "apple trees": ("phrase", ("apple trees",), ("body",)),
    }
    assert hit.score == pytest.approx(sum(match.score for match in hit.matched.values()))


def test_a_newer_segment_owns_its_keys_also_deleted_ones() -> None:
    key = Key("vault", "a")
    old = Segment.of({key: [entry(key, ("body", "apples"))]})
    new = Segment.of({key: [entry(key, ("body", "pears"))]})
    gone = Segment.of({key: []})
    assert found(Index([old, new]), "apples pears") == ["a"]
    assert found(Index([old, new]), "apples") == []
    assert found(Index([old, gone]), "apples") == []
    assert Index([old, gone]).entries == 0
    assert found(Index([gone, old]), "apples") == ["a"]


def test_what_is_gone_makes_no_word_common() -> None:
    keys = [Key("vault", str(number)) for number in range(9)]
    words = ["apples", "pears", *["pears plums"] * 7]
    old = Segment.of({key: [entry(key, ("body", word))] for key, word in zip(keys, words, strict=True)})
    gone = Segment.of({key: [] for key in keys[2:]})
    left = Segment.of({key: [entry(key, ("body", word))] for key, word in zip(keys[:2], words[:2], strict=True)})
    query = parsed("apples pears plums figs")
    assert [hit.score for hit in Index([old, gone]).search(query).hits] == [
        hit.score for hit in Index([left]).search(query).hits
    ]


def test_all_matching_takes_each_word_as_a_prefix_and_every_word() -> None:
    index = index_of({"a": "Anna Müller", "b": "Anne Mulder", "c": "Bert Anders"})
    assert [key.id for key, _ in index.all_matching(parsed("an mu"))] == ["a", "b"]
    assert [key.id for key, _ in index.all_matching(parsed("an mul -mulder"))] == ["a"]
    assert [at for _, at in index.all_matching(parsed("bert"))] == [NOON - timedelta(hours=2)]
    assert index.all_matching(parsed("mullre")) == []
