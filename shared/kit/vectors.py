"""Vectors of texts: kept in a byte a dimension, and compared by their cosine. Pure."""

from collections.abc import Sequence
from typing import Any


def packed(vector: Any) -> bytes:
    """A vector's direction, a byte a dimension: a quarter of its size, and its cosines are within 0.01."""
    import numpy as np

    largest = float(np.abs(vector).max(initial=0.0)) or 1.0
    return np.rint(np.asarray(vector) / largest * 127).astype(np.int8).tobytes()


def unpacked(rows: Sequence[bytes]) -> Any:
    """Packed vectors, all of one size, as float32 rows of length 1 (or 0)."""
    import numpy as np

    whole = np.frombuffer(b"".join(rows), np.int8).astype(np.float32).reshape(len(rows), -1 if rows else 0)
    return unit(whole)


def unit(rows: Any) -> Any:
    """The rows (or the one row) brought to length 1; a row of zeros stays."""
    import numpy as np

    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)
