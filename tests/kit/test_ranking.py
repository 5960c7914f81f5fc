"""BM25 with honest scores, and chunks that lose nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.ranking import Ranked, chunks, diverse, key_sentences, rank

TEXTS = [
    "Schools buy tablets. Tablets break.",
    "Teachers report burnout and long evenings of marking.",
    "Burnout among nurses in hospitals.",
    "The weather was fine.",
]
_words = st.lists(st.sampled_from(["burnout", "teacher", "school", "the", "x1", "über"]), max_size=30).map(" ".join)


def _positions(query: str, texts: list[str] = TEXTS, top: int = 10) -> list[int]:
    return [one.position for one in rank(query, texts, top)]


def test_the_text_with_more_of_the_query_comes_first_and_strangers_not_at_all() -> None:
    assert _positions("teacher burnout") == [1, 2]
    assert _positions("burnouts of a teacher", top=1) == [1]
    assert _positions("submarine") == []


def test_a_rare_word_says_more_than_a_frequent_one() -> None:
    texts = ["school", "school bus", "school yard", "marking school"]
    assert _positions("school marking", texts)[0] == 3
    assert _positions("marking", texts) == [3]


def test_a_word_found_nowhere_lowers_the_score() -> None:
    known, half_known = rank("burnout", TEXTS, 1)[0], rank("burnout submarine", TEXTS, 1)[0]
    assert known.position == half_known.position
    assert half_known.score < known.score / 2


def test_each_word_once_is_about_a_half_and_more_often_is_more() -> None:
    once, often = rank("burnout", ["burnout grows", "burnout burnout"], 2)[::-1]
    assert 0.45 < once.score < 0.6 < often.score < 1


def test_common_words_alone_are_taken_as_they_are() -> None:
    assert _positions("who", ["The Who", "The What"]) == [0]


def test_nothing_is_found_in_nothing() -> None:
    assert rank("burnout", [], 5) == []
    assert rank("?!", TEXTS, 5) == []
    assert rank("burnout", ["", "burnout"], 5)[0].position == 1


def test_of_equals_the_earlier_comes_first() -> None:
    assert _positions("burnout", ["burnout", "other", "burnout"]) == [0, 2]


@given(query=_words, texts=st.lists(_words, max_size=8))
def test_scores_are_shares_and_sorted(query: str, texts: list[str]) -> None:
    found: list[Ranked] = rank(query, texts, 5)
    assert all(0 < one.score <= 1 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len(found) <= 5


def test_chunks_are_whole_sentences_where_they_fit() -> None:
    assert chunks("One two. Three four. Five six.", size=20) == ["One two. Three four.", "Five six."]


def test_long_sentences_are_cut_between_words_and_long_words_anywhere() -> None:
    assert chunks("aaa bbb ccc", size=8) == ["aaa bbb", "ccc"]
    assert chunks("abcdefghij", size=4) == ["abcd", "efgh", "ij"]


@given(st.text(alphabet="ab .\n", max_size=300), st.integers(3, 40))
def test_chunks_keep_every_letter_and_the_limit(text: str, size: int) -> None:
    made = chunks(text, size)
    assert all(0 < len(chunk) <= size for chunk in made)
    assert "".join("".join(made).split()) == "".join(text.split())


def test_key_sentences_are_about_what_the_text_is_about() -> None:
    text = "Hello there. Burnout of teachers grows. It rained. Teachers name marking as a cause of burnout. Bye."
    assert key_sentences(text, 2) == ["Burnout of teachers grows.", "Teachers name marking as a cause of burnout."]


def test_what_means_the_same_is_found_without_a_shared_word() -> None:
    texts = ["Educators are exhausted.", "The weather was fine."]
    assert rank("teacher burnout", texts, 5, alike=[0.1, 0.1]) == []
    assert [one.position for one in rank("teacher burnout", texts, 5, alike=[0.5, 0.1])] == [0]


def test_meaning_decides_between_texts_of_the_same_words() -> None:
    texts = ["burnout of engines", "burnout of teachers", "rain"]
    found = rank("burnout", texts, 5, alike=[0.1, 0.6, 0.0])
    assert [one.position for one in found] == [1, 0]
    assert 0.5 < found[0].score < 1


def test_what_was_said_already_comes_later() -> None:
    same, other = [1.0, 0.0], [0.0, 1.0]
    vectors = np.array([same, same, other])
    assert diverse([0.9, 0.8, 0.5], vectors, 2) == [0, 2]
    assert diverse([0.9, 0.8, 0.0], vectors, 3) == [0, 1]
