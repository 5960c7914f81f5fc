"""Vectors of a byte a dimension."""

import numpy as np

from shared.kit.vectors import packed, unit, unpacked


def test_a_packed_vector_points_where_it_pointed() -> None:
    rows = unit(np.random.default_rng(1).normal(size=(20, 256)))
    kept = [packed(row) for row in rows]
    assert {len(row) for row in kept} == {256}
    back = unpacked(kept)
    assert np.allclose(np.linalg.norm(back, axis=1), 1, atol=1e-6)
    assert np.abs(rows @ rows.T - back @ back.T).max() < 0.01


def test_nothing_stays_nothing() -> None:
    assert not unpacked([packed(np.zeros(4))]).any()
    assert len(unpacked([])) == 0
