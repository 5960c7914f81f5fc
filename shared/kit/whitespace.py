"""Removes whitespace and invisible characters: one rule for models, mail headers, file names and document texts.

Python, pydantic (Rust) and JavaScript disagree on which characters are whitespace; these functions decide for all.
"""

import re
from typing import Any

from shared.kit.patterns import lazy_pattern

# Characters without width, that reorder, or that tag: they hide words from a reader and break words up for a search.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff\ud800-\udfff"
)
_CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x9f"
_BREAK = lazy_pattern(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = lazy_pattern("(?:[^\\S\n]|\u2800)+")
_OVERRIDDEN = lazy_pattern("[\u202d\u202e][^\u202c\n]{0,20000}\u202c?")  # shown in another order than it is stored in
_CONTROL = lazy_pattern(f"[{_CONTROLS}]")
_NO_LETTER = lazy_pattern(f"[{_CONTROLS}\t\n\x0b\x0c\r\u2028\u2029\u2800]")
_INVISIBLE = lazy_pattern(f"[{_UNSEEN}]")
# A joiner belongs to the letters around it in Arabic, Indic and emoji writing, and to nothing else.
_LOOSE_JOINER = lazy_pattern("(?<![\u0600-\u0dff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]")
_VARIANT = "\ufe0f"  # of the character before it: at the start of a text, of none
_EDGE = lazy_pattern(f"[\\s{_CONTROLS}\u2800\u200c\u200d{_UNSEEN}]")

# A pattern that Python, Rust and JavaScript read alike: the text has a character that can be seen.
VISIBLE = (
    r"[^\s\x00-\x1f\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff]"
)
_SHOWN = lazy_pattern(VISIBLE)


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing of the text."""
    return _SHOWN.search(_INVISIBLE.sub("", text)) is None


def one_line(text: str) -> str:
    """The text as one line: breaks, tabs and control characters become single spaces, invisible ones go.

    A blank text becomes the empty one.
    """
    return " ".join(trimmed(_LOOSE_JOINER.sub("", _INVISIBLE.sub("", _NO_LETTER.sub(" ", text)))).split())


def trimmed(text: str) -> str:
    """The text without whitespace and invisible characters at its ends; its lines stay as they are.

    A blank text becomes the empty one.
    """
    if is_blank(text):
        return ""
    start, end = 0, len(text)
    while _EDGE.match(text, start) or text[start] == _VARIANT:
        start += 1
    while _EDGE.match(text, end - 1):
        end -= 1
    return text[start:end]


def visible(text: str) -> str:
    """The text as a reader sees it: lines without surrounding space, at most one empty line between two."""
    text = _OVERRIDDEN.sub("", _BREAK.sub("\n", text))
    text = _CONTROL.sub("", _LOOSE_JOINER.sub("", _INVISIBLE.sub("", text)))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def comma_separated(value: Any) -> Any:
    """The texts between the commas of a text, each on one line, without blank ones; any other value as it is."""
    return [line for part in value.split(",") if (line := one_line(part))] if isinstance(value, str) else value
