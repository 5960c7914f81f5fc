"""Where the words of a segment occur: for each word, by ascending row and field, how often; and at which positions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shared.search.packing import Array, damage_is_typed, pack, pack_numbers, ranges, unpack, unpack_numbers

SECTIONS = 5
MAX_COUNT = 255  # of a word in one field of an entry: more are taken as so many
_BLOCK = 1 << 15  # positions that are unpacked at once


@dataclass(frozen=True)
class Postings:
    """A posting has a row and a code; the code stands for a field and a count, of which few pairs occur."""

    starts: Array  # of each word, and the end
    rows: Array
    codes: Array
    fields: Array  # by code
    counts: Array

    @classmethod
    def of(cls, starts: Array, rows: Array, fields: Array, counts: Array) -> "Postings":
        pairs, codes = np.unique(
            fields.astype(np.uint16) << np.uint16(8) | counts.astype(np.uint16), return_inverse=True
        )
        return cls(starts.astype(np.uint32), _narrow(rows), _narrow(codes), pairs >> 8, pairs & 255)

    def packed(self) -> list[bytes]:
        rows = self.rows.astype(np.int64)
        gaps = np.diff(rows, prepend=0)
        first = self.starts[:-1][np.diff(self.starts) > 0]
        gaps[first] = rows[first]
        order = _by_size(self.starts)
        numbers = (np.diff(self.starts), gaps[order], self.codes[order], self.fields, self.counts)
        return [pack_numbers(column) for column in numbers]

    @classmethod
    def unpacked(cls, sections: Sequence[bytes], rows: int) -> "Postings":
        """Unpack; raises ValueError where they do not fit the number of rows."""
        sizes, gaps, codes = (unpack_numbers(section, np.uint32) for section in sections[:3])
        fields, counts = (unpack_numbers(section, np.uint16) for section in sections[3:])
        starts = np.concatenate([np.zeros(1, np.uint32), np.cumsum(sizes, dtype=np.uint32)])
        if len(gaps) != int(starts[-1]) or len(codes) != len(gaps) or int(codes.max(initial=0)) >= max(1, len(fields)):
            raise ValueError("postings of unequal length")
        order = _by_size(starts)
        gaps[order], codes[order] = gaps.copy(), codes.copy()
        sums = np.cumsum(gaps, dtype=np.uint32)
        before = np.concatenate([np.zeros(1, np.uint32), sums])[starts[:-1]]
        sums -= np.repeat(before, sizes)
        if int(sums.max(initial=0)) >= max(1, rows):
            raise ValueError("a posting of a row that is not there")
        return cls(starts, _narrow(sums, rows), _narrow(codes, len(fields)), fields, counts)

    def places(self, words: Array) -> tuple[slice | Array, Array]:
        """The places of the postings of some words (ascending numbers), and how many each word has."""
        starts, ends = self.starts[words].astype(np.int64), self.starts[words + 1].astype(np.int64)
        if len(words) and int(words[-1]) - int(words[0]) + 1 == len(words):
            return slice(int(starts[0]), int(ends[-1])), ends - starts
        return ranges(starts, ends), ends - starts

    def live_counts(self, words: Array, live: Array | None) -> Array:
        """How many postings of each word are of rows that are live (None: all are)."""
        if live is None:
            return np.asarray(self.starts[words + 1] - self.starts[words])
        places, sizes = self.places(words)
        kept = np.concatenate([[0], np.cumsum(live[self.rows[places]])])
        ends = np.cumsum(sizes)
        return np.asarray(kept[ends] - kept[ends - sizes])

    @cached_property
    def first_position(self) -> Array:
        """Of each word the place of its first position, and the end."""
        sums = np.concatenate([[0], np.cumsum(self.counts[self.codes], dtype=np.int64)])
        return sums[self.starts].astype(np.uint32)

    def counts_between(self, first: int, end: int) -> Array:
        """How many positions each posting of the words [first, end) has."""
        return self.counts[self.codes[self.starts[first] : self.starts[end]]].astype(np.int64)


class Positions:
    """The positions of the words within their fields, in the order of the postings; unpacked block by block.

    Within a posting they ascend: of each but the first the step from the one before is packed.
    """

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load

    @classmethod
    def of(cls, positions: Array, counts: Array) -> "Positions":
        """Pack the positions of postings that have so many each."""
        steps = np.diff(positions.astype(np.int64), prepend=0)
        firsts = np.cumsum(counts, dtype=np.int64) - counts
        steps[firsts] = positions[firsts]
        part = pack([pack_numbers(steps[n : n + _BLOCK]) for n in range(0, len(steps), _BLOCK)])
        return cls(lambda: part)

    @cached_property
    def part(self) -> bytes:
        return self._load()

    @cached_property
    def _blocks(self) -> list[bytes]:
        with damage_is_typed():
            count = int.from_bytes(self.part[5:9], "little")
            return unpack(self.part, count)

    def of_words(self, postings: Postings, first: int, end: int) -> Array:
        """The positions of the words [first, end), posting by posting."""
        steps = self._between(*postings.first_position[[first, end]].tolist())
        counts = postings.counts_between(first, end)
        sums = np.cumsum(steps, dtype=np.int64)
        ends = np.cumsum(counts)
        before = np.concatenate([np.zeros(1, np.int64), sums])[ends - counts]
        return np.asarray(sums - np.repeat(before, counts))

    def _between(self, start: int, end: int) -> Array:
        first, last = start // _BLOCK, (end - 1) // _BLOCK + 1
        blocks = [unpack_numbers(block, np.uint32) for block in self._blocks[first:last]]
        whole = np.concatenate(blocks) if blocks else np.zeros(0, np.uint32)
        with damage_is_typed():
            if len(whole) < end - first * _BLOCK:
                raise ValueError("positions are missing")
        return whole[start - first * _BLOCK : end - first * _BLOCK]


def _by_size(starts: Array) -> Array:
    """The places of all postings, those of the most frequent words first: what is alike is packed together."""
    order = np.argsort(-np.diff(starts.astype(np.int64)), kind="stable")
    return ranges(starts[order].astype(np.int64), starts[order + 1].astype(np.int64))


def _narrow(numbers: Array, limit: int | None = None) -> Array:
    """The numbers in the narrowest type that holds them (or all below a limit)."""
    limit = int(numbers.max(initial=0)) + 1 if limit is None else limit
    return numbers.astype(np.uint8 if limit <= 1 << 8 else np.uint16 if limit <= 1 << 16 else np.uint32)
