"""What makes a sentence a claim of its own: its numbers, its names, whether it denies, and its telling words."""

import re
import unicodedata

from shared.domains.research.guard import visible
from shared.kit.patterns import lazy_pattern
from shared.kit.terms import is_telling, stem, terms
from shared.kit.tokens import words

_NUMBER = lazy_pattern(r"\d+(?:[.,]\d+)*")
_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
_SPELLED = {word: str(value) for value, word in enumerate(_WORDS.split())}
_DENIAL = lazy_pattern(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|cannot|without|hardly|lacks?|fails? to|failed to|unable|"
    r"refuses? to|refused to)\b|n't\b"
)
_NAME = lazy_pattern(r"(?<![.!?:\"“(\[] )(?<!^)(?<![\w'’\-])([A-Z][\w]*(?:[A-Z]\w*)*)")


def folded(text: str) -> str:
    """The words alone, so that texts are the same whatever their blanks, case and punctuation."""
    return " ".join(words(unicodedata.normalize("NFKC", visible(text))))


def numbers(text: str) -> set[str]:
    """Its figures, written one way: 1,200 is 1200, and 40.0 is 40."""
    return {_plain(number) for number in _NUMBER.findall(text)}


def numbers_said(text: str) -> set[str]:
    """Its figures, and those that are spelled out."""
    return numbers(text) | {_SPELLED[word] for word in words(text) if word in _SPELLED}


def names(text: str) -> set[str]:
    """The words that are written with a capital where no sentence begins, in lower case."""
    return {name.lower() for name in _NAME.findall(text)} - {"i"}


def subject(text: str) -> str | None:
    """The first word in lower case, where it tells something: it may be a name, which its capital does not show."""
    first = next(iter(words(text)), "")
    return first if is_telling(first) and not first[0].isdigit() else None


def denies(text: str) -> bool:
    return bool(_DENIAL.search(text.lower().replace("\u2019", "'")))


def coverage(claim: str, passage: str) -> float:
    """The share of the claim's telling words that the passage has."""
    return covered(set(terms(claim)), set(terms(passage)))


def covered(claim: set[str], passage: set[str]) -> float:
    return len(claim & passage) / len(claim) if claim else 0.0


def stems(text: str) -> set[str]:
    """All words of a text by their stems, telling or not."""
    return {stem(word) for word in words(text)}


def _plain(number: str) -> str:
    bare = re.sub(r",(?=\d{3}(?:\D|$))", "", number).replace(",", ".")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare
