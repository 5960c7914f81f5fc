"""Web and mail addresses in a text: data must not smuggle one into what is sent."""

import re

_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{0,30}://[^\s<>\"“”]+|\bwww\.[^\s<>\"“”]+"
    r"|(?<![^\s@<>\"“”,;()])[^\s@<>\"“”,;()]+@[^\s@<>\"“”,;()]+\.\w+",
    re.I,
)
_TRAILING = ".,;:!?)]}\u2019'"


def addresses(text: str) -> set[str]:
    """Every address, lower-case and without the sentence's punctuation."""
    return {found.group().rstrip(_TRAILING).lower() for found in _ADDRESS.finditer(text)}
