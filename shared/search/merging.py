"""Merges segments into one whose bytes are those of a segment built from their live documents at once."""

from collections.abc import Sequence

import numpy as np

from shared.search.building import Parts
from shared.search.columns import Columns
from shared.search.packing import Array, ranges
from shared.search.postings import Positions, Postings
from shared.search.vectors import LazyVectors, Vectors
from shared.search.vocabulary import Vocabulary

_AT_ONCE = 1 << 20  # postings that are sorted at once: bounds the memory of a merge


def owners(columns: Sequence[Columns]) -> list[Array]:
    """Of each segment (oldest first), which of its documents no newer segment has."""
    newer = np.zeros(0, np.uint64)
    owned: list[Array] = []
    for place, held in reversed(list(enumerate(columns))):
        is_owner = np.ones(held.documents, bool)
        if held.documents > len(newer):  # few are sought among many, never many among few
            is_owner[held.with_hashes(newer)] = False
        else:
            is_owner = ~np.isin(held.hashes, newer)
        owned.append(is_owner)
        if place:
            newer = np.concatenate([newer, held.hashes])
    return owned[::-1]


def merged_parts(segments: Sequence[Parts], *, is_whole: bool) -> Parts:
    owned = owners([parts.columns for parts in segments])
    if is_whole:
        owned = [mask & (np.diff(parts.columns.first_row) > 0) for mask, parts in zip(owned, segments, strict=True)]
    chosen = [np.flatnonzero(mask) for mask in owned]
    columns, order = Columns.joined([(parts.columns, some) for parts, some in zip(segments, chosen, strict=True)])
    rows = _new_rows([(parts.columns, some) for parts, some in zip(segments, chosen, strict=True)], order)
    vocabulary, numbers = _vocabulary(segments, rows)
    postings, positions = _postings(segments, rows, numbers, len(vocabulary))
    return Parts(columns, vocabulary, postings, positions, _vectors(segments, rows, columns.rows))


def _new_rows(columns: Sequence[tuple[Columns, Array]], order: Array) -> list[Array]:
    """Of each segment's rows their number in the result, -1 for those that are gone."""
    counts = np.concatenate([held.first_row[some + 1] - held.first_row[some] for held, some in columns])
    starts = np.zeros(len(counts), np.int64)
    starts[order] = np.cumsum(counts[order]) - counts[order]
    result, document = [], 0
    for held, some in columns:
        rows = np.full(held.rows, -1, np.int64)
        firsts = starts[document : document + len(some)]
        sizes = counts[document : document + len(some)]
        rows[ranges(held.first_row[some], held.first_row[some + 1])] = ranges(firsts, firsts + sizes)
        result.append(rows)
        document += len(some)
    return result


def _vocabulary(segments: Sequence[Parts], rows: Sequence[Array]) -> tuple[Vocabulary, list[Array]]:
    """The words that still occur, and of each segment's words their number among these (-1: it occurs no more)."""
    live = []
    for parts, new in zip(segments, rows, strict=True):
        counts = parts.postings.live_counts(np.arange(len(parts.vocabulary)), new >= 0)
        words = parts.vocabulary.words()
        live.append([word if count else None for word, count in zip(words, counts.tolist(), strict=True)])
    union = sorted({word for words in live for word in words if word})
    number = {word: place for place, word in enumerate(union)}
    numbers = [np.array([number[word] if word else -1 for word in words], np.int64) for words in live]
    return Vocabulary.of(union), numbers


def _postings(
    segments: Sequence[Parts], rows: Sequence[Array], numbers: Sequence[Array], words: int
) -> tuple[Postings, Positions]:
    """Sort the postings that are left, some words at a time: in all segments, words have one order."""
    totals = np.zeros(words, np.int64)
    for parts, own in zip(segments, numbers, strict=True):
        np.add.at(totals, own[own >= 0], np.diff(parts.postings.starts).astype(np.int64)[own >= 0])
    group = np.cumsum(totals) // _AT_ONCE
    pieces = [_piece(segments, rows, numbers, int(first), int(end)) for first, end in zip(*_runs(group), strict=True)]
    word, row, field, count, position = (
        (np.concatenate(column) if column else np.zeros(0, np.uint32) for column in zip(*pieces, strict=True))
        if pieces
        else (np.zeros(0, np.uint32) for _ in range(5))
    )
    starts = np.concatenate([[0], np.cumsum(np.bincount(word, minlength=words))])
    return Postings.of(starts, row, field, count), Positions.of(position, count)


def _runs(groups: Array) -> tuple[Array, Array]:
    firsts = np.flatnonzero(np.diff(groups, prepend=-1))
    return firsts, np.append(firsts, len(groups))[1:] if len(groups) else firsts


def _piece(
    segments: Sequence[Parts], rows: Sequence[Array], numbers: Sequence[Array], first: int, end: int
) -> tuple[Array, ...]:
    """The sorted postings of the words [first, end) of the result: word, row, field, count; and their positions."""
    columns: list[tuple[Array, ...]] = []
    for parts, new, own in zip(segments, rows, numbers, strict=True):
        old = np.flatnonzero((own >= first) & (own < end))
        places, sizes = parts.postings.places(old)
        row = new[parts.postings.rows[places]]
        codes = parts.postings.codes[places]
        count = parts.postings.counts[codes].astype(np.int64)
        position = _positions(parts, old)
        is_kept = row >= 0
        columns.append(
            (
                np.repeat(own[old], sizes)[is_kept],
                row[is_kept],
                parts.postings.fields[codes][is_kept].astype(np.int64),
                count[is_kept],
                position[np.repeat(is_kept, count)],
            )
        )
    word, row, field, count, position = (
        np.concatenate(column).astype(np.int64) for column in zip(*columns, strict=True)
    )
    order = np.lexsort((field, row, word))
    ends = np.cumsum(count)
    moved = ranges((ends - count)[order], ends[order])
    narrow = (word[order].astype(np.uint32), row[order].astype(np.uint32), field[order].astype(np.uint8))
    return (*narrow, count[order].astype(np.uint8), position[moved].astype(np.uint32))


def _positions(parts: Parts, words: Array) -> Array:
    """The positions of some words (ascending numbers)."""
    if not len(words):
        return np.zeros(0, np.int64)
    first, end = int(words[0]), int(words[-1]) + 1
    starts = parts.postings.first_position.astype(np.int64) - int(parts.postings.first_position[first])
    return parts.positions.of_words(parts.postings, first, end)[ranges(starts[words], starts[words + 1])]


def _vectors(segments: Sequence[Parts], rows: Sequence[Array], count: int) -> LazyVectors:
    def load() -> Vectors | None:
        held = [vectors for parts in segments if (vectors := parts.load_vectors())]
        if not held or not count:
            return None
        newest = held[-1]
        matrix = np.zeros((count, newest.dimensions), np.int8)
        for parts, new in zip(segments, rows, strict=True):
            vectors = parts.load_vectors()
            if vectors and (vectors.model, vectors.dimensions) == (newest.model, newest.dimensions):
                matrix[new[new >= 0]] = vectors.matrix[new >= 0]
        return Vectors(newest.model, matrix)

    return load
