"""Extracts the text of a Word document: paragraphs, headings, items and tables."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from shared.errors import Invalid
from shared.providers.extract.base import MAX_PART, MAX_UNPACKED, Content

_MAX_PARTS = 5_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read(content: bytes) -> Content:
    """Read a DOCX. Raises Invalid for a document that would unpack to more than the limits."""
    _check_sizes(content)
    import docx

    document = docx.Document(io.BytesIO(content))
    reader = _Reader(document)
    properties = document.core_properties
    created = None
    with suppress(ValueError):
        created = properties.created or properties.modified
    return Content(
        reader.text(),
        title=properties.title or reader.heading,
        published=created.date().isoformat() if created else None,
    )


def _check_sizes(content: bytes) -> None:
    """Check the declared sizes before unpacking; the zip reader itself stops at the size an entry declares."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    markup = [part.file_size for part in parts if part.filename.endswith((".xml", ".rels"))]
    if len(parts) > _MAX_PARTS or sum(p.file_size for p in parts) > MAX_UNPACKED or max(markup, default=0) > MAX_PART:
        raise Invalid.of("file", "The DOCX unpacks to more than is read here; split it, or save its text alone.")


class _Reader:
    """Walks the document's XML, since python-docx's own walk leaves out content controls and insertions."""

    def __init__(self, document: Any) -> None:
        self._body = document.element.body
        styles = document.styles.element
        self._names = {style.styleId: style.name_val or "" for style in styles.style_lst}
        self._hidden = set(styles.xpath("//w:style[w:rPr/w:vanish]/@w:styleId"))
        self.heading = ""

    def text(self) -> str:
        return "\n\n".join(block for block in self._blocks(self._body) if block.strip())

    def _blocks(self, parent: Any) -> Iterator[str]:
        for child in parent.iterchildren(f"{_W}p", f"{_W}tbl", f"{_W}sdt"):
            if child.tag == f"{_W}p":
                yield self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield "\n".join(self._row(row) for row in child.iter(f"{_W}tr") if _table_of(row) is child)
            else:
                for inside in child.iterchildren(f"{_W}sdtContent"):
                    yield from self._blocks(inside)

    def _row(self, row: Any) -> str:
        cells = (cell for cell in row.iter(f"{_W}tc") if _table_of(cell) is _table_of(row))
        return " | ".join(" ".join(" ".join(self._blocks(cell)).split()) for cell in cells)

    def _paragraph(self, paragraph: Any) -> str:
        style = paragraph.style
        if style in self._hidden:
            return ""
        words = "".join(part for run in paragraph.iter(f"{_W}r") if self._shows(run) for part in _parts(run)).strip()
        name = self._names.get(style, "").lower()
        if words and (name == "title" or name.startswith("heading ")):
            self.heading = self.heading or " ".join(words.split())
            level = int(name[-1]) if name[-1].isdecimal() else 1
            return f"{'#' * min(level, 6)} {' '.join(words.split())}"
        is_item = name.startswith("list") or paragraph.find(f"{_W}pPr/{_W}numPr") is not None
        return f"- {words}" if words and is_item else words

    def _shows(self, run: Any) -> bool:
        vanish = run.find(f"{_W}rPr/{_W}vanish")
        if vanish is not None and vanish.get(f"{_W}val", "true") not in ("0", "false", "off"):
            return False
        return run.style not in self._hidden and next(run.iterancestors(_FALLBACK), None) is None


def _parts(run: Any) -> Iterator[str]:
    """The text of a run, without deleted text and field codes, which have other tags."""
    for child in run.iterchildren():
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]


def _table_of(element: Any) -> Any:
    return next(element.iterancestors(f"{_W}tbl"), None)
