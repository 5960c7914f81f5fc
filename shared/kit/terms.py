"""The words of a text that carry meaning, folded so that `schools` and `School` are the same term."""

import re

from shared.kit.tokens import words

_COMMON = """
a about above after again all also am among an and any are as at be because been before being below between both but by
can could did do does doing down during each few for from further had has have having he her here hers him his
how i if in into is it its just me more most my no nor not now of off on once only or other our out over own per
same she should so some such than that the their them then there these they this those through to too under
one two three four five six seven eight nine ten first second third
until up us very was we were what when where which while who whom why will with within without would you your
"""
_STOP_WORDS = frozenset(_COMMON.split())
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\s*\n+\s*")


def stem(word: str) -> str:
    """Without the plural's ending: the mildest stemmer, which joins few words that do not belong together."""
    if len(word) > 4 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def is_telling(word: str) -> bool:
    return len(word) > 1 and word not in _STOP_WORDS


def terms(text: str) -> list[str]:
    """The telling words, folded, in the order of the text; repeated as often as they occur."""
    return [stem(word) for word in words(text) if is_telling(word)]


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line break ends one too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
