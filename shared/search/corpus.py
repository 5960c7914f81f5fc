"""Several segments as one: which of their documents are live, and the columns of all in one row of arrays."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from shared.search.columns import microseconds
from shared.search.entries import Key
from shared.search.merging import owners
from shared.search.packing import Array
from shared.search.results import Facets, Filters
from shared.search.segments import Segment

_MAX_FACET_TAGS = 100


class Corpus:
    """Segments, oldest first. Documents and entries (rows) are numbered through all segments, also those that are not
    live: hidden by a newer segment, or deleted."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segment for segment in segments if segment.documents)
        self.owned = owners([segment.columns for segment in self.segments])
        self.first_documents = np.cumsum([0, *(segment.documents for segment in self.segments)]).tolist()
        self.first_rows = np.cumsum([0, *(segment.entries for segment in self.segments)]).tolist()
        self.rows_live = [
            None if owned.all() else owned[segment.columns.document_of]
            for segment, owned in zip(self.segments, self.owned, strict=True)
        ]
        self.documents, self.rows = self.first_documents[-1], self.first_rows[-1]

    @cached_property
    def first_row(self) -> Array:
        """Of each document, and the end."""
        firsts = [
            segment.columns.first_row[:-1] + start
            for segment, start in zip(self.segments, self.first_rows, strict=False)
        ]
        return _joined([*firsts, np.array([self.rows])], np.int32)

    @cached_property
    def live(self) -> Array:
        """Of each document whether it is live: no newer segment has it, and it has an entry."""
        return _joined(self.owned, np.bool_) & (np.diff(self.first_row) > 0)

    @cached_property
    def document_of(self) -> Array:
        """Of each row."""
        return np.repeat(np.arange(self.documents, dtype=np.int32), np.diff(self.first_row))

    @cached_property
    def times(self) -> Array:
        return _joined([segment.columns.times for segment in self.segments], np.int64)

    @cached_property
    def hashes(self) -> Array:
        return _joined([segment.columns.hashes for segment in self.segments], np.uint64)

    @cached_property
    def lengths(self) -> Array:
        return _joined([segment.lengths for segment in self.segments], np.int32)

    @cached_property
    def entries(self) -> int:
        """The number of live entries."""
        return int(np.diff(self.first_row)[self.live].sum())

    @cached_property
    def average_length(self) -> float:
        """Of the live entries; a quotient of whole numbers, so that it does not depend on the segments."""
        total = sum(
            int(segment.lengths.sum() if live is None else segment.lengths[live].sum())
            for segment, live in zip(self.segments, self.rows_live, strict=True)
        )
        return max(1.0, total / max(1, self.entries))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Those of live entries' texts; empty for texts of none."""
        held: set[str] = set()
        for segment, live in zip(self.segments, self.rows_live, strict=True):
            labels = segment.columns.languages
            rows = np.arange(len(labels.codes)) if live is None else np.flatnonzero(live)
            held.update(*(joined.split(" ") for joined in labels.counts(rows)))
        return tuple(sorted(held))

    def allowed(self, filters: Sequence[Filters]) -> Array:
        """The live documents that pass all filters, as a mask."""
        mask = self.live.copy()
        for chosen in filters:
            for name, wanted in (("kinds", chosen.kinds), ("statuses", chosen.status)):
                if wanted:
                    labels = [getattr(segment.columns, name).among(wanted) for segment in self.segments]
                    mask &= _joined(labels, np.bool_)
            if chosen.tags:
                mask &= self._with_tag(chosen.tags)
            if chosen.since:
                mask &= self.times >= microseconds(chosen.since)
            if chosen.until:
                mask &= self.times <= microseconds(chosen.until)
        return mask

    def _with_tag(self, wanted: Sequence[str]) -> Array:
        mask = np.zeros(self.documents, bool)
        for segment, first in zip(self.segments, self.first_documents, strict=False):
            columns = segment.columns
            places = np.flatnonzero(columns.tags.among(wanted))
            mask[np.searchsorted(columns.first_tag, places, side="right") - 1 + first] = True
        return mask

    def facets(self, documents: Array) -> Facets:
        """Count kinds, tags and states of some documents (ascending numbers)."""
        kinds, tags, status = Counter[str](), Counter[str](), Counter[str]()
        for segment, first, end in zip(self.segments, self.first_documents, self.first_documents[1:], strict=False):
            low, high = np.searchsorted(documents, [first, end])
            some = documents[low:high] - first
            kinds.update(segment.columns.kinds.counts(some))
            tags.update(segment.columns.tags.counts(segment.columns.tags_of(some)))
            status.update(segment.columns.statuses.counts(some))
        status.pop("", None)
        return Facets(*(_ordered(counts) for counts in (kinds, tags, status)))

    def at(self, document: int) -> tuple[int, int]:
        """A document's segment and its number in it."""
        position = int(np.searchsorted(self.first_documents, document, side="right")) - 1
        return position, document - self.first_documents[position]

    def key(self, document: int) -> Key:
        position, number = self.at(document)
        return self.segments[position].columns.key(number)

    def passage(self, row: int) -> tuple[Key, int]:
        """An entry's document and part."""
        document = int(self.document_of[row])
        position, _ = self.at(document)
        return self.key(document), int(self.segments[position].columns.parts[row - self.first_rows[position]])


def _joined(columns: Sequence[Array], dtype: Any) -> Array:
    """Columns one after the other; a single one as it is, without a copy."""
    if len(columns) == 1 and columns[0].dtype == dtype:
        return columns[0]
    return np.concatenate([np.zeros(0, dtype), *columns]).astype(dtype, copy=False)


def _ordered(counts: Counter[str]) -> dict[str, int]:
    """The most frequent first, equals by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MAX_FACET_TAGS])
