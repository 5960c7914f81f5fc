"""Retry-After in all its forms, and in none."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from shared.kit import clock
from shared.kit.clock import VirtualClock
from shared.providers import retry_after


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    replaced = clock.install(VirtualClock(datetime(2026, 1, 1, 12, tzinfo=UTC)))
    yield
    clock.install(replaced)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 1.5 ", 1.5),
        ("Thu, 01 Jan 2026 12:01:00 GMT", 60),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("Thu, 01 Jan 2099 11:00:00 GMT", 7 * 86_400),
        ("999999999999", 7 * 86_400),
        ("9" * 400, None),
        ("Thu, 01 Jan 99999 12:01:00 GMT", None),
        ("-3", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_when_to_ask_again(value: str | None, seconds: float | None) -> None:
    assert retry_after.seconds(value) == seconds
