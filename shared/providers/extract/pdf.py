"""Extracts the text of a PDF, and joins its lines to paragraphs."""

import io
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from shared.errors import Invalid
from shared.kit.patterns import lazy_pattern
from shared.providers.extract import pdf_ink
from shared.providers.extract.base import MAX_CHARACTERS, MAX_PAGES, MAX_SECONDS, Content

_LEAST = 20  # characters: what a scan's stamp or page number has
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SOFT = "\u00ad"  # at a line's end, where a word was divided; elsewhere it was drawn, so it is a hyphen
_DRAWN = lazy_pattern("\u00ad(?=.)")
_DIVIDED = lazy_pattern(r"[^\W\d_]-$")
_COMPOUND = lazy_pattern(
    r"\b(?:self|full|part|long|short|well|non|high|low|semi|anti|multi|mid|ex|cross|half|first|third|decision|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|e|co)-$",
    re.IGNORECASE,
)
_BULLET = lazy_pattern(r"^[•▪◦‣●*]\s+")
_ITEM = lazy_pattern(r"(?:[•▪◦‣●*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")


class _Slow(Exception):
    """Raised where the document exceeds its time."""


def read(content: bytes, *, seconds: float = MAX_SECONDS) -> Content:
    """Read a PDF. Raises Invalid if it needs a password or has no text."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Invalid.of("file", "The PDF needs a password; save it without one and send that.")
    pages, notes = _pages(reader, seconds)
    text = "\n\n".join(_paragraphs(pages))
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    if len(text.strip()) < _LEAST:
        raise Invalid.of(
            "file", "The PDF has no text, only pictures of pages perhaps; run text recognition (OCR) on it first."
        )
    title, published = _metadata(reader)
    return Content(text, title=title, published=published, notes=tuple(notes))


def _pages(reader: Any, seconds: float) -> tuple[list[str], list[str]]:
    """The text of each page, and what was left out."""
    end = time.monotonic() + seconds

    def watch(*_: Any) -> None:
        if time.monotonic() > end:
            raise _Slow

    pages: list[str] = []
    total = len(reader.pages)
    try:
        for page in reader.pages[:MAX_PAGES]:
            pages.append(_page(page, watch))
            if sum(map(len, pages)) > 2 * MAX_CHARACTERS:
                break
    except _Slow:
        return pages, [f"Reading the PDF took too long; only its first {len(pages)} of {total} pages were read."]
    return pages, [f"Only the first {MAX_PAGES} of {total} pages were read."] if total > MAX_PAGES else []


def _page(page: Any, watch: Callable[..., None]) -> str:
    """What its readers see; of a scan, the text that was recognised in it, which lies there without ink."""
    text, blanked = _seen(page, watch)
    if blanked > len(text) and pdf_ink.may_be_scan(page):
        text, _ = _seen(page, watch, shows_inkless=True)
    return text


def _seen(page: Any, watch: Callable[..., None], *, shows_inkless: bool = False) -> tuple[str, int]:
    ink = pdf_ink.Ink(page, shows_inkless=shows_inkless)

    def before(operator: bytes, operands: list[Any], place: Sequence[float], letters: Sequence[float]) -> None:
        watch()
        ink.before(operator, operands, place, letters)

    text = page.extract_text(visitor_operand_before=before, visitor_operand_after=ink.after)
    return str(text), ink.blanked


def _paragraphs(pages: Sequence[str]) -> Iterator[str]:
    """Join lines that the page's width broke to paragraphs; drop lines that most pages repeat."""
    split = [[line.strip() for line in page.splitlines()] for page in pages]
    furniture = _furniture(split)
    for lines in split:
        text_lines = [line for line in lines if _shape(line) not in furniture]
        lengths = sorted(len(line) for line in text_lines if line)
        full = 0.7 * lengths[int(0.9 * len(lengths))] if lengths else 0
        paragraph: list[str] = []
        last = 0
        for line in text_lines:
            goes_on = line and not _ITEM.match(line) and (last >= full or line[0].islower())
            if paragraph and not goes_on:
                yield _BULLET.sub("- ", "".join(paragraph).strip())
                paragraph = []
            _add(paragraph, line)
            last = len(line)
        if paragraph:
            yield _BULLET.sub("- ", "".join(paragraph).strip())


def _add(paragraph: list[str], line: str) -> None:
    """Add a line to a paragraph, joining a word hyphenated at the line break; `self-service` keeps its hyphen."""
    line = _DRAWN.sub("-", line)
    if paragraph and paragraph[-1].endswith(_SOFT):
        paragraph[-1] = paragraph[-1][:-1]
        if _COMPOUND.search(f"{paragraph[-1][-20:]}-"):
            paragraph[-1] += "-"
    elif paragraph and line[:1].islower() and _DIVIDED.search(paragraph[-1][-2:]):
        if not _COMPOUND.search(paragraph[-1][-20:]):
            paragraph[-1] = paragraph[-1][:-1]
    elif paragraph:
        paragraph.append(" ")
    if line:
        paragraph.append(line)


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def _furniture(pages: Sequence[Sequence[str]]) -> set[str]:
    """Headers, footers and page numbers: first or last lines that more than half of the pages repeat."""
    if len(pages) < 4:
        return set()
    edges: Counter[str] = Counter()
    for page in pages:
        lines = [_shape(line) for line in page if line]
        if len(lines) > 2:
            edges.update({lines[0], lines[-1]})
    return {line for line, times in edges.items() if times > len(pages) / 2}


def _metadata(reader: Any) -> tuple[str, str | None]:
    """Title and date from the PDF's metadata, which is untrusted and often malformed."""
    title, published = "", None
    with suppress(Exception):
        title = str(reader.metadata.title or "") if reader.metadata else ""
    with suppress(Exception):
        created = reader.metadata.creation_date if reader.metadata else None
        published = created.date().isoformat() if created else None
    return title, published
