"""The documents of a segment in columns, by ascending key, and of each its entries: a row for each part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np

from shared.search.entries import Entry, Key
from shared.search.labels import Labels
from shared.search.packing import Array, pack_numbers, ranges, unpack_numbers, unzigzag, zigzag
from shared.search.strings import Strings, mixed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LABELS = 3  # sections of a packed Labels
SECTIONS = 4 * _LABELS + 2 + 4


@dataclass(frozen=True)
class Columns:
    """A document without rows is a deleted one: it hides what older segments hold of it.

    Tags, status and time are a document's: those of its first entry.
    """

    kinds: Labels  # by document
    ids: Strings
    statuses: Labels
    times: Array  # microseconds since 1970
    tags: Labels  # by tag of a document
    first_tag: Array  # of each document, and the end
    first_row: Array
    parts: Array  # by row
    languages: Labels  # of a row's texts, joined by spaces

    @classmethod
    def of(cls, entries: Sequence[tuple[Key, Sequence[Entry]]], languages: Sequence[str]) -> "Columns":
        """Build from documents by ascending key, and the languages of each entry."""
        firsts = [parts[0] if parts else None for _, parts in entries]
        tags = [tuple(dict.fromkeys(first.tags)) if first else () for first in firsts]
        return cls(
            kinds=Labels.of([key.kind for key, _ in entries]),
            ids=Strings.of(key.id for key, _ in entries),
            statuses=Labels.of([first.status if first else "" for first in firsts]),
            times=np.array([microseconds(first.at) if first else 0 for first in firsts], np.int64),
            tags=Labels.of([tag for some in tags for tag in some]),
            first_tag=_starts(np.array([len(some) for some in tags], np.int64)),
            first_row=_starts(np.array([len(parts) for _, parts in entries], np.int64)),
            parts=np.array([entry.part for _, parts in entries for entry in parts], np.uint32),
            languages=Labels.of(languages),
        )

    @classmethod
    def joined(cls, columns: Sequence[tuple["Columns", Array]]) -> tuple["Columns", Array]:
        """Join some documents (by their positions) of several segments; and the order of the result's documents."""
        kinds = Labels.joined(held.kinds.take(some) for held, some in columns)
        ids = [id for held, some in columns for id in held.ids.take(some)]
        order = np.array(sorted(range(len(ids)), key=lambda n: (kinds.names[kinds.codes[n]], ids[n])), np.int64)
        tags, first_tag = _joined_runs([(held.tags, held.first_tag, some) for held, some in columns], order)
        languages, first_row = _joined_runs([(held.languages, held.first_row, some) for held, some in columns], order)
        rows = [ranges(held.first_row[some], held.first_row[some + 1]) for held, some in columns]
        parts = np.concatenate([held.parts[own] for (held, _), own in zip(columns, rows, strict=True)])
        result = cls(
            kinds=kinds.take(order),
            ids=Strings.of(ids[n] for n in order.tolist()),
            statuses=Labels.joined(held.statuses.take(some) for held, some in columns).take(order),
            times=np.concatenate([held.times[some] for held, some in columns])[order],
            tags=tags,
            first_tag=first_tag,
            first_row=first_row,
            parts=parts[_runs_in_order([(held.first_row, some) for held, some in columns], order)],
            languages=languages,
        )
        return result, order

    def packed(self) -> list[bytes]:
        return [
            *self.kinds.packed(),
            *self.statuses.packed(),
            *self.tags.packed(),
            *self.languages.packed(),
            *self.ids.packed(),
            pack_numbers(zigzag(np.diff(self.times, prepend=0))),
            pack_numbers(np.diff(self.first_tag)),
            pack_numbers(np.diff(self.first_row)),
            pack_numbers(self.parts),
        ]

    @classmethod
    def unpacked(cls, sections: Sequence[bytes]) -> "Columns":
        labels = [Labels.unpacked(sections[n * _LABELS : (n + 1) * _LABELS]) for n in range(4)]
        kinds, statuses, tags, languages = labels
        times, tag_counts, row_counts, parts = map(unpack_numbers, sections[4 * _LABELS + 2 :])
        columns = cls(
            kinds=kinds,
            ids=Strings.unpacked(*sections[4 * _LABELS : 4 * _LABELS + 2]),
            statuses=statuses,
            times=np.cumsum(unzigzag(times)),
            tags=tags,
            first_tag=_starts(tag_counts),
            first_row=_starts(row_counts),
            parts=parts.astype(np.uint32),
            languages=languages,
        )
        sizes = {len(columns.ids), len(kinds.codes), len(statuses.codes), len(times), len(tag_counts), len(row_counts)}
        if len(sizes) > 1 or len(parts) != columns.rows or len(languages.codes) != columns.rows:
            raise ValueError("columns of unequal length")
        return columns

    @property
    def documents(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> int:
        return int(self.first_row[-1])

    @cached_property
    def document_of(self) -> Array:
        """Of each row its document."""
        return np.repeat(np.arange(self.documents, dtype=np.int32), np.diff(self.first_row))

    @cached_property
    def hashes(self) -> Array:
        """Of each document the hash of its key; with 64 bits, no two of a user's documents share one."""
        kinds = Strings.of((*self.kinds.names, "")).hashes[self.kinds.codes]
        return mixed(kinds * np.uint64(31) + self.ids.hashes)

    @cached_property
    def _by_hash(self) -> Array:
        """The documents by ascending hash."""
        return np.argsort(self.hashes, kind="stable").astype(np.int32)

    def with_hashes(self, hashes: Array) -> Array:
        """The documents whose keys have some of these hashes."""
        if not self.documents:
            return np.zeros(0, np.int32)
        places = np.searchsorted(self.hashes, hashes, sorter=self._by_hash)
        documents = self._by_hash[np.minimum(places, self.documents - 1)]
        return np.asarray(documents[self.hashes[documents] == hashes])

    def key(self, document: int) -> Key:
        return Key(self.kinds.names[self.kinds.codes[document]], self.ids[document])

    def tags_of(self, documents: Array) -> Array:
        """The places in `tags` of all tags of some documents."""
        return ranges(self.first_tag[documents], self.first_tag[documents + 1])


def microseconds(at: datetime) -> int:
    """A time as microseconds since 1970; without a zone it counts as UTC."""
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)


