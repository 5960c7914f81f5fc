"""Reads the styles that a page's own sheets and attributes give to its elements, as far as they hide text.

Only plain selectors are followed (`.note`, `#note`, `p.note`, `p`), and only rules outside of `@media` and the like,
which may hold for print alone, unless they hold for every screen. Sheets in files of their own are not read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.kit.patterns import lazy_pattern

_MAX_CHARACTERS = 200_000  # of all sheets
_SELECTOR = lazy_pattern(r"([a-z][a-z0-9]{0,20})?(?:([.#])([\w-]{1,100}))?", re.IGNORECASE)
_EVERYWHERE = lazy_pattern(
    r"@(?:media\s{1,9}(?:only\s{1,9})?(?:all|screen)|layer\b[^{}]*|supports\b[^{}]*)", re.IGNORECASE
)
_DEEPEST = 3  # rules within rules
_ESCAPE = lazy_pattern(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE)
_PAGE = {"html", "body", "head", "main", "article"}
_PAINT = {"color", "background", "background-color", "background-image"}
_READ = _PAINT | {
    "display", "visibility", "content-visibility", "clip", "clip-path", "transform", "opacity", "filter", "font-size",
    "font", "overflow", "overflow-y", "height", "width", "max-height", "max-width", "left", "top", "right", "bottom",
    "inset", "text-indent", "margin-left", "margin-top", "flex", "background-clip", "-webkit-background-clip",
    "-webkit-text-fill-color",
}  # fmt: skip
_IMPORTANT = "!important"
_PAINTED_BY_ATTRIBUTES = ("font", "body", "table", "tr", "td", "th")
_Selector = tuple[str, str, str]
Reasons = tuple[str, str, str, str, str, str]  # tag, class, id, color, bgcolor, style


@dataclass(frozen=True)
class Sheets:
    """The declarations by selectors, which are (tag, `.` or `#`, name); what is not asked for is empty. `complete`:
    no color is set where it is not read."""

    rules: Mapping[_Selector, Mapping[str, str]]
    complete: bool

    def reasons(self, element: Any) -> Reasons:
        """What an element's styles depend on: elements that are alike in it look alike."""
        tag, get = str(element.tag), element.get
        names = (get("class") or "", get("id") or "") if self.rules else ("", "")
        old = (get("color") or "", get("bgcolor") or "") if tag in _PAINTED_BY_ATTRIBUTES else ("", "")
        return (tag, *names, *old, get("style") or "")

    def styles(self, reasons: Reasons) -> dict[str, str]:
        """An element's declarations by their names: those that are nearer to it stand before others."""
        tag, classes, identity, color, background, written = reasons
        names = [("", ""), *((".", name) for name in classes.split()), ("#", identity)]
        styles: dict[str, str] = {}
        for selector in [(kind, *name) for name in names for kind in ("", tag)]:
            _add(styles, self.rules.get(selector, {}))
        attributes = {"color": color, "background-color": background}
        _add(styles, {name: value.lower().strip() for name, value in attributes.items() if value})
        _add(styles, _declarations(written) if written else {})
        return {name: value.removesuffix(_IMPORTANT).strip() for name, value in styles.items()}


def read(tree: Any) -> Sheets:
    """The sheets within a page."""
    sheets = "\n".join(sheet.text or "" for sheet in tree.iter("style"))
    rules: dict[_Selector, dict[str, str]] = {}
    complete = len(sheets) <= _MAX_CHARACTERS and tree.find(".//link[@rel='stylesheet']") is None
    for selectors, content in _rules(_without_comments(sheets[:_MAX_CHARACTERS])):
        declared = _declarations(content)
        plain = list(_plain(selectors))
        complete = complete and (len(plain) == selectors.count(",") + 1 or not re.search("background|color", content))
        for selector in plain if declared else ():
            bare = selector[0] in _PAGE and not selector[1]
            kept = {name: value for name, value in declared.items() if not bare or name in _PAINT}
            _add(rules.setdefault(selector, {}), kept)
    return Sheets(rules, complete)


def _add(styles: dict[str, str], more: Mapping[str, str]) -> None:
    for name, value in more.items():
        if not styles.get(name, "").endswith(_IMPORTANT) or value.endswith(_IMPORTANT):
            styles[name] = value


def _declarations(content: str) -> dict[str, str]:
    """The declarations that are read, in lower case; a later one stands in place of an earlier."""
    plain = _ESCAPE.sub(_unescaped, _without_comments(content)).lower()
    pairs = (declaration.partition(":") for declaration in plain.split(";"))
    styles: dict[str, str] = {}
    for name, _, value in pairs:
        if name.strip() in _READ:
            written, _, mark = value.partition("!")
            important = _IMPORTANT if mark.strip() == "important" else ""
            _add(styles, {name.strip(): " ".join(written.split()) + important})
    return styles


def _unescaped(escape: re.Match[str]) -> str:
    code = int(escape[1], 16) if escape[1] else 0
    return escape[2] or (chr(code) if 0 < code < 0xD800 else "")


def _without_comments(sheet: str) -> str:
    first, *others = sheet.split("/*")
    return "".join([first, *(other.partition("*/")[2] for other in others)])


def _plain(selectors: str) -> Iterator[_Selector]:
    for selector in selectors.split(","):
        match = _SELECTOR.fullmatch(selector.strip())
        if match and match[0]:
            yield (match[1] or "").lower(), match[2] or "", match[3] or ""


def _rules(sheet: str, deep: int = 0) -> Iterator[tuple[str, str]]:
    """The selectors and the declarations of each rule; those of rules that may not hold have no plain selector."""
    depth, start, selectors = 0, 0, ""
    for position, char in enumerate(sheet):
        if char == "{":
            if depth == 0:
                selectors, start = sheet[start:position].rpartition(";")[2].strip(), position + 1
            depth += 1
        elif char == "}" and depth:
            depth -= 1
            if depth == 0:
                if deep < _DEEPEST and _EVERYWHERE.fullmatch(selectors):
                    yield from _rules(sheet[start:position], deep + 1)
                else:
                    yield selectors, sheet[start:position]
                start = position + 1
