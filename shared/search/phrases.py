"""Where the words of a phrase follow each other in one field."""

from collections.abc import Sequence
from functools import reduce

import numpy as np

from shared.search.packing import Array, ranges
from shared.search.segments import Segment

_FIELDS = 256
_POSITION_BITS = 24


def occurrences(segment: Segment, words: Sequence[str], *, prefix: bool = False) -> tuple[Array, Array]:
    """The rows and the fields in which a phrase occurs, once for each occurrence; its last word may be a prefix.

    Words must be as they are written (folded), common ones too. Only of fields with all words the positions are read.
    """
    vocabulary = segment.vocabulary
    held = [vocabulary.with_surface(word) for word in words]
    if prefix:
        held[-1] = vocabulary.with_prefix(words[-1])
    pairs = [_pairs(segment, own) for own in held]
    common = reduce(_in_both, sorted(map(_ascending, pairs), key=len))
    if not len(common):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = [
        _ascending(_positions(segment, own, _in(own_pairs, common), own_pairs)) - place
        for place, (own, own_pairs) in enumerate(zip(held, pairs, strict=True))
    ]
    starts_of_all = reduce(_in_both, sorted(starts, key=len)) >> _POSITION_BITS
    return starts_of_all // _FIELDS, starts_of_all % _FIELDS


def _pairs(segment: Segment, words: Array) -> Array:
    """A number for the row and field of each posting of some words."""
    places, _ = segment.postings.places(words)
    fields = segment.postings.fields[segment.postings.codes[places]]
    return segment.postings.rows[places].astype(np.int64) * _FIELDS + fields


def _ascending(numbers: Array) -> Array:
    return np.sort(numbers, kind="stable")  # fast where they mostly are, as those of one word


def _in(numbers: Array, ascending: Array) -> Array:
    """Of each number whether it is among some."""
    if not len(ascending):
        return np.zeros(len(numbers), bool)
    places = np.searchsorted(ascending, numbers)
    places[places == len(ascending)] = 0
    return np.asarray(ascending[places] == numbers)


def _in_both(few: Array, more: Array) -> Array:
    return np.asarray(few[_in(few, more)])


def _positions(segment: Segment, words: Array, is_wanted: Array, pairs: Array) -> Array:
    """The positions of the wanted postings, each with its row and field in the higher bits."""
    postings = segment.postings
    first, end = int(words[0]), int(words[-1]) + 1
    counts = postings.counts_between(first, end)
    ends = np.cumsum(counts)
    positions = segment.positions.of_words(postings, first, end)[ranges((ends - counts)[is_wanted], ends[is_wanted])]
    return (np.repeat(pairs[is_wanted], counts[is_wanted]) << _POSITION_BITS) + positions
