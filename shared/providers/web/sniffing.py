"""Sniffs a file's media type from its content; the declared type decides only between kinds of text. Pure."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from shared.kit.patterns import lazy_pattern

HTML, PDF, JSON, XML, TEXT = "text/html", "application/pdf", "application/json", "application/xml", "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BINARY = "application/octet-stream"

_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
)
_OFFICE = (
    ("word/", DOCX),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_HTML_START = lazy_pattern(
    rb"<(!doctype html|html|head|body|title|meta|link|script|style|div|p|h1|table|br|a|b)[\s>/]", re.I
)
_LOOKED_AT = 4_096
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def content_type(content: bytes, declared: str = "") -> str:
    """The media type of the content; `declared` is the sender's Content-Type."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    if content[8:12] == b"WEBP" and content.startswith(b"RIFF"):
        return "image/webp"
    start = _text_start(content)
    return BINARY if start is None else _text(start, declared.partition(";")[0].strip().lower())


def _text_start(content: bytes) -> bytes | None:
    """The beginning of a text as UTF-8; None for a binary file."""
    start = content[:_LOOKED_AT]
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return start[len(bom) :].decode(encoding, "ignore").lstrip().encode()
    if any(byte < 0x20 and byte not in b"\t\n\x0c\r\x1b" for byte in start):
        return None
    return start.lstrip()


def _text(start: bytes, declared: str) -> str:
    if _HTML_START.match(_after_comments(start)):
        return HTML
    if start.startswith(b"<?xml"):
        return HTML if re.search(rb"<html[\s>]", start, re.I) else XML
    if start.startswith((b"<rss", b"<feed", b"<svg")):
        return XML
    if start.startswith((b"{", b"[")) and (declared == JSON or declared.endswith("+json") or not declared):
        return JSON
    if declared in ("application/xhtml+xml", HTML):
        return HTML
    return declared if declared.startswith("text/") or declared in (JSON, XML) else TEXT


def _after_comments(start: bytes) -> bytes:
    while start.startswith(b"<!--"):
        _, end, remainder = start.partition(b"-->")
        if not end:
            return start
        start = remainder.lstrip()
    return start


def _archive(content: bytes) -> str:
    """The media type of a ZIP archive, by the names of its files."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except (BadZipFile, ValueError, OSError):
        return BINARY
    for folder, kind in _OFFICE:
        if any(name.startswith(folder) for name in names):
            return kind
    return "application/zip"
