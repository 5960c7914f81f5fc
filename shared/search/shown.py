"""Remembers which hits the pages before have shown, so that pages go on while changes move the scores of all."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from shared.search.corpus import Corpus
from shared.search.packing import Array
from shared.search.ranking import first

MOST = 128  # hits of which each is remembered: a cursor has 1.8 KB at most, and no change of others moves a hit so far


@dataclass(frozen=True)
class Shown:
    """The hits that were shown: the hashes of the last ones, and how many there were before these."""

    before: int = 0
    hashes: tuple[int, ...] = ()

    def and_then(self, hashes: Sequence[int]) -> "Shown":
        """These hits, and those of another page."""
        every = (*self.hashes, *hashes)
        return Shown(self.before + len(every[:-MOST]), every[-MOST:])

    def packed(self) -> tuple[int, str]:
        """As it stands in a cursor."""
        return self.before, b64encode(np.array(self.hashes, "<u8").tobytes()).decode()

    @classmethod
    def unpacked(cls, before: int, hashes: str) -> Self:
        """Read what `packed` has made."""
        return cls(before, tuple(np.frombuffer(b64decode(hashes), "<u8").tolist()))


def page(corpus: Corpus, documents: Array, scores: Array, shown: Shown, limit: int) -> Array:
    """The first documents by score, time and hash that were not shown.

    Those that are remembered are left out wherever they are by now; of the others, those before the middle one of these
    have been shown as well. Where none of these is a hit any more, those before them are taken to be none either.
    """
    is_shown = np.isin(corpus.hashes[documents], np.array(shown.hashes, np.uint64))
    again, rest = documents[is_shown], ~is_shown
    others, their_scores = documents[rest], scores[rest]
    skipped = 0
    if shown.before and len(again):
        middle = first(corpus, again, scores[is_shown], len(again) // 2 + 1)[-1:]
        skipped = _before(corpus, others, their_scores, middle, scores[documents == middle])
    return first(corpus, others, their_scores, skipped + limit)[skipped:]


def _before(corpus: Corpus, documents: Array, scores: Array, other: Array, score: Array) -> int:
    """How many documents come before another one."""
    times, hashes = corpus.times, corpus.hashes
    newer = (times[documents] > times[other]) | (
        (times[documents] == times[other]) & (hashes[documents] < hashes[other])
    )
    return int(np.count_nonzero((scores > score) | ((scores == score) & newer)))
