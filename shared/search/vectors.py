"""The embedding vectors of a segment as a byte a dimension, and exact cosines with them.

All sums are of whole numbers, which float32 holds exactly below 2²⁴: a cosine is the same to the last bit however the
entries are divided into segments, and whatever the order in which a matrix product adds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shared.search.packing import Array, pack, pack_noise, pack_numbers, unpack, unpack_numbers, unpack_text

SECTIONS = 3
_EXACT = 1 << 24  # float32 holds all whole numbers up to here
_FINE = 1 << 20  # the units in which vectors of length 1 are summed for their mean
FEW = 50  # texts: the mean of fewer says little about what all texts have in common, and is taken for less
_AT_ONCE = 512  # rows in a product: few enough for one thread, as others wait for the cores


@dataclass(frozen=True)
class Vectors:
    """Rows of int8, each scaled by its largest component; a row of zeros is an entry without a vector."""

    model: str
    matrix: Array

    @classmethod
    def of(cls, vectors: Array, model: str) -> "Vectors":
        largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
        scaled = np.rint(np.asarray(vectors, np.float64) / np.where(largest > 0, largest, 1) * 127)
        return cls(model, scaled.astype(np.int8))

    @property
    def dimensions(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def lengths(self) -> Array:
        """Of each row its length, 0 without a vector."""
        squares = [
            np.einsum("ij,ij->i", block, block, dtype=np.int64) if len(block) else np.zeros(0, np.int64)
            for block in self._blocks()
        ]
        return np.sqrt(np.concatenate(squares)).astype(np.float32) if squares else np.zeros(0, np.float32)

    @cached_property
    def total(self) -> Array:
        """The sum of all rows, each of length 1, in units of 1/_FINE."""
        return self.sum_of(np.arange(len(self.matrix)))

    def sum_of(self, rows: Array) -> Array:
        whole = np.zeros(self.dimensions, np.int64)
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            lengths = self.lengths[some, None]
            units = self.matrix[some] * (_FINE / np.where(lengths > 0, lengths, 1))
            whole += np.rint(units).astype(np.int64).sum(axis=0)
        return whole

    def packed(self) -> bytes:
        shape = np.array(self.matrix.shape, np.int64)
        return pack([self.model.encode(), pack_numbers(shape), pack_noise(self.matrix.tobytes())])

    @classmethod
    def unpacked(cls, part: bytes, rows: int) -> "Vectors":
        model, shape, matrix = unpack(part, SECTIONS)
        count, dimensions = unpack_numbers(shape).tolist()
        numbers = np.frombuffer(unpack_text(matrix), np.int8).reshape(count, dimensions)
        if count != rows:
            raise ValueError("a row without a vector")
        return cls(model.decode(), numbers)

    def products(self, sought: Array) -> Array:
        """The product of each row with columns of whole numbers; exact where their lengths are at most `reach()`."""
        blocks = [block.astype(np.float32) @ sought for block in self._blocks()]
        return np.concatenate(blocks) if blocks else np.zeros((0, sought.shape[1]), np.float32)

    def _blocks(self) -> list[Array]:
        return [self.matrix[start : start + _AT_ONCE] for start in range(0, len(self.matrix), _AT_ONCE)]


def mean_of(vectors: Sequence[tuple[Vectors, Array | None]]) -> Array:
    """The mean of the rows that are live (None: all), of several segments, in float64."""
    total: Array = np.zeros(1, np.int64)
    count = 0
    for held, live in vectors:
        dead = np.flatnonzero(~live) if live is not None else np.zeros(0, np.int64)
        total = total + held.total - (held.sum_of(dead) if len(dead) else 0)
        count += int(np.count_nonzero(held.lengths)) - int(np.count_nonzero(held.lengths[dead]))
    return np.asarray(total, np.float64) / (_FINE * (count + FEW))


def cosines(vectors: Vectors, sought: Array, mean: Array) -> Array:
    """The cosine of each row with a vector, the corpus's mean subtracted from both; 0 where there is none.

    Without the mean, any two texts are alike: what all have in common hides what each is about.
    """
    unit = np.asarray(sought, np.float64) / (np.linalg.norm(sought) or 1)
    aim = unit - mean
    columns, scales = zip(*(_whole(column) for column in (aim, mean)), strict=True)
    products = vectors.products(np.stack(columns, axis=1).astype(np.float32)).astype(np.float64)
    lengths = np.where(vectors.lengths > 0, vectors.lengths, 1)
    with_aim, with_mean = (products[:, n] / lengths / scales[n] for n in range(2))
    own = np.sqrt(np.maximum(1 - 2 * with_mean + mean @ mean, 1e-12)) * (np.linalg.norm(aim) or 1)
    return np.where(vectors.lengths > 0, (with_aim - mean @ aim) / own, 0)


def _whole(vector: Array) -> tuple[Array, float]:
    """A vector in whole numbers, as fine as exact products allow, and by what it was multiplied."""
    longest = 127 * np.sqrt(len(vector))
    scale = (_EXACT / longest - np.sqrt(len(vector)) / 2) / (np.linalg.norm(vector) or 1)
    return np.rint(vector * scale), float(scale)


LazyVectors = Callable[[], Vectors | None]
