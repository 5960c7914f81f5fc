"""Scores by meaning: cosines less the mean, alone and with the words; models are never mixed."""

import numpy as np
import pytest

from shared.search.entries import Key
from shared.search.index import Index
from shared.search.results import Filters
from shared.search.segments import Segment
from shared.search.text.query import parsed
from shared.search.vectors import FEW, Vectors, cosines, mean_of
from tests.search.corpus import bodies, found

_TEXTS = {"a": "red apples", "b": "green pears", "c": "car repair", "d": "bus ticket"}
_MEANINGS = np.array([[3, 1, 0, 1.0], [3, -1, 0, 1], [-1, 0, 3, 1], [-1, 0, -3, 1]])


def _index(model: str = "model") -> Index:
    return Index([Segment.of(bodies(_TEXTS), _MEANINGS, model)])


def test_cosines_are_those_of_the_vectors_less_their_mean() -> None:
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(700, 48)) + 0.5
    sought = draw.normal(size=48) + 0.5
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    mean = units.sum(axis=0) / (len(units) + FEW)  # less than the mean where the texts are few
    aim = sought / np.linalg.norm(sought) - mean
    expected = (units - mean) @ aim / np.linalg.norm(units - mean, axis=1) / np.linalg.norm(aim)
    vectors = Vectors.of(rows, "model")
    assert mean_of([(vectors, None)]) == pytest.approx(mean, abs=1e-3)
    assert cosines(vectors, sought, mean_of([(vectors, None)])) == pytest.approx(expected, abs=0.02)


def test_cosines_do_not_depend_on_the_rows_beside() -> None:
    draw = np.random.default_rng(2)
    rows, sought, mean = draw.normal(size=(1300, 256)), draw.normal(size=256), draw.normal(size=256) / 50
    whole = cosines(Vectors.of(rows, "model"), sought, mean)
    parts = [cosines(Vectors.of(rows[n : n + 7], "model"), sought, mean) for n in range(0, 1300, 7)]
    assert np.concatenate(parts).tolist() == whole.tolist()


def test_an_entry_without_a_vector_is_near_nothing() -> None:
    vectors = Vectors.of(np.array([[1.0, 0], [0, 0]]), "model")
    assert cosines(vectors, np.array([1.0, 0]), np.zeros(2)) == pytest.approx([1, 0], abs=1e-5)
    assert mean_of([(vectors, None)]) == pytest.approx([1 / (1 + FEW), 0], abs=1e-5)


def test_meaning_finds_what_shares_no_word() -> None:
    vector = np.array([3, 0, 0, 1.0])
    assert found(_index(), "fruit", mode="semantic", vector=vector) == ["a", "b"]
    assert found(_index(), "fruit") == []
    assert found(_index(), "red", mode="hybrid", vector=vector) == ["a", "b"]
    hit = _index().search(parsed("red"), mode="hybrid", vector=vector).hits[0]
    assert {match.how for match in hit.matched.values()} == {"exact", "meaning"}
    assert 0 <= hit.score <= 1


def test_filters_phrases_and_exclusions_restrict_what_meaning_finds() -> None:
    vector = np.array([3, 0, 0, 1.0])
    assert found(_index(), "fruit -red", mode="semantic", vector=vector) == ["b"]
    assert found(_index(), '"green pears"', mode="hybrid", vector=vector) == ["b"]
    assert found(_index(), "fruit", filters=Filters(kinds=("files",)), mode="hybrid", vector=vector) == []


def test_without_a_vector_every_mode_is_text() -> None:
    assert found(_index(), "red", mode="hybrid") == ["a"]
    assert found(Index([Segment.of(bodies(_TEXTS))]), "red", mode="semantic", vector=np.ones(4)) == ["a"]


def test_vectors_of_another_model_are_not_compared() -> None:
    more = {key: entries for key, entries in bodies({"e": "apple pie"}, kind="files").items()}
    index = Index([Segment.of(bodies(_TEXTS), _MEANINGS, "old"), Segment.of(more, _MEANINGS[:1], "new")])
    assert index.model == "old"
    assert found(index, "fruit", mode="semantic", vector=np.array([3, 0, 0, 1.0])) == ["a", "b"]


def test_a_merge_keeps_the_newest_model_and_says_what_lacks_a_vector() -> None:
    old = Segment.of(bodies({"a": "red apples"}), _MEANINGS[:1], "old")
    new = Segment.of(bodies({"b": "green pears"}), _MEANINGS[1:2], "new")
    merged = Segment.unpacked(Segment.merged([old, new], is_whole=True).packed())
    assert merged.without_vector("new") == [Key("vault", "a")]
    assert merged.without_vector("old") == [Key("vault", "a"), Key("vault", "b")]
    assert new.without_vector("new") == []
    index = Index([merged])
    assert index.model == "new"
    assert found(index, "apples") == ["a"]


def test_vectors_must_be_as_many_as_entries() -> None:
    with pytest.raises(ValueError, match="3 vectors for 4 entries"):
        Segment.of(bodies(_TEXTS), _MEANINGS[:3], "model")
