"""Finds words for a missing value where a text needs a value: `your work at null`, `Phone: N/A`, `undefined's team`.

Prose contains these words too (`null hypothesis`, `None of us`, German `null`), so the position decides.
"""

from collections.abc import Iterator

from shared.kit.field_words import NAMES, split
from shared.kit.patterns import lazy_pattern

_PHRASE_END = (
    r"(?=\s*(?:[,;!?)\n]|\.(?!\w)|$)|\s+(?:and|or|is|are|was|has|have|had|looks?|seems?|in|at|as|on|for|to|with|who|which"
    r"|that|I|we|my|our|your|team|today|recently)\b)"
)
_IN_PHRASES = (
    r"\[object Object\]|\((?:null|None|undefined)\)|#(?:N/A|REF!|VALUE!|NAME\?)(?!\w)",
    r"\b(?:[Aa]t|[Ff]or|[Ff]rom|[Ww]ith|[Bb]y|[Aa]s|[Aa]bout|[Yy]our|[Ww]elcome to)"
    rf"\s(?:null|NULL|None|undefined|NaN)\b{_PHRASE_END}",
    rf"\b(?:[Ii]n|[Oo]f|[Tt]o|[Oo]n)\sundefined\b{_PHRASE_END}",
    r"\b(?:bei|für|von|mit|als|chez|pour|de|avec|en|para|con|por|como|presso|voor|van|bij)\s(?:undefined|NaN|None)\b",
    r"\b(?:[Aa]t|[Ff]or|[Ff]rom|[Ww]ith|[Bb]y|[Ii]n|[Oo]f|[Aa]bout|bei|für|von|mit|chez|pour|avec|para|con|voor|bij)"
    r"\s(?:N/A|n/a|#N/A)(?!\w)",
    r"\b(?:your|Your|the|a|an) [a-z]{2,12} as (?:a |an |the )?(?:N/A|n/a)(?!\w)",
    r"\b(?:null|undefined|None|NaN)['’]s\b|\bN/A['’]s\b",
    r"(?:^|(?<=[.!?]\s)|(?<=\n))(?:null|undefined)(?=\s(?:is|has|was|and|looks|seems)\b|\s?[:,–—]\s)",
    r"[$€£]\s?(?:NaN|null|undefined)\b|\bNaN\s?(?:%|€|percent\b|employees\b|people\b|users\b)",
)
_DASH_AFTER_PREPOSITION = lazy_pattern(r"\b(?:[Aa]t|[Ff]or|[Ff]rom|[Ww]ith|[Aa]s)\s[-–—](?=\s?[,;!?]|\s?\.(?!\w)|\s?$)")
_GAP_AFTER_PREPOSITION = lazy_pattern(r"\b(?:at|for|from|with|as|bei|für|von|mit|als)\s{1,2}(?:,|\.(?![\w.]))(?=\s|$)")
_IN_PHRASE = lazy_pattern("|".join(f"(?:{pattern})" for pattern in _IN_PHRASES))
# A quick pattern that a text must match before the slow pattern beside it runs: most texts match none.
_HINTS = (
    (lazy_pattern(r"null|NULL|undefined|None|NaN|[Nn]/[Aa]|\[object |#(?:REF|VALUE|NAME)"), _IN_PHRASE),
    (lazy_pattern(r" [-–—]\s?(?:[,;!?.]|$)"), _DASH_AFTER_PREPOSITION),
    (lazy_pattern(r" [,.](?:\s|$)"), _GAP_AFTER_PREPOSITION),
)
_MISSING = frozenset(("null", "NULL", "undefined", "None", "NaN", "N/A", "n/a", "#N/A", "nil", "-", "–", "—"))
_MAX_LABEL = 40


def find_missing_values(text: str) -> Iterator[tuple[int, int]]:
    """Yields the span of each phrase or line that has a word for a missing value, or a gap, in place of a value."""
    for hint, pattern in _HINTS:
        if hint.search(text):
            yield from (match.span() for match in pattern.finditer(text))
    start, is_single_line = 0, "\n" not in text.strip()
    for line in text.split("\n"):
        if len(line) <= 2 * _MAX_LABEL and _is_missing_value(line, is_whole_text=is_single_line):
            yield start, start + len(line)
        start += len(line) + 1


def _is_missing_value(line: str, *, is_whole_text: bool) -> bool:
    """Whether the line consists of a word for a missing value, or of a label and such a word.

    A dash alone counts only where it is the whole text.
    """
    label, colon, value = line.rpartition(":")
    word = (value if colon else line).strip(" \t\r*").rstrip(".,;!")
    if not colon:
        bulleted = word.removeprefix("- ").removeprefix("• ").strip()
        return bulleted in _MISSING and (is_whole_text or not set(bulleted) <= set("-–—"))
    label = label.strip(" \t*-•")
    if word not in _MISSING or not 0 < len(label) <= _MAX_LABEL:
        return False
    return word != "None" or any(part in NAMES for part in split(label))  # “Setup fee: None” is an answer
