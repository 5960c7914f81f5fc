"""An immutable part of a user's index: some documents, their words and their vectors, packed into a few blobs."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np

from shared.search import building, columns, postings, vectors, vocabulary
from shared.search.building import Parts
from shared.search.columns import Columns
from shared.search.entries import Entry, Key
from shared.search.merging import merged_parts
from shared.search.packing import Array, DamagedIndex, damage_is_typed, pack, unpack
from shared.search.postings import Positions, Postings
from shared.search.text.fields import FIELDS, WEIGHTS
from shared.search.vectors import Vectors
from shared.search.vocabulary import Vocabulary

WORDS, TOKENS, VECTORS = "words", "tokens", "vectors"
_UNIT = 8  # lengths are sums of weights in eighths: whole numbers, so that no order of adding changes them
_ENDS = np.cumsum([columns.SECTIONS, vocabulary.SECTIONS, postings.SECTIONS]).tolist()


class Segment:
    """Documents that are searched together. The newest segment that has a key owns it, also where it has no entry.

    The same documents give the same bytes, however they came together: by `of`, or by merging segments.
    """

    def __init__(self, parts: Parts) -> None:
        self.columns: Columns = parts.columns
        self.vocabulary: Vocabulary = parts.vocabulary
        self.postings: Postings = parts.postings
        self.positions: Positions = parts.positions
        self._load_vectors = parts.load_vectors

    @classmethod
    def of(cls, entries_by_key: Mapping[Key, Sequence[Entry]], vectors: Any = None, model: str = "") -> Self:
        """Index documents. A key without entries is a deleted document.

        `vectors` has a row for each entry, in the order of the mapping and its sequences; a row of zeros says that the
        entry has none yet.
        """
        return cls(building.parts_of(entries_by_key, vectors, model))

    @classmethod
    def merged(cls, segments: Sequence["Segment"], is_whole: bool) -> Self:
        """Merge segments, oldest first; of each key the newest is kept.

        `is_whole`: no older segment is left, so deleted keys are forgotten. Vectors of another model than the newest
        segment's are dropped: their entries are without until they are embedded again.
        """
        return cls(merged_parts([segment.parts for segment in segments], is_whole=is_whole))

    @classmethod
    def unpacked(cls, parts: Mapping[str, bytes]) -> Self:
        """Read a segment. "tokens" and "vectors" are taken from the mapping when they are first needed.

        Raises DamagedIndex here, or then.
        """
        with damage_is_typed():
            sections = unpack(parts[WORDS], _ENDS[-1])
            held = Columns.unpacked(sections[: _ENDS[0]])
            words = Vocabulary.unpacked(sections[_ENDS[0] : _ENDS[1]])
            postings = Postings.unpacked(sections[_ENDS[1] :], held.rows)
            if len(postings.starts) != len(words) + 1:
                raise ValueError("words without postings")
        return cls(Parts(held, words, postings, Positions(_loader(parts, TOKENS)), _vectors_of(parts, held.rows)))

    def packed(self) -> dict[str, bytes]:
        """The segment's blobs by name; "vectors" only where it has some."""
        words = pack([*self.columns.packed(), *self.vocabulary.packed(), *self.postings.packed()])
        blobs = {WORDS: words, TOKENS: self.positions.part}
        return blobs | ({VECTORS: self.vectors.packed()} if self.vectors else {})

    @property
    def parts(self) -> Parts:
        return Parts(self.columns, self.vocabulary, self.postings, self.positions, lambda: self.vectors)

    @property
    def documents(self) -> int:
        return self.columns.documents

    @property
    def entries(self) -> int:
        return self.columns.rows

    @cached_property
    def vectors(self) -> Vectors | None:
        return self._load_vectors()

    def keys(self) -> list[Key]:
        """The keys of all documents, also of the deleted, ascending."""
        return [self.columns.key(document) for document in range(self.documents)]

    def has(self, key: Key) -> bool:
        """Whether the segment owns a key, if no newer segment does."""
        return self.position_of(key) is not None

    def position_of(self, key: Key) -> int | None:
        held = self.columns.with_hashes(np.array([columns.hash_of(key)]))
        return int(held[0]) if len(held) else None

    def without_vector(self, model: str) -> list[Key]:
        """The documents with an entry that has no vector of a model: those to embed."""
        if self.vectors is None or self.vectors.model != model:
            lacking = np.arange(self.entries)
        else:
            lacking = np.flatnonzero(self.vectors.lengths == 0)
        return [self.columns.key(document) for document in np.unique(self.columns.document_of[lacking]).tolist()]

    @cached_property
    def strengths(self) -> Array:
        """Of each code of the postings its weighted count: what an occurrence counts, whatever field it is in."""
        return np.asarray(self.postings.counts * weights_of(self.postings.fields))

    @cached_property
    def lengths(self) -> Array:
        """Of each row its weighted number of words that are not common, in eighths."""
        counted = self.postings.counts * _units(self.postings.fields)
        per_posting = counted[self.postings.codes]
        common = np.flatnonzero(self.vocabulary.is_common)
        per_posting[self.postings.places(common)[0]] = 0
        return np.bincount(self.postings.rows, per_posting, self.entries).astype(np.int32)


def _units(fields: Array) -> Array:
    """Of each field (by number) its weight in units; a field that this version does not know counts nothing."""
    weights = [round(WEIGHTS.get(name, 1.0) * _UNIT) for name in FIELDS]
    return np.array([weights[field] if field < len(weights) else 0 for field in fields.tolist()], np.float64)


def weights_of(fields: Array) -> Array:
    return _units(fields) / _UNIT


def _loader(parts: Mapping[str, bytes], name: str) -> Callable[[], bytes]:
    def load() -> bytes:
        with damage_is_typed():
            return parts[name]

    return load


def _vectors_of(parts: Mapping[str, bytes], rows: int) -> vectors.LazyVectors:
    def load() -> Vectors | None:
        part = parts.get(VECTORS)
        with damage_is_typed():
            return None if part is None else Vectors.unpacked(part, rows)

    return load


__all__ = ["TOKENS", "VECTORS", "WORDS", "DamagedIndex", "Segment", "weights_of"]
