"""Whether two statements of different sources cannot both be right: the same is said with another figure, or denied."""

from collections.abc import Sequence

from shared.kit.word_table import table
from shared.verification.necessary import denies
from shared.verification.units import Unit, units

_ALIKE = 0.75  # the share of the words beside the figures that both have
_FEWEST = 4  # words that both have


def oppose(first: str, second: str) -> bool:
    """Whether the two say the same of the same, with another figure, or one of them with a denial."""
    one, other = units(first), units(second)
    mine, theirs = _said(one), _said(other)
    both = mine & theirs
    if len(both) < _FEWEST or len(both) < _ALIKE * max(len(mine), len(theirs)):
        return False
    if not (_names(one) <= theirs and _names(other) <= mine) or _when(one) != _when(other):
        return False
    figures, others = _figures(one), _figures(other)
    if denies(one) != denies(other):
        return figures == others
    return len(figures) == len(others) > 0 and figures != others


def _said(read: Sequence[Unit]) -> set[str]:
    return {unit.key for unit in read if unit.kind == "word" and not unit.light and unit.key not in _DENYING}


_DENYING = table("not no")


def _names(read: Sequence[Unit]) -> set[str]:
    """The names, and the word that the sentence begins with, which may be one."""
    return {unit.key for n, unit in enumerate(read) if unit.kind == "word" and not unit.light and (unit.name or n == 0)}


def _figures(read: Sequence[Unit]) -> list[str]:
    return sorted(unit.key for unit in read if unit.kind == "number" and not _is_when(unit))


def _when(read: Sequence[Unit]) -> list[str]:
    """The years and ordinals: what happened at different times is no contradiction."""
    return sorted(unit.key for unit in read if _is_when(unit))


def _is_when(unit: Unit) -> bool:
    year = len(unit.key) == 4 and unit.key.startswith(("19", "20"))
    return unit.kind == "number" and (year or unit.key.endswith("."))
