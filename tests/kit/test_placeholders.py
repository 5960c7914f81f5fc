"""Placeholders: every spelling is found, in one pass, and values are inserted as they are."""

import pytest

from shared.kit.placeholders import TooLong, fill, fill_braces, find, names, names_in_braces


def test_all_spellings_are_found_once_in_order() -> None:
    assert names("{{ b }} {a} {{b}} { no } {} {{}} {é_1} {First Name}") == ["b", "a", "no", "é_1", "First Name"]
    spelled = "[[name]] [Your Name] %%x%% <<n>> *|FNAME|* __NAME__ ${y} {{ contact.first_name }} {{{z}}} [first_name]"
    expected = ["name", "Your Name", "x", "n", "FNAME", "NAME", "y", "contact.first_name", "z", "first_name"]
    assert names(spelled) == expected
    assert [placeholder.text for placeholder in find("a ${y} b")] == ["${y}"]


def test_a_prompt_has_only_those_in_braces() -> None:
    text = "{a} {{ b }} {First Name} [first name] { no } {1st}"
    assert names_in_braces(text) == ["a", "b"]
    assert fill_braces(text, {"a": "1", "first name": "x"}, limit=100).text.startswith("1 {{ b }} {First Name} [first")


@pytest.mark.parametrize("value", [r"\1 \g<0> \n", "{b}", "{{ b }}", "$b ${b} $1", "%s {0}", "{", ""])
def test_a_value_is_inserted_as_it_is(value: str) -> None:
    filled = fill("<{a}> {{ a }} [[a]] {c}", {"a": value, "b": "never"}, limit=1_000)
    assert (filled.text, filled.missing) == (f"<{value}> {value} {value} {{c}}", ["c"])


def test_other_braces_stay() -> None:
    text = 'json {"a": 1} {{{a}}} {a, b} {{a}'
    assert fill(text, {"a": "x"}, limit=1_000).text == 'json {"a": 1} x {a, b} {x'


def test_what_stands_in_code_is_found_and_called_code() -> None:
    text = "`{a}` and query { user { name } } and {Hi {b}|Hello {c}}"
    assert [(p.name, p.in_code) for p in find(text)] == [("a", True), ("name", True), ("b", False), ("c", False)]


def test_a_text_that_grows_too_long_is_refused() -> None:
    assert len(fill("{a}" * 10, {"a": "x" * 10}, limit=100).text) == 100
    with pytest.raises(TooLong, match="100 characters"):
        fill("{a}" * 11, {"a": "x" * 10}, limit=100)
