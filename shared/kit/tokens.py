"""Word prefixes: what makes a collection searchable as one types, with one array-contains."""

import re
from collections.abc import Iterable

MAX_TOKENS = 200
MAX_WHOLE = 400  # of a long text the further words, found when they are typed in full
SHORTEST, LONGEST = 1, 12


def words(text: str) -> list[str]:
    """The words of a text, lower-case."""
    return re.findall(r"\w+", text.lower())


def prefixes(texts: Iterable[str | None]) -> list[str]:
    """The prefixes of all words, earlier texts first; beyond MAX_TOKENS the words alone."""
    found: dict[str, None] = {}
    whole: dict[str, None] = {}
    for text in texts:
        for word in words(text or ""):
            if len(found) < MAX_TOKENS:
                found |= dict.fromkeys(word[:end] for end in range(SHORTEST, min(LONGEST, len(word)) + 1))
            elif len(whole) < MAX_WHOLE:
                whole[word[:LONGEST]] = None
    return list(found | whole)


def matches(search: str, tokens: Iterable[str]) -> bool:
    """Whether each word of the search begins some word of the texts."""
    known = set(tokens)
    return all(word[:LONGEST] in known for word in words(search))
