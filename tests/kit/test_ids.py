"""Ids: random, derived, possible."""

import pytest

from shared.kit.ids import derived_id, is_valid_id, new_id


def test_new_ids_differ_and_are_not_sequential() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert ids != sorted(ids)


def test_derived_ids_depend_on_each_part_and_its_border() -> None:
    assert derived_id("a", "b") == derived_id("a", "b")
    assert derived_id("a", "b") != derived_id("ab")
    assert derived_id("ab", "c") != derived_id("a", "bc")


@pytest.mark.parametrize("text", ["", ".", "..", "__x__", "a/b", "a\x00", "x" * 129, "é" * 300])
def test_impossible_ids(text: str) -> None:
    assert not is_valid_id(text)


@pytest.mark.parametrize("text", ["a", "user|1", "ünïcode", "..a", "__a"])
def test_possible_ids(text: str) -> None:
    assert is_valid_id(text)
