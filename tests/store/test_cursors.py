"""Cursors: exact, opaque, sealed, bound to their query."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import settings
from shared.errors import BadRequest
from shared.store.cursors import decode, encode


def test_a_cursor_keeps_microseconds() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    assert decode("q", encode("q", [at, None, 0.5, "users/u/c/d"])) == [at, None, 0.5, "users/u/c/d"]
    assert decode("q", None) == []


def test_a_cursor_of_another_query_is_refused() -> None:
    with pytest.raises(BadRequest, match="leave it out"):
        decode("other", encode("q", ["x"]))


def test_a_cursor_changed_in_any_place_is_refused() -> None:
    cursor = encode("q", ["Ann", "users/u/c/d"])
    changed = [cursor[:n] + ("A" if cursor[n] != "A" else "B") + cursor[n + 1 :] for n in range(len(cursor))]
    changed += [cursor[:n] for n in range(len(cursor))]
    changed += [cursor + "=", cursor + "A", cursor + "\n", " " + cursor, cursor.replace(cursor[5], "!" + cursor[5])]
    for forged in changed:
        with pytest.raises(BadRequest):
            decode("q", forged)


def test_a_cursor_holds_while_its_key_is_listed() -> None:
    with _signing("a" * 32):
        cursor = encode("q", ["x"])
    with _signing("b" * 32 + "," + "a" * 32):
        assert decode("q", cursor) == ["x"]
        newer = encode("q", ["x"])
    with _signing("b" * 32):
        assert decode("q", newer) == ["x"]
        with pytest.raises(BadRequest, match="leave it out"):
            decode("q", cursor)


@contextmanager
def _signing(keys: str) -> Iterator[None]:
    replaced = settings.use(settings.current().model_copy(update={"signing_key": keys}))
    try:
        yield
    finally:
        settings.use(replaced)


@given(st.text() | st.binary().map(lambda raw: urlsafe_b64encode(raw).decode().rstrip("=")))
def test_any_text_is_refused_cleanly(text: str) -> None:
    with pytest.raises(BadRequest):
        decode("q", text)
