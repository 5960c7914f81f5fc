"""Cursors: exact, opaque, bound to their query."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.paging import BadCursor, decode_cursor, encode_cursor


def test_a_cursor_keeps_microseconds() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    assert decode_cursor("q", encode_cursor("q", [at, "users/u/c/d"]), 2) == [at, "users/u/c/d"]


def test_a_cursor_of_another_query_is_refused() -> None:
    with pytest.raises(BadCursor):
        decode_cursor("other", encode_cursor("q", ["x"]), 1)


@given(st.text())
def test_any_text_is_refused_cleanly(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor("q", text, 2)
