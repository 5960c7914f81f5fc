"""Placeholders in a text: `{name}` and `{{ name }}`, filled in one pass, so that no value is ever read again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{\{\s*([^\W\d]\w{0,59})\s*\}\}|\{([^\W\d]\w{0,59})\}")


@dataclass(frozen=True)
class Filled:
    """The text with its values; `missing` names the placeholders that had none and stayed."""

    text: str
    missing: list[str]


class TooLong(ValueError):
    """The filled text would exceed the limit."""


def names(text: str) -> list[str]:
    """The placeholders of a text, each once, in order of appearance."""
    return list(dict.fromkeys(_name(found) for found in _PLACEHOLDER.finditer(text)))


def fill(text: str, values: Mapping[str, str], *, limit: int) -> Filled:
    """Insert the values as they are. Raises TooLong before more than `limit` characters are made."""
    parts: list[str] = []
    missing: dict[str, None] = {}
    size, end = len(text), 0
    for found in _PLACEHOLDER.finditer(text):
        name = _name(found)
        if name not in values:
            missing[name] = None
            continue
        parts += [text[end : found.start()], values[name]]
        end = found.end()
        size += len(values[name]) - len(found.group())
        if size > limit:
            raise TooLong(f"the filled text would exceed {limit:,} characters")
    return Filled("".join([*parts, text[end:]]), list(missing))


def _name(found: re.Match[str]) -> str:
    return found.group(1) or found.group(2)
