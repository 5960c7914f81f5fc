"""Text as a reader sees it: without characters that show nothing, and with tidy white space."""

import re

# What has no width, reorders, or tags: an old way to hide words from a reader, and to break them up for a search.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff\ud800-\udfff]"
)
# A joiner belongs to the letters around it in Arabic, Indic and emoji writing, and to nothing else.
_LOOSE_JOINER = re.compile("(?<![\u0600-\u0dff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"[^\S\n]+")


def visible(text: str) -> str:
    """The text without what cannot be seen; lines without surrounding space, at most one empty line between two."""
    text = re.sub(r"\r\n?|[\x0b\x0c\u2028\u2029]", "\n", text)
    text = _CONTROL.sub("", _LOOSE_JOINER.sub("", _UNSEEN.sub("", text)))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