def moment(count: int) -> datetime:
    return _EPOCH + timedelta(microseconds=count)


def _starts(counts: Array) -> Array:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)]).astype(np.int32)


def _runs_in_order(runs: Sequence[tuple[Array, Array]], order: Array) -> Array:
    """What puts the concatenated runs of some documents into another order of these documents."""
    starts = _starts(np.concatenate([first[some + 1] - first[some] for first, some in runs]))
    return ranges(starts[order], starts[order + 1])


def _joined_runs(columns: Sequence[tuple[Labels, Array, Array]], order: Array) -> tuple[Labels, Array]:
    """The labels of some documents of several segments in the joined order, and where each document's start."""
    joined = Labels.joined(labels.take(ranges(first[some], first[some + 1])) for labels, first, some in columns)
    counts = np.concatenate([first[some + 1] - first[some] for _, first, some in columns])
    return joined.take(_runs_in_order([(first, some) for _, first, some in columns], order)), _starts(counts[order])


def hash_of(key: Key) -> np.uint64:
    kind, id = Strings.of([key.kind]).hashes, Strings.of([key.id]).hashes
    return np.uint64(mixed(kind * np.uint64(31) + id)[0])


def by_key(entries: Mapping[Key, Sequence[Entry]]) -> list[tuple[Key, Sequence[Entry]]]:
    """Documents by ascending key, the entries of each by part."""
    return [(Key(*key), sorted(entries[key], key=lambda entry: entry.part)) for key in sorted(entries)]
