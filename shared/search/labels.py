"""A column of few distinct strings (kinds, tags, states, languages): the strings once, and a number for each place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from shared.search.packing import Array, pack_numbers, unpack_numbers
from shared.search.strings import Strings


@dataclass(frozen=True)
class Labels:
    """`names` are ascending, and each is that of some place; `codes` says of each place which."""

    names: tuple[str, ...]
    codes: Array

    @classmethod
    def of(cls, labels: Sequence[str]) -> "Labels":
        names = tuple(sorted(set(labels)))
        number = {name: code for code, name in enumerate(names)}
        return cls(names, _small(np.array([number[label] for label in labels], np.int64), len(names)))

    @classmethod
    def joined(cls, columns: Iterable["Labels"]) -> "Labels":
        """One column after the other."""
        held = list(columns)
        names = tuple(sorted({name for labels in held for name in labels.names}))
        number = {name: code for code, name in enumerate(names)}
        codes = [np.array([number[name] for name in labels.names], np.int64)[labels.codes] for labels in held]
        return cls(names, np.concatenate(codes) if codes else np.zeros(0, np.int64))

    def take(self, places: Array) -> "Labels":
        """The labels of some places, in that order; names that no place has any more are dropped."""
        codes = self.codes[places]
        used, renumbered = np.unique(codes, return_inverse=True)
        return Labels(tuple(self.names[code] for code in used), _small(renumbered, len(used)))

    def packed(self) -> tuple[bytes, bytes, bytes]:
        return (*Strings.of(self.names).packed(), pack_numbers(self.codes))

    @classmethod
    def unpacked(cls, sections: Sequence[bytes]) -> "Labels":
        names = tuple(Strings.unpacked(*sections[:2]))
        codes = unpack_numbers(sections[2], np.uint32)
        if int(codes.max(initial=0)) >= max(1, len(names)):
            raise ValueError("a label without a name")
        return cls(names, _small(codes, len(names)))

    def among(self, wanted: Iterable[str]) -> Array:
        """Of each place, whether its label is one of some strings."""
        chosen = frozenset(wanted)
        return np.array([name in chosen for name in (*self.names, "")])[:-1][self.codes]

    def counts(self, places: Array) -> dict[str, int]:
        """How often each label occurs at some places."""
        counted = np.bincount(self.codes[places], minlength=len(self.names)).tolist()
        return {name: count for name, count in zip(self.names, counted, strict=True) if count}


def _small(codes: Array, names: int) -> Array:
    return codes.astype(np.uint8 if names <= 1 << 8 else np.uint16 if names <= 1 << 16 else np.uint32)
