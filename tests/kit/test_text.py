"""What is shortened says so, and is never longer than asked."""

from hypothesis import given
from hypothesis import strategies as st

from shared.kit.text import shortened


@given(st.text(max_size=60), st.integers(2, 40))
def test_it_is_within_the_limit_and_marked(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert short == text if len(text) <= limit else short.endswith("…")
    assert short == text or text.startswith(short[:-1])


def test_it_ends_between_two_words_where_it_can() -> None:
    assert shortened("An offer for schools", 12) == "An offer…"
    assert shortened("An offer for schools", 9) == "An offer…"
    assert shortened("Donaudampfschifffahrt is long", 10) == "Donaudamp…"
