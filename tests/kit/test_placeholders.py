"""Placeholders: one pass, values as they are."""

import pytest

from shared.kit.placeholders import TooLong, fill, names


def test_both_forms_are_found_once_in_order() -> None:
    assert names("{{ b }} {a} {{b}} { no } {1st} {} {{}} {é_1}") == ["b", "a", "é_1"]


@pytest.mark.parametrize("value", [r"\1 \g<0> \n", "{b}", "{{ b }}", "$b ${b} $1", "%s {0}", "{", ""])
def test_a_value_is_inserted_as_it_is(value: str) -> None:
    filled = fill("<{a}> {{ a }} {c}", {"a": value, "b": "never"}, limit=1_000)
    assert (filled.text, filled.missing) == (f"<{value}> {value} {{c}}", ["c"])


def test_other_braces_stay() -> None:
    text = 'json {"a": 1} {{{a}}} {a b} {{a}'
    assert fill(text, {"a": "x"}, limit=1_000).text == 'json {"a": 1} {x} {a b} {x'


def test_a_text_that_grows_too_long_is_refused() -> None:
    assert len(fill("{a}" * 10, {"a": "x" * 10}, limit=100).text) == 100
    with pytest.raises(TooLong, match="100 characters"):
        fill("{a}" * 11, {"a": "x" * 10}, limit=100)
