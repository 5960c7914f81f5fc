"""Takes out what a model thinks aloud before it answers: in tags of several names, or in a channel of its own."""

import re
from collections.abc import Iterator

from shared.kit.patterns import lazy_pattern

_NAMES = ("think", "thinking", "thought", "thoughts", "reasoning", "reflection", "analysis", "scratchpad")
_EACH = "|".join(_NAMES)
_CLOSED = lazy_pattern(rf"[<\[]/(?:{_EACH})[>\]]", re.IGNORECASE)
_OPENED = lazy_pattern(rf"[<\[](?:{_EACH})(?:\s[^<>\[\]]{{0,200}})?[>\]]", re.IGNORECASE)
_FINAL = lazy_pattern(r"<\|channel\|>final(?:\s[^<]{0,100})?<\|message\|>")
_MARK = lazy_pattern(r"<\|(?:end|return|start|channel|message|im_start|im_end|eot_id)\|>")
_BEGINNINGS = tuple(f"{bracket}{name}" for name in _NAMES for bracket in "<[")
_LONGEST = max(map(len, _BEGINNINGS))


def without_thoughts(text: str) -> str:
    """The text without what the model has thought aloud; thoughts that do not end last to the end."""
    if final := list(_FINAL.finditer(text)):
        return _MARK.split(text[final[-1].end() :])[0]
    text = "".join(_outside_tags(text))
    closed = list(_CLOSED.finditer(text))
    return text[closed[-1].end() :] if closed else text


def _outside_tags(text: str) -> Iterator[str]:
    place = 0
    while opened := _OPENED.search(text, place):
        yield text[place : opened.start()]
        closed = _CLOSED.search(text, opened.end())
        if closed is None:
            return
        place = closed.end()
    yield text[place:]


def streamed_without_thoughts(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces of a text without the thoughts that it begins with."""
    begun = ""
    for piece in pieces:
        begun += piece
        if not _may_be_thinking(begun.lstrip()):
            break
    yield without_thoughts(begun) if _begins_with_thoughts(begun.lstrip()) else begun
    yield from pieces


def _begins_with_thoughts(begun: str) -> bool:
    return begun.startswith("<|channel|>") or bool(_OPENED.match(begun))


def _may_be_thinking(begun: str) -> bool:
    """Whether the text may begin with thoughts that have not ended yet."""
    if "<|channel|>".startswith(begun) or begun.startswith("<|channel|>"):
        return not _FINAL.search(begun)
    if _OPENED.match(begun):
        return not _CLOSED.search(begun)
    lowered = begun.lower()
    return any(
        name.startswith(lowered) or (lowered.startswith(name) and ">" not in begun and "]" not in begun)
        for name in _BEGINNINGS
    )
