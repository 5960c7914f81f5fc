"""What a passage has to have before anybody may be believed who says that it supports a statement."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from shared.kit.word_table import table
from shared.verification.quantities import key_of
from shared.verification.units import Unit, units

_STEM = 4  # letters that a name shares with another form of it: Mexican, Mexico
_DENIALS = table("not no never none without nobody neither nor")
_NO_OWN_NAMES = table("i ceo cfo cto coo q h fy")


def figures_are_in(statement: str, passage: str) -> bool:
    """Whether the statement's figures are the passage's, or the sum or difference of two of them."""
    held = _figures(units(passage))
    wanted = _figures(units(statement)) - held
    return not wanted or wanted <= set(_derived(held))


def alike_in_figures(first: str, second: str) -> bool:
    """Whether two sentences have the same figures, and both or neither of them deny."""
    one, other = units(first), units(second)
    return _figures(one) == _figures(other) and denies(one) == denies(other)


def _figures(read: Sequence[Unit]) -> set[str]:
    return {unit.key for unit in read if unit.kind == "number"}


def denies(read: Sequence[Unit]) -> bool:
    """Whether a word among the units denies."""
    return any(unit.key in _DENIALS for unit in read)


def _derived(held: set[str]) -> Iterator[str]:
    values = [Decimal(key) for key in held if not key.endswith(".")]
    for one, other in combinations(values, 2):
        for value in (one + other, abs(one - other)):
            yield key_of(value)
    yield from (key.rstrip(".") if key.endswith(".") else f"{key}." for key in held)


def names_are_in(statement: str, texts: Sequence[str]) -> bool:
    """Whether the statement's names are in the texts, in any form; an abbreviation may be of words of theirs."""
    held = [unit for text in texts for unit in units(text) if unit.kind == "word"]
    words = {unit.word.lower() for unit in held}
    letters = {unit.word for unit in held if unit.name and len(unit.word) == 1}
    initials = "".join(unit.word[0] for unit in held)
    return all(_is_held(unit, words, letters, initials) for unit in units(statement) if unit.name)


def _is_held(name: Unit, words: set[str], letters: set[str], initials: str) -> bool:
    if len(name.word) == 1 and name.word not in _NO_OWN_NAMES:  # Series A is no Series B
        return name.word in letters
    if name.word in words or name.word in _NO_OWN_NAMES:
        return True
    if len(name.word) <= _STEM:
        return name.word.replace(".", "") in initials
    short = name.word[: max(_STEM, len(name.word) - 3)]
    return any(word.startswith(short) for word in words)
