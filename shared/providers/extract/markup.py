"""Parses HTML to a tree without hidden elements, and renders such a tree as plain text."""

import re
from typing import Any

from shared.providers.extract import definitions, spans, tables, visibility
from shared.providers.extract.base import MAX_MARKUP

_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "p div section article main header footer nav aside address blockquote pre ul ol dl dt dd table thead tbody "
        "figure figcaption fieldset form details summary hr body list quote title",
    )
)
_ITEMS = {"li": ("- ", "item"), "item": ("- ", "item"), "tr": ("", "row"), "row": ("", "row")}
_CELLS = ("td", "th", "cell")


def parsed(html: str) -> Any:
    """Parse HTML to an lxml element without comments and hidden elements; None if empty. Raises MemoryError."""
    import lxml.html
    from lxml import etree

    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    raw = html[:MAX_MARKUP].replace("\0", "").encode("utf-8", errors="replace")
    try:
        tree = lxml.html.document_fromstring(raw, parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        if getattr(error, "code", 0) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        return None
    visibility.remove(tree)
    spans.spread(tree)
    definitions.name_terms(tree)
    return tree


class _Lines:
    """Collects the lines of a tree in order; list items, table rows and lines around a <br> stay together."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._words: list[str] = []
        self._any = False
        self._lead = self._group = self._last = ""

    def add(self, text: str | None) -> None:
        if text:
            self._words.append(text)
            self._any = self._any or not text.isspace()

    def end(self, lead: str = "", group: str = "") -> None:
        """End the line; the next one begins with `lead`."""
        line = " ".join("".join(self._words).split())
        if line:
            together = self._group == "br" or (self._group and self._group == self._last)
            self._parts += ["\n" if together else "\n\n", self._lead, line]
            self._last = self._group
        if line or lead or not self._lead:  # an item whose text is in a paragraph of its own keeps its mark
            self._lead, self._group = lead, group
        self._words, self._any = [], False

    def cell(self, between: str) -> None:
        if self._any:
            while self._words[-1].isspace():
                self._words.pop()
            self._words[-1] = self._words[-1].rstrip()
            self._words.append(between)

    def text(self) -> str:
        self.end()
        return "".join(self._parts).strip()


def text_of(tree: Any) -> str:
    """Render an HTML tree, or trafilatura's tree, as text with headings and items marked."""
    from lxml import etree

    tables.label(tree)
    lines = _Lines()
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag in visibility.SILENT or (tag == "head" and element.get("rend") is None):
                continue
            _open(lines, element)
            lines.add(element.text)
        else:
            if tag in _BLOCKS or tag in _ITEMS or tag in _HEADINGS or tag == "head":
                lines.end()
            if element is not tree:
                lines.add(element.tail)
    return lines.text()


def _open(lines: _Lines, element: Any) -> None:
    tag = element.tag
    if tag == "head":  # trafilatura's heading
        tag = element.get("rend")
    if tag in _HEADINGS:
        lines.end(_HEADINGS[tag])
    elif tag in _ITEMS:
        lines.end(*_ITEMS[tag])
    elif tag in _CELLS:
        lines.cell("; " if element.get(tables.LABELLED) else ": " if element.get(tables.OF_HEADING) else " | ")
    elif tag in ("br", "lb"):
        lines.end(group="br")
    elif tag in _BLOCKS:
        lines.end()
