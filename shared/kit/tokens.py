"""Word prefixes: what makes a collection searchable as one types, with one array-contains."""

import re
from collections.abc import Iterable

MAX_TOKENS = 200
SHORTEST, LONGEST = 1, 12


def words(text: str) -> list[str]:
    """The words of a text, lower-case."""
    return re.findall(r"\w+", text.lower())


def prefixes(texts: Iterable[str | None]) -> list[str]:
    """The prefixes of all words, at most MAX_TOKENS, earlier texts first."""
    found: dict[str, None] = {}
    for text in texts:
        for word in words(text or ""):
            for end in range(min(SHORTEST, len(word)), min(LONGEST, len(word)) + 1):
                found[word[:end]] = None
            if len(found) >= MAX_TOKENS:
                return list(found)[:MAX_TOKENS]
    return list(found)


def matches(search: str, tokens: Iterable[str]) -> bool:
    """Whether each word of the search begins some word of the texts."""
    known = set(tokens)
    return all(word[:LONGEST] in known for word in words(search))
