"""What users of other search engines have reported of synonyms, exclusions and typos, rebuilt on this one."""

import pytest

from shared.search.text.highlights import snippet
from shared.search.text.query import parsed
from tests.search.corpus import found, index_of

_STREETS = {"a": "4th Avenue Southwest", "b": "4th Ave NE", "c": "5th Avenue Southwest"}
_WAYS = {"ave": ["avenue"], "avenue": ["ave"], "sw": ["southwest"], "southwest": ["sw"]}


@pytest.mark.parametrize("query", ["4th ave sw", "4th sw ave", "4th ave southwest", "4th avenue southwest"])
def test_synonyms_of_several_words_of_a_query_count_at_once(query: str) -> None:
    """typesense/typesense 1592: a query with two synonyms meets neither."""
    assert found(index_of(_STREETS, synonyms=_WAYS), query) == ["a"]


@pytest.mark.parametrize("query", ["blazer male", "blazer man", "suit male", "suit man"])
def test_every_combination_of_synonyms_is_found(query: str) -> None:
    """typesense/typesense 791: one of the two substituted alone finds nothing."""
    synonyms = {"male": ["man"], "man": ["male"], "suit": ["blazer"], "blazer": ["suit"]}
    assert found(index_of({"a": "blazer male", "b": "blazer woman"}, synonyms=synonyms), query) == ["a"]


def test_a_synonym_of_several_words_is_a_phrase_and_works_one_way() -> None:
    """Smile-SA/elasticsuite 3758: it is not applied; meilisearch/meilisearch 3125: its words are met anywhere."""
    texts = {"a": "an air intake", "b": "an airbox", "c": "intake of air"}
    index = index_of(texts, synonyms={"airbox": ["air intake"]})
    assert set(found(index, "airbox")) == {"a", "b"}
    assert "b" not in found(index, "air intake")


def test_a_word_that_is_there_stands_for_no_synonym_of_one_like_it() -> None:
    """typesense/typesense 2180: headphones (ausines) are taken for gold (auksines), whose synonym they nearly are."""
    synonyms = {"gold": ["auksines"], "headphones": ["ausines", "ausinuke"]}
    index = index_of({"a": "auksines", "b": "ausines"}, synonyms=synonyms)
    assert found(index, "headphones") == ["b"]
    assert found(index, "ausines") == ["b"]
    assert found(index, "gold") == ["a"]


def test_what_a_synonym_has_met_is_told_and_marked() -> None:
    """typesense/typesense 1751: no matched words where a synonym matched."""
    query = parsed("nyc")
    [hit] = index_of({"a": "in New York, not a new York"}, synonyms={"nyc": ["new york"]}).search(query).hits
    assert (hit.matched["nyc"].how, hit.matched["nyc"].words) == ("synonym", ("new york",))
    shown = snippet("A new deal in New  York.", query, also=hit.matched["nyc"].words)
    assert [shown.text[start:end] for start, end in shown.spans] == ["New York"]


@pytest.mark.parametrize("excluded", ["erteiouteriuiiruw", "822377", "horsess", "mice"])
def test_an_exclusion_of_what_nobody_has_leaves_all(excluded: str) -> None:
    """typesense/typesense 1674: an exclusion of a word that nothing has changes what is found."""
    index = index_of({"a": "82237 horses", "b": "82237 houses"})
    assert set(found(index, f"82237 -{excluded}")) == {"a", "b"}


def test_what_is_wanted_and_excluded_is_not_found_by_another_name() -> None:
    """meilisearch/meilisearch 4535: of `like -like` the synonyms are still found."""
    index = index_of({"a": "like", "b": "love", "c": "pro gamer"}, synonyms={"like": ["love"]})
    assert found(index, "like -like") == []
    assert found(index, "progamer -progamer") == []


def test_words_that_are_merely_alike_are_not_found() -> None:
    """meilisearch/meilisearch 1358: greece finds greener, conan finds connection."""
    index = index_of({"a": "greener", "b": "connection", "c": "conal"})
    assert found(index, "greece") == []
    assert found(index, "connan") == []


def test_without_typos_only_what_is_written_is_found() -> None:
    """meilisearch/meilisearch 1103: tolerance that was switched off goes on; here quotes switch it off."""
    index = index_of({"a": "interleukin"})
    assert found(index, "interlukin") == ["a"]
    assert found(index, '"interlukin"') == []
    assert index.search(parsed('"interlukin"')).suggestions == ()


def test_a_list_of_words_to_leave_out_leaves_out_each() -> None:
    """meilisearch/meilisearch 4637: two lists, of what is sought and of what is not."""
    index = index_of({"a": "alpha beta gamma", "b": "beta gamma delta", "c": "gamma delta alpha"})
    assert found(index, "alpha gamma -beta") == ["c"]
    assert found(index, "-beta -delta") == []
