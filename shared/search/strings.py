"""A column of strings in two arrays, a fifth of the memory of Python's own: their UTF-8 bytes and where each starts."""

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Self

import numpy as np

from shared.search.packing import Array, pack_numbers, pack_text, ranges, unpack_numbers, unpack_text

_BLOCK = 16  # strings of which the first is looked up in memory of Python's own: a 16th of what all would take
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Strings:
    """An immutable list of strings. The questions that need an order hold where it is ascending by UTF-8 bytes."""

    def __init__(self, text: bytes, offsets: Array) -> None:
        if len(offsets) == 0 or int(offsets[-1]) != len(text):
            raise ValueError("the strings' lengths do not fit their text")
        self.text = text
        self.offsets = offsets

    @classmethod
    def of(cls, strings: Iterable[str]) -> Self:
        parts = [string.encode("utf-8", "surrogatepass") for string in strings]
        return cls(b"".join(parts), np.cumsum([0, *map(len, parts)]).astype(np.uint32))

    @classmethod
    def unpacked(cls, lengths: bytes, text: bytes) -> Self:
        sizes = unpack_numbers(lengths, np.uint32)
        return cls(unpack_text(text), np.concatenate([[0], np.cumsum(sizes, dtype=np.uint32)]).astype(np.uint32))

    def packed(self) -> tuple[bytes, bytes]:
        return pack_numbers(np.diff(self.offsets)), pack_text(self.text)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def bytes_of(self, position: int) -> bytes:
        return self.text[self._ends[position] : self._ends[position + 1]]

    @cached_property
    def _ends(self) -> memoryview:
        """The offsets as Python's own numbers, which a search by halves reads three times as fast."""
        return self.offsets.data

    @cached_property
    def _every(self) -> list[bytes]:
        """One string of each block, among which a search by halves is Python's own."""
        return [self.bytes_of(position) for position in range(0, len(self), _BLOCK)]

    def __getitem__(self, position: int) -> str:
        return self.bytes_of(position).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        ends = self.offsets.tolist()
        for start, end in itertools.pairwise(ends):
            yield self.text[start:end].decode("utf-8", "surrogatepass")

    def take(self, positions: Array) -> "Strings":
        """The strings at some positions, in that order."""
        starts, ends = self.offsets[positions].astype(np.int64), self.offsets[positions + 1].astype(np.int64)
        text = np.frombuffer(self.text, np.uint8)[ranges(starts, ends)].tobytes()
        return Strings(text, np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.uint32))

    def first_from(self, sought: bytes) -> int:
        """The position of the first string that is not below the bytes; of ascending strings."""
        block = bisect_left(self._every, sought)
        low, high = max(0, (block - 1) * _BLOCK), min(len(self), block * _BLOCK)
        return bisect_left(range(len(self)), sought, low, high, key=self.bytes_of)

    def run(self, string: str) -> tuple[int, int]:
        """The positions [first, end) of those equal to a string; of ascending strings."""
        sought = string.encode("utf-8", "surrogatepass")
        first = self.first_from(sought)
        end = first
        while end < len(self) and self.bytes_of(end) == sought:
            end += 1
        return first, end

    def run_of_prefix(self, prefix: str) -> tuple[int, int]:
        """The positions [first, end) of those that begin with a string; of ascending strings."""
        sought = prefix.encode("utf-8", "surrogatepass")
        return self.first_from(sought), self.first_from(sought + b"\xff")

    @cached_property
    def hashes(self) -> Array:
        """A 64-bit hash of each, the same in every process; two of a million strings agree by a chance of 10⁻⁸."""
        codes = np.frombuffer(self.text, np.uint8).astype(np.uint64) + np.uint64(1)
        lengths = np.diff(self.offsets).astype(np.int64)
        places = np.arange(len(codes)) - np.repeat(self.offsets[:-1].astype(np.int64), lengths)
        powers = np.cumprod(np.full(int(lengths.max(initial=0)) + 1, _FACTOR, np.uint64), dtype=np.uint64)
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(codes * powers[places], dtype=np.uint64)])
        return mixed(sums[self.offsets[1:]] - sums[self.offsets[:-1]])

    @cached_property
    def characters(self) -> tuple[Array, Array]:
        """Of each its number of code points, and a bit set of the code points in it (modulo 32)."""
        units = np.frombuffer(self.text, np.uint8)
        before = np.concatenate([[0], np.cumsum((units & 0xC0) != 0x80)])
        starts = before[self.offsets]
        points = np.frombuffer(self.text.decode("utf-8", "surrogatepass").encode("utf-32-le", "surrogatepass"), "<u4")
        bits = np.left_shift(np.uint32(1), points & np.uint32(31), dtype=np.uint32)
        sets = np.zeros(len(self), np.uint32)
        filled = np.flatnonzero(np.diff(starts) > 0)
        if len(filled):
            sets[filled] = np.bitwise_or.reduceat(bits, starts[filled])
        return np.diff(starts).clip(0, 255).astype(np.uint8), sets


def mixed(numbers: Array) -> Array:
    """Spread 64-bit numbers evenly (the finaliser of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(numbers ^ (numbers >> np.uint64(31)))
