"""Word prefixes, stored with a document so that one array-contains serves a search-as-you-type."""

import re
from collections.abc import Iterable

MAX_TOKENS = 200
MAX_WHOLE = 400  # of a long text the further words, which match only when typed in full
SHORTEST, LONGEST = 1, 12


def words(text: str) -> list[str]:
    """The words of a text, lower-case."""
    return re.findall(r"\w+", text.lower())


def prefixes(texts: Iterable[str | None]) -> list[str]:
    """The prefixes of all words, earlier texts first; beyond MAX_TOKENS the whole words alone."""
    tokens: dict[str, None] = {}
    whole: dict[str, None] = {}
    for text in texts:
        for word in words(text or ""):
            if len(tokens) < MAX_TOKENS:
                tokens |= dict.fromkeys(word[:end] for end in range(SHORTEST, min(LONGEST, len(word)) + 1))
            elif len(whole) < MAX_WHOLE:
                whole[word[:LONGEST]] = None
    return list(tokens | whole)


def matches(search: str, tokens: Iterable[str]) -> bool:
    """Whether each word of the search begins some word of the texts."""
    held = set(tokens)
    return all(word[:LONGEST] in held for word in words(search))
