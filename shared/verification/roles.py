"""Whether names, years and figures stand with the same words in a statement and in a passage: who did it to whom."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from shared.verification import exclusive, lexicon
from shared.verification.figures import is_year
from shared.verification.units import Unit, keys, telling


def is_turned(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """Who did it to whom: two names on the other sides of the same word, or done to whom it did."""
    for verb in telling(claimed):
        if verb.name:
            continue
        same = [unit for unit in passage if unit.key == verb.key and unit.past == verb.past and not unit.name]
        mine = _sides(claimed, verb)
        for other in same:
            theirs = _sides(passage, other)
            turned = verb.past and verb.passive != other.passive
            crossed = mine[0] & theirs[1] and mine[1] & theirs[0]
            if (turned and len(same) == 1 and mine[0] & theirs[0]) or (
                not turned and crossed and not mine[0] & theirs[0]
            ):
                return True
    return False


def _sides(read: Sequence[Unit], verb: Unit) -> tuple[set[str], set[str]]:
    """The names before and behind a word."""
    names = [unit for n, unit in enumerate(read) if unit.name or (n == 0 and not unit.light)]
    return (
        {unit.key for unit in names if unit.start < verb.start},
        {unit.key for unit in names if unit.start > verb.start},
    )


def is_of_another(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """A figure, year or name that stands behind other words, where another stands behind these."""
    for of in (is_year, _is_figure, _is_name):
        mine, theirs = _followed(claimed, of), _followed(passage, of)
        values = {value for held_values in theirs.values() for value in held_values}
        for value in {value for held_values in mine.values() for value in held_values}:
            anchors = [anchor for anchor, held_values in mine.items() if value in held_values and anchor in theirs]
            others = [anchor for anchor in anchors if value not in theirs[anchor]]
            if value not in values and of is not _is_name:
                continue
            if others and (len(others) == len(anchors) or any(_counts(anchor) for anchor in others)):
                return True
    return False


def _counts(anchor: str) -> bool:
    return anchor[0].isdigit() or anchor in exclusive.FRACTIONS


def has_another_subject(claimed: Sequence[Unit], passage: Sequence[Unit], named: Sequence[Unit]) -> bool:
    """A name in the place of the quote's own, which stands for no name before it."""
    if _refers(passage):
        return False
    mine, theirs = _leading(claimed), _leading(passage)
    if not (mine and theirs) or {unit.key for unit in mine} & keys(passage):
        return False
    if {unit.key for unit in theirs} & {unit.key for unit in claimed if unit.name or unit in mine}:
        return False
    verbs = [read[read.index(name[-1]) + 1 :][:1] for read, name in ((claimed, mine), (passage, theirs))]
    same = bool(verbs[0] and verbs[1]) and verbs[0][0].key == verbs[1][0].key
    elsewhere = {unit.key for unit in named if unit.name}
    return same or (len(theirs) > 1 and (len(mine) > 1 or mine[0].key in elsewhere or mine[0].key not in keys(named)))


def _refers(passage: Sequence[Unit]) -> bool:
    """Whether it speaks of somebody by a pronoun, or as the company, the maker."""
    return any(unit.word in lexicon.PRONOUNS for unit in passage) or any(
        before.word in ("the", "this") and unit.word in lexicon.REFERENTS for before, unit in pairwise(passage)
    )


def _leading(read: Sequence[Unit]) -> list[Unit]:
    """The name that a sentence begins with, if it may be one."""
    first = [unit for unit in read[:4] if unit.word != "the"]
    if not first or first[0].light or first[0].turning or first[0].kind == "number":
        return []
    behind = next((n for n, unit in enumerate(first[1:], start=1) if not unit.name), len(first))
    return first[:behind]


def _is_figure(unit: Unit) -> bool:
    return unit.kind == "number" and not is_year(unit) and not unit.key.endswith(".")


def _is_name(unit: Unit) -> bool:
    return unit.name


def _followed(read: Sequence[Unit], of: Callable[[Unit], bool]) -> dict[str, set[str]]:
    """The next of a kind behind each figure of another kind, and behind the two telling words before it."""
    by_role: dict[str, set[str]] = {}
    words: list[str] = []
    figures: list[str] = []
    for place, unit in enumerate(read):
        if of(unit):
            if place and of(read[place - 1]):
                continue
            for anchor in (*words[-2:], *figures):
                by_role.setdefault(anchor, set()).add(unit.key)
            words, figures = [], []
        elif unit.kind == "number" or unit.key in exclusive.FRACTIONS:
            figures.append(unit.key)
        elif not (unit.light or unit.turning):
            words.append(f"{unit.key} (passive)" if unit.passive else unit.key)
    return by_role
