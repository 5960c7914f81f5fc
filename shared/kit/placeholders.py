"""Finds and fills the placeholders of a text, in every spelling that mail tools use.

Each pattern repeats one class of characters at most so often, so a scan takes time in proportion to the text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.kit.field_words import names_a_field
from shared.kit.patterns import lazy_pattern
from shared.kit.whitespace import one_line
from shared.kit.word_table import table

_SPELLINGS = {
    "triple": r"\{\{\{([^{}]{1,100})\}\}\}",
    "double": r"\{\{([^{}]{1,100})\}\}",
    "statement": r"\{%([^{}%]{1,100})%\}",
    "brace": r"[$#@]?\{([^{}]{1,100})\}",
    "wiki": r"\[\[([^\[\]]{1,60})\]\]",
    "bracket": r"\[([^\[\]]{1,60})\]",
    "percents": r"%%([^%\n]{1,60})%%",
    "percent": r"(?<![\w%])%([A-Za-z_]{3,60})%",
    "chevrons": r"<<([^<>]{1,60})>>",
    "erb": r"<%([^<>%]{1,100})%>",
    "chevron": r"<([^<>]{1,60})>",
    "merge": r"\*\|([^|\n]{1,60})\|\*",
    "underscores": r"(?<!\w)__([A-Z][A-Z0-9_ ]{0,58})__(?!\w)",
    "guillemets": r"«([^«»\s]{1,60})»",
    "hashes": r"##([^#\s]{1,60})##",
    "ats": r"@@([^@\s]{1,60})@@",
}
_EACH = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _SPELLINGS.items())
_ALL = lazy_pattern(rf"(?=[{{\[%<*_«#@$])(?:{_EACH})")
_IN_BRACES = lazy_pattern(r"\{\{\s*([^\W\d]\w{0,59})\s*\}\}|\{([^\W\d]\w{0,59})\}")
_SIGNS = lazy_pattern(r"[{\[<«]|%[%A-Za-z]|\*\||__|##|@@")
_BRACES = lazy_pattern(r"[{}|]")
_BACKTICKS = lazy_pattern(r"(?<![\w`\n])`[^`\n]{1,100}`(?![\w`])")
_CLOSED = lazy_pattern(r"</([^<>\s]{1,60})>")
_ADDRESS = lazy_pattern(
    r"\((?:https?:|mailto:|tel:|www\.|[/#]|[^\s()]{1,100}[.:/])|\[[^\[\]\n]{1,60}\]|:\s{1,3}https?:"
)
_SIMPLE = lazy_pattern(r"[!$]?\w[\w .'’/&+-]{0,99}")
_CODE = lazy_pattern(r"[<>=;()\"]|\|\|")
_IDENTIFIER = lazy_pattern(r"\w{0,100}(?:_|[a-z][A-Z])\w{0,100}")
_MAX_WORDS = 4  # of a name in braces; more are prose, unless they read like one
_HTML = table("address article code data date email form input label li link nav p section time title")


@dataclass(frozen=True)
class Placeholder:
    """A placeholder at `start:end` of a text. `in_code`: within backticks, or deeper in braces that hold code."""

    name: str
    text: str
    start: int
    end: int
    in_code: bool = False


@dataclass(frozen=True)
class Filled:
    """A filled text; `missing` names the placeholders that had no value and stayed."""

    text: str
    missing: list[str]


class TooLong(ValueError):
    """Raised where the filled text would exceed the limit."""


def find(text: str) -> list[Placeholder]:
    """All placeholders of a text, in order. Links, footnotes, HTML tags and check marks are not placeholders."""
    if not _SIGNS.search(text):
        return []
    nested, quoted, closed = _nested(text), _Quoted(text), frozenset(_CLOSED.findall(text))
    placeholders: list[Placeholder] = []
    position = 0
    while match := _ALL.search(text, position):
        kind, start, end = str(match.lastgroup), match.start(), match.end()
        name = one_line(match[int(match.lastindex or 0) + 1])
        position = start + 1  # what is no placeholder may have one in it
        if _is_placeholder(kind, name, text, start, end, closed):
            code = quoted.contains(start) or (kind == "brace" and end - 1 in nested)
            placeholders.append(Placeholder(name, match.group(), start, end, code))
            position = end
    return placeholders


def names(text: str) -> list[str]:
    """The names of a text's placeholders, each once, in order of appearance."""
    return list(dict.fromkeys(placeholder.name for placeholder in find(text)))


