"""Texts that share a room: all that is short stays whole, and what is cut says so."""

from hypothesis import given
from hypothesis import strategies as st

from shared.kit.fitting import ELLIPSIS, fitted, json_size

texts = st.dictionaries(st.sampled_from("abcde"), st.text(st.characters(exclude_categories=["Cs"]), max_size=300))


@given(texts, st.integers(-10, 600))
def test_they_never_take_more_than_there_is(given: dict[str, str], room: int) -> None:
    found = fitted(given, room)
    assert found.keys() == given.keys()
    assert sum(map(json_size, found.values())) <= max(0, room)


@given(texts, st.integers(0, 600))
def test_each_is_whole_or_a_beginning_that_says_so(given: dict[str, str], room: int) -> None:
    for name, text in fitted(given, room).items():
        assert text == given[name] or text == "" or given[name].startswith(text.removesuffix(ELLIPSIS))
        assert text in (given[name], "") or text.endswith(ELLIPSIS)


@given(texts)
def test_where_there_is_room_nothing_is_cut(given: dict[str, str]) -> None:
    assert fitted(given, sum(map(json_size, given.values()))) == given


def test_what_a_short_one_leaves_over_is_for_the_long_ones() -> None:
    assert fitted({"long": "x" * 50, "short": "ab", "other": "y" * 50}, 22) == {
        "short": "ab",
        "long": "x" * 7 + ELLIPSIS,
        "other": "y" * 7 + ELLIPSIS,
    }


def test_bytes_are_counted_not_characters() -> None:
    assert fitted({"a": "ü" * 10}, 13) == {"a": "ü" * 5 + ELLIPSIS}
    assert fitted({"a": '"' * 10}, 13) == {"a": '"' * 5 + ELLIPSIS}
