"""Determines the kind of a document by its content, then its declared type, then its name."""

import io
import re
import zipfile
from pathlib import PurePath

from shared.errors import Invalid
from shared.kit.patterns import lazy_pattern
from shared.providers.extract.base import ACCEPTED, Kind

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DECLARED: dict[str, Kind] = {
    "application/pdf": "pdf",
    DOCX_TYPE: "docx",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/plain": "text",
    "text/csv": "text",
}
_UNDECLARED = {"", "application/octet-stream", "binary/octet-stream", "application/x-www-form-urlencoded"}
_SUFFIXES: dict[str, Kind] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".csv": "text",
}
_BINARY = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"RIFF": "a media file",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"OggS": "a media file",
    b"ID3": "a media file",
    b"%!PS": "a PostScript file",
    rb"{\rtf": "an RTF document; save it as DOCX",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = lazy_pattern(rb"<(?:!doctype\s+html|html)\b", re.I)
_BEFORE_HTML = ((b"<?xml", b">"), (b"<!--", b"-->"))


def kind_of(content: bytes, content_type: str | None, name: str | None) -> Kind:
    """The kind of a document. Raises Invalid for an unsupported kind."""
    sniffed = _sniffed(content)
    if sniffed:
        return sniffed
    declared = (content_type or "").split(";", 1)[0].strip().lower()
    kind = _DECLARED.get(declared)
    if kind in (None, "text"):  # a server that knows no Markdown says text/plain
        kind = _SUFFIXES.get(PurePath(name or "").suffix.lower(), kind)
    if kind is None and declared in _UNDECLARED:
        kind = "text"
    if kind is None:
        raise Invalid.of("file", f"A file of type {declared[:100]} is not read here; send {ACCEPTED}.")
    if kind in ("pdf", "docx"):
        raise Invalid.of(
            "file", f"The file is no {kind.upper()}, whatever its name and type say; its content is something else."
        )
    return kind


def _sniffed(content: bytes) -> Kind | None:
    """The kind by the first bytes; None for text, whose kind they do not show."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-") or (b"%PDF-" in start and b"%%EOF" in content[-2048:]):
        return "pdf"
    if start.startswith(b"PK\x03\x04"):
        return _zipped(content)
    if start.startswith(_OLD_OFFICE):
        raise Invalid.of(
            "file", "The file is an old or a password-protected Office document; save it as DOCX without a password."
        )
    for magic, what in _BINARY.items():
        if start.startswith(magic):
            raise Invalid.of("file", f"The file is {what}. What is read here: {ACCEPTED}.")
    return "html" if _begins_as_html(content[:4096]) else None


def _begins_as_html(start: bytes) -> bool:
    """Whether an HTML page begins here, after its byte order mark, XML declaration and comments."""
    remaining = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    while closing := next((end for begin, end in _BEFORE_HTML if remaining.startswith(begin)), None):
        remaining = remaining.partition(closing)[2].lstrip()
    return _HTML.match(remaining) is not None


def _zipped(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, RuntimeError) as error:
        raise Invalid.of("file", "The file is a damaged archive or a damaged DOCX; save it again.") from error
    if "word/document.xml" in names:
        return "docx"
    raise Invalid.of("file", f"The file is an archive and no DOCX. What is read here: {ACCEPTED}.")
