"""The terms of a text: its meaningful words, stemmed so that `schools` and `School` are the same term."""

import threading
from functools import lru_cache

import Stemmer

from shared.kit.tokens import words

_COMMON = """
a about above after again all also am among an and any are as at be because been before being below between both but by
can cannot could did do does doing down during each few for from further had has have having he her here hers him his
how i if in into is it its just me more most my no nor not now of off on once only or other our out over own per
same she should so some such than that the their them then there these they this those through to too under
one two three four five six seven eight nine ten first second third
until up us very was we were what when where which while who whom why will with within without would you your
"""
COMMON_WORDS = frozenset(_COMMON.split())  # of English: words that carry no meaning by themselves
_per_thread = threading.local()  # a stemmer is not thread-safe


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word's stem (Snowball, English), equal for all its forms; not for people to read."""
    if not hasattr(_per_thread, "stemmer"):
        _per_thread.stemmer = Stemmer.Stemmer("english")
    folded: str = _per_thread.stemmer.stemWord(word)
    return folded


def is_telling(word: str) -> bool:
    """Whether a lower-case word carries meaning: no stop word, and longer than one letter."""
    return len(word) > 1 and word not in COMMON_WORDS


def terms(text: str) -> list[str]:
    """The stems of a text's meaningful words, in the order of the text, with repetitions."""
    return [term for word in words(text) if (term := _term(word))]


@lru_cache(maxsize=50_000)
def _term(word: str) -> str:
    """The word's stem; nothing for one that does not tell."""
    return stem(word) if is_telling(word) else ""
