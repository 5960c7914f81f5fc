"""The words of a segment: each folded surface with each stem that it has in the languages of its texts."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from shared.search.packing import Array, pack_numbers, unpack_numbers, unzigzag, zigzag
from shared.search.strings import Strings

SECTIONS = 5
COMMON = ""  # the stem of a word that is common in its text's language: it is met by its surface alone


class Vocabulary:
    """Words by ascending surface, then stem. A word's number is its place."""

    def __init__(self, surfaces: Strings, stems: Strings, stem_of: Array) -> None:
        if len(stem_of) != len(surfaces) or int(stem_of.max(initial=0)) >= max(1, len(stems)):
            raise ValueError("stems and surfaces do not fit")
        self.surfaces = surfaces
        self.stems = stems
        self.stem_of = stem_of

    @classmethod
    def of(cls, words: Iterable[tuple[str, str]]) -> "Vocabulary":
        """Build from distinct (surface, stem), ascending."""
        held = list(words)
        stems = sorted({stem for _, stem in held})
        number = {stem: code for code, stem in enumerate(stems)}
        stem_of = np.array([number[stem] for _, stem in held], np.uint32)
        return cls(Strings.of(surface for surface, _ in held), Strings.of(stems), stem_of)

    def packed(self) -> list[bytes]:
        steps: Array = np.diff(self.stem_of.astype(np.int64), prepend=0)
        return [*self.surfaces.packed(), *self.stems.packed(), pack_numbers(zigzag(steps))]

    @classmethod
    def unpacked(cls, sections: Sequence[bytes]) -> "Vocabulary":
        stem_of = np.cumsum(unzigzag(unpack_numbers(sections[4]))).astype(np.uint32)
        return cls(Strings.unpacked(*sections[:2]), Strings.unpacked(*sections[2:4]), stem_of)

    def __len__(self) -> int:
        return len(self.surfaces)

    def words(self) -> list[tuple[str, str]]:
        stems = list(self.stems)
        return [(surface, stems[code]) for surface, code in zip(self.surfaces, self.stem_of.tolist(), strict=True)]

    @cached_property
    def is_common(self) -> Array:
        common = len(self.stems) > 0 and self.stems[0] == COMMON
        return self.stem_of == 0 if common else np.zeros(len(self), bool)

    def with_surface(self, surface: str) -> Array:
        return np.arange(*self.surfaces.run(surface))

    def with_prefix(self, prefix: str) -> Array:
        return np.arange(*self.surfaces.run_of_prefix(prefix))

    def with_stem(self, stem: str) -> Array:
        """The words that have a stem; none for the stem of common words."""
        first, end = self.stems.run(stem) if stem != COMMON else (0, 0)
        return np.flatnonzero(self.stem_of == first) if end > first else np.zeros(0, np.int64)

    def near(self, word: str, edits: int) -> list[tuple[int, int]]:
        """(number, edits) of the words within some insertions, deletions, substitutions and swaps of neighbours.

        A filter by length and letters leaves a few hundred words; only these are compared.
        """
        sought = Strings.of([word])
        (length,), (letters,) = sought.characters
        lengths, sets = self.surfaces.characters
        close = np.abs(lengths.astype(np.int16) - int(length)) <= edits
        close &= np.bitwise_count(sets ^ letters) <= 2 * edits
        numbers = np.flatnonzero(close)
        surfaces = [self.surfaces[number] for number in numbers.tolist()]
        if not surfaces:
            return []
        distances = cdist([word], surfaces, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8)[0]
        near = np.flatnonzero(distances <= edits)
        return list(zip(numbers[near].tolist(), distances[near].tolist(), strict=True))
