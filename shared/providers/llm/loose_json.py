"""Finds the JSON values in a text that a model has written, as JSON or nearly so: odd quotes, commas, cut ends."""

import json
import re
from collections.abc import Iterator
from typing import Any

from shared.kit.patterns import lazy_pattern

_FENCE = lazy_pattern(r"```[\w-]{0,20}\s*\n?")
_ESCAPED = lazy_pattern(r"\\(?=[_*#\[\]])")  # as in markdown
_STARTS = 50  # places at which a value may begin that are tried; of a text that has to be mended, a few
_MENDED_STARTS = 3
_DEEPEST, _LONGEST = 30, 60_000  # brackets within each other, and characters, of a text that is mended
_CLOSING = {"{": "}", "[": "]"}


def values(text: str) -> Iterator[Any]:
    """The values that are JSON: the whole, then those that begin at a bracket."""
    decoder = json.JSONDecoder(strict=False)
    for source in dict.fromkeys([text, _FENCE.sub("", text), _ESCAPED.sub("", text), _unquoted(text)]):
        ends = 0
        for start in _starts(source, _STARTS):
            if start < ends:
                continue
            try:
                value, ends = decoder.raw_decode(source, start)
            except (ValueError, RecursionError):
                continue
            yield value


def mended(text: str) -> Iterator[Any]:
    """The values that are nearly JSON. Of one whose end is missing what is complete: a sentence that breaks off is
    nobody's."""
    import json_repair  # for the few answers that need it

    plain = _ESCAPED.sub("", _FENCE.sub("", text))
    for start in _starts(plain, _MENDED_STARTS):
        source = _complete(plain[start : start + _LONGEST])
        if source is None:
            continue
        try:
            yield json_repair.loads(source)
        except (ValueError, RecursionError):
            continue


def _starts(source: str, most: int) -> list[int]:
    return [match.start() for match in re.finditer(r"[{\[]", source)][:most]


def _unquoted(text: str) -> str:
    """The text that a JSON string holds, where it is one."""
    try:
        held = json.loads(text) if text.startswith('"') else ""
    except (ValueError, RecursionError):
        return ""
    return held if isinstance(held, str) else ""


def _complete(source: str) -> str | None:
    """A value up to its end or, where it has none, up to the last entry of a list that has one, closed behind that."""
    opened: list[str] = []
    quoted = escaped = False
    kept: str | None = None
    for place, char in enumerate(source):
        if quoted:
            quoted = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in _CLOSING:
            opened.append(char)
            if len(opened) > _DEEPEST:
                return None
        elif opened and char == _CLOSING[opened[-1]]:
            opened.pop()
            if not opened:
                return source[: place + 1]
            if opened[-1] == "[":
                kept = source[: place + 1] + "".join(_CLOSING[bracket] for bracket in reversed(opened))
    return kept