def fill(text: str, values: Mapping[str, str], *, limit: int) -> Filled:
    """Fill the placeholders with the values as they are. Raises TooLong above `limit` characters."""
    return _filled(text, find(text), values, limit)


def names_in_braces(text: str) -> list[str]:
    """The names of the placeholders spelled `{name}` or `{{ name }}`, as prompts have them."""
    return list(dict.fromkeys(placeholder.name for placeholder in _in_braces(text)))


def fill_braces(text: str, values: Mapping[str, str], *, limit: int) -> Filled:
    """Like `fill`, for the spellings `{name}` and `{{ name }}` alone."""
    return _filled(text, _in_braces(text), values, limit)


def _in_braces(text: str) -> list[Placeholder]:
    matches = _IN_BRACES.finditer(text)
    return [Placeholder(match[1] or match[2], match.group(), match.start(), match.end()) for match in matches]


def _filled(text: str, placeholders: Sequence[Placeholder], values: Mapping[str, str], limit: int) -> Filled:
    parts: list[str] = []
    missing: dict[str, None] = {}
    size, end = len(text), 0
    for placeholder in placeholders:
        value = values.get(placeholder.name)
        if value is None:
            missing[placeholder.name] = None
            continue
        parts += [text[end : placeholder.start], value]
        end = placeholder.end
        size += len(value) - len(placeholder.text)
        if size > limit:
            raise TooLong(f"the filled text would exceed {limit:,} characters")
    return Filled("".join([*parts, text[end:]]), list(missing))


def _is_placeholder(kind: str, name: str, text: str, start: int, end: int, closed: frozenset[str]) -> bool:
    """Whether a pattern's match is a placeholder: brackets and single signs only around the name of a field."""
    if not any(map(str.isalpha, name)):
        return kind == "brace" and name.isdecimal() and len(name) < 3 and not text[start - 1 : start].isalnum()
    match kind:
        case "triple" | "double" | "statement" | "erb" | "merge":
            return True
        case "brace":
            return _is_in_braces(name)
        case "wiki" | "chevrons" | "percents":
            return name[0].isalpha() and len(name.split()) <= _MAX_WORDS and not text[start - 1 : start].isdecimal()
        case "guillemets":
            return bool(_IDENTIFIER.fullmatch(name)) and names_a_field(name)
        case "bracket":
            before = text[start - 1 : start]
            indexed = before == "]" or (before.isascii() and (before.isalnum() or before == "_"))
            return names_a_field(name) and not indexed and not _ADDRESS.match(text, end)
        case "chevron":
            return names_a_field(name) and name not in _HTML and name not in closed
        case _:
            return names_a_field(name)


def _is_in_braces(name: str) -> bool:
    """Whether braces hold a placeholder: `{First Name}`, `{contact.name}`, `{Hi|Hello}`; not an object or code."""
    if "|" in name:
        return not _CODE.search(name)
    if not _SIMPLE.fullmatch(name):
        return False
    return len(name.split()) <= _MAX_WORDS or names_a_field(name)


class _Quoted:
    """The stretches of a text between backticks; call `contains` with ascending positions."""

    def __init__(self, text: str) -> None:
        self._spans = _BACKTICKS.finditer(text)
        self._span = next(self._spans, None)

    def contains(self, position: int) -> bool:
        while self._span and self._span.end() <= position:
            self._span = next(self._spans, None)
        return self._span is not None and self._span.start() < position


def _nested(text: str) -> set[int]:
    """Positions where nested braces close. Braces with `|` in them offer a choice: their content is text, not code."""
    opened: list[int] = []
    parents: dict[int, int | None] = {}
    choices: set[int] = set()
    closings: dict[int, int] = {}  # by where they open
    for match in _BRACES.finditer(text):
        at = match.start()
        if match.group() == "{":
            parents[at] = opened[-1] if opened else None
            opened.append(at)
        elif opened and match.group() == "}":
            closings[opened.pop()] = at
        elif opened:
            choices.add(opened[-1])
    within: set[int] = set()  # openings
    for at, parent in parents.items():
        if parent is not None and ((parent in closings and parent not in choices) or parent in within):
            within.add(at)
    return {closings[at] for at in within if at in closings}
