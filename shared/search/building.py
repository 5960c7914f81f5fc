"""Makes the parts of a segment from entries: tokenizes each text once, sorts all occurrences at once."""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shared.search.columns import Columns, by_key
from shared.search.entries import Entry, Key
from shared.search.packing import Array
from shared.search.postings import MAX_COUNT, Positions, Postings
from shared.search.text.fields import FIELDS
from shared.search.text.tokens import is_common, language_of, tokens
from shared.search.vectors import LazyVectors, Vectors
from shared.search.vocabulary import COMMON, Vocabulary

_BESIDE, _FIRST = 0, 2  # the position of a word that stands beside the sequence, and of the first within it
_FIELD = {name: number for number, name in enumerate(FIELDS)}


@dataclass(frozen=True)
class Parts:
    """What a segment consists of."""

    columns: Columns
    vocabulary: Vocabulary
    postings: Postings
    positions: Positions
    load_vectors: LazyVectors


class _Occurrences:
    """All occurrences of words, in the order of the texts."""

    languages: list[str]  # of each row: those of its texts

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}
        self.words, self.rows = array("I"), array("I")
        self.fields, self.positions = array("B"), array("I")
        self.languages = []

    def add(self, row: int, entry: Entry) -> None:
        """Add an entry's texts. Texts of one field follow each other with a gap, so that no phrase spans two.

        A word is common in a text of a language that has it so: in a name, which has none, "Will" is telling.
        """
        next_position: dict[int, int] = {}
        languages = set()
        for name, text in entry.texts:
            field, language = _FIELD[name], language_of(text)
            languages.add(language)
            position = next_position.get(field, _FIRST)
            for token in tokens(text, language):
                common = language and is_common(token.word, language)
                word = (token.word, COMMON if common else token.stem)
                self.words.append(self.numbers.setdefault(word, len(self.numbers)))
                self.rows.append(row)
                self.fields.append(field)
                self.positions.append(_BESIDE if token.joined else position)
                position += not token.joined
            next_position[field] = position + 1
        self.languages.append(" ".join(sorted(languages)))


def parts_of(entries_by_key: Mapping[Key, Sequence[Entry]], vectors: Any, model: str) -> Parts:
    documents = by_key(entries_by_key)
    entries = [entry for _, some in documents for entry in some]
    occurrences = _Occurrences()
    for row, entry in enumerate(entries):
        occurrences.add(row, entry)
    words = sorted(occurrences.numbers)
    place = np.zeros(len(words), np.int64)
    place[[occurrences.numbers[word] for word in words]] = np.arange(len(words))
    postings, positions = _sorted(occurrences, place)
    load = _vectors(entries_by_key, entries, vectors, model)
    return Parts(Columns.of(documents, occurrences.languages), Vocabulary.of(words), postings, positions, load)


def _sorted(occurrences: _Occurrences, place: Array) -> tuple[Postings, Positions]:
    """The occurrences by word, row, field and position; more than MAX_COUNT in one field are left out."""
    words = place[np.array(occurrences.words, np.int64)]
    rows, fields = np.array(occurrences.rows, np.int64), np.array(occurrences.fields, np.int64)
    keys = (words * (int(rows.max(initial=0)) + 1) + rows) * len(FIELDS) + fields
    order = np.argsort(keys, kind="stable")
    firsts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    sizes = np.diff(np.append(firsts, len(order)))
    counts = np.minimum(sizes, MAX_COUNT)
    is_kept = np.arange(len(order)) - np.repeat(firsts, sizes) < MAX_COUNT
    positions = np.array(occurrences.positions, np.int64)[order][is_kept]
    first = order[firsts]
    starts = np.concatenate([[0], np.cumsum(np.bincount(words[first], minlength=len(place)))])
    return Postings.of(starts, rows[first], fields[first], counts), Positions.of(positions, counts)


def _vectors(
    given_order: Mapping[Key, Sequence[Entry]], entries: Sequence[Entry], vectors: Any, model: str
) -> Callable[[], Vectors | None]:
    """The vectors in the order of the rows."""
    if vectors is None or not len(entries):
        return lambda: None
    rows = {id(entry): row for row, entry in enumerate(entry for some in given_order.values() for entry in some)}
    if len(vectors) != len(rows):
        raise ValueError(f"{len(vectors)} vectors for {len(rows)} entries")
    held = Vectors.of(np.asarray(vectors)[[rows[id(entry)] for entry in entries]], model)
    return lambda: held
