"""Web and mail addresses in a text: an address that comes from data must not get into a text that is sent."""

import re

from shared.kit.patterns import lazy_pattern

_ADDRESS = lazy_pattern(
    r"\b[a-z][a-z0-9+.-]{0,30}://[^\s<>\"“”]+|\bwww\.[^\s<>\"“”]+"
    r"|(?<![^\s@<>\"“”,;()])[^\s@<>\"“”,;()]+@[^\s@<>\"“”,;()]+\.\w+",
    re.I,
)
_TRAILING = ".,;:!?)]}\u2019'"


def find_addresses(text: str) -> set[str]:
    """Every web and mail address of the text, in lower case and without the sentence's punctuation."""
    return {match.group().rstrip(_TRAILING).lower() for match in _ADDRESS.finditer(text)}
