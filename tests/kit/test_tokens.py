"""Words as they are typed: prefixes of the first, and the further ones in full."""

from shared.kit.tokens import MAX_TOKENS, MAX_WHOLE, matches, prefixes


def test_each_beginning_of_a_word_finds_it() -> None:
    found = prefixes(["Ann Lee", None, "Straße"])
    assert {"a", "an", "ann", "l", "le", "lee", "straße"} <= set(found)
    for typed in ("AN", "lee ann", "str", "ann straß"):
        assert matches(typed, found), typed
    for typed in ("nn", "annx", "ann bob"):
        assert not matches(typed, found), typed


def test_of_a_long_text_the_later_words_are_found_in_full() -> None:
    text = " ".join(f"{chr(97 + n % 26)}{n}word" for n in range(300))
    found = prefixes([text, "zebra"])
    assert MAX_TOKENS <= len(found) <= MAX_TOKENS + MAX_WHOLE + 12
    assert matches("zebra n299word", found)
    assert not matches("zeb", found)


def test_there_is_an_end_to_it() -> None:
    assert len(prefixes([" ".join(f"word{n}" for n in range(5_000))])) <= MAX_TOKENS + MAX_WHOLE + 12
