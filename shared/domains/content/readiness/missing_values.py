"""Words for no value that stand where a text wants one: `your work at null`, `Phone: N/A`, `undefined's team`.

Prose has these words too (`null hypothesis`, `None of us`, German `null`), so the place decides.
"""

import re
from collections.abc import Iterator

from shared.kit.field_words import NAMES, split

_FOLLOWS = (
    r"(?=\s*(?:[,;!?)\n]|\.(?!\w)|$)|\s+(?:and|or|is|are|was|has|have|had|looks?|seems?|in|at|as|on|for|to|with|who|which"
    r"|that|I|we|my|our|your|team|today|recently)\b)"
)
_WORDED = (
    r"\[object Object\]|\((?:null|None|undefined)\)|#(?:N/A|REF!|VALUE!|NAME\?)(?!\w)",
    r"\b(?:[Aa]t|[Ff]or|[Ff]rom|[Ww]ith|[Bb]y|[Aa]s|[Aa]bout|[Yy]our|[Ww]elcome to)"
    rf"\s(?:null|NULL|None|undefined|NaN)\b{_FOLLOWS}",
    rf"\b(?:[Ii]n|[Oo]f|[Tt]o|[Oo]n)\sundefined\b{_FOLLOWS}",
    r"\b(?:bei|für|von|mit|als|chez|pour|de|avec|en|para|con|por|como|presso|voor|van|bij)\s(?:undefined|NaN|None)\b",
    r"\b(?:[Aa]t|[Ff]or|[Ff]rom|[Ww]ith|[Bb]y|[Ii]n|[Oo]f|[Aa]bout|bei|für|von|mit|chez|pour|avec|para|con|voor|bij)"
    r"\s(?:N/A|n/a|#N/A)(?!\w)",
    r"\b(?:your|Your|the|a|an) [a-z]{2,12} as (?:a |an |the )?(?:N/A|n/a)(?!\w)",
    r"\b(?:null|undefined|None|NaN)['’]s\b|\bN/A['’]s\b",
    r"(?:^|(?<=[.!?]\s)|(?<=\n))(?:null|undefined)(?=\s(?:is|has|was|and|looks|seems)\b|\s?[:,–—]\s)",
    r"[$€£]\s?(?:NaN|null|undefined)\b|\bNaN\s?(?:%|€|percent\b|employees\b|people\b|users\b)",
)
_DASHED = re.compile(r"\b(?:[Aa]t|[Ff]or|[Ff]rom|[Ww]ith|[Aa]s)\s[-–—](?=\s?[,;!?]|\s?\.(?!\w)|\s?$)")
_HOLED = re.compile(r"\b(?:at|for|from|with|as|bei|für|von|mit|als)\s{1,2}(?:,|\.(?![\w.]))(?=\s|$)")
_FOUND = re.compile("|".join(f"(?:{pattern})" for pattern in _WORDED))
# What a text must have in it for a pattern to be worth its time: most texts have none of it.
_HINTS = (
    (re.compile(r"null|NULL|undefined|None|NaN|[Nn]/[Aa]|\[object |#(?:REF|VALUE|NAME)"), _FOUND),
    (re.compile(r" [-–—]\s?(?:[,;!?.]|$)"), _DASHED),
    (re.compile(r" [,.](?:\s|$)"), _HOLED),
)
_WORDS = frozenset(("null", "NULL", "undefined", "None", "NaN", "N/A", "n/a", "#N/A", "nil", "-", "–", "—"))
_MAX_LABEL = 40


def find(text: str) -> Iterator[tuple[int, int]]:
    """Where such words stand, each with what makes it a value's place."""
    for hint, pattern in _HINTS:
        if hint.search(text):
            yield from (match.span() for match in pattern.finditer(text))
    start, only = 0, "\n" not in text.strip()
    for line in text.split("\n"):
        if len(line) <= 2 * _MAX_LABEL and _stands_alone(line, only=only):
            yield start, start + len(line)
        start += len(line) + 1


def _stands_alone(line: str, *, only: bool) -> bool:
    """A line that is nothing but the word, or a label and the word."""
    label, colon, value = line.rpartition(":")
    word = (value if colon else line).strip(" \t\r*").rstrip(".,;!")
    if not colon:
        bulleted = word.removeprefix("- ").removeprefix("• ").strip()
        return bulleted in _WORDS and (only or not set(bulleted) <= set("-–—"))
    label = label.strip(" \t*-•")
    if word not in _WORDS or not 0 < len(label) <= _MAX_LABEL:
        return False
    return word != "None" or any(part in NAMES for part in split(label))  # “Setup fee: None” is an answer
