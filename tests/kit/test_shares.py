"""Shares of a limit add up to it, and its parts are as many as have enough."""

from hypothesis import given
from hypothesis import strategies as st

from shared.kit.shares import parts_of, share


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_all_parts_have_all_of_it_within_one_of_each_other(total: int, parts: int) -> None:
    shares = [share(total, part, parts) for part in range(parts)]
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.integers(1, 16))
def test_more_gives_no_part_less(one: int, two: int, parts: int) -> None:
    less, more = sorted((one, two))
    assert all(share(less, part, parts) <= share(more, part, parts) for part in range(parts))


@given(st.integers(1, 10_000))
def test_each_part_has_the_least_of_it(total: int) -> None:
    parts = parts_of(total, 32, 16)
    assert 1 <= parts <= 16
    assert parts == 1 or share(total, parts - 1, parts) >= 32
