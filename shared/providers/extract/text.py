"""Decodes plain text of any encoding."""

import codecs

from shared.errors import Invalid
from shared.kit.patterns import lazy_pattern
from shared.providers.extract.base import ACCEPTED, Content

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = lazy_pattern(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]")
_TOLERATED = 0.02  # of control characters; a binary file has ten times as many


def read(content: bytes) -> Content:
    return Content(decode(content))


def decode(content: bytes, declared: str | None = None) -> str:
    """Decode by byte order mark, declared charset, UTF-16 (by its zeros), UTF-8, Windows-1252, Latin-1, in this order.

    Raises Invalid for binary content.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _text(content[len(mark) :].decode(encoding, errors="replace"))
    likely = [encoding for encoding in (declared, _zeros(content), "utf-8", "cp1252") if encoding]
    for encoding in likely:
        try:
            return _text(content.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            continue
    return _text(content.decode("latin-1"))


def _zeros(content: bytes) -> str | None:
    """The UTF-16 byte order of a text without a mark: in European text every second byte is zero."""
    sample = content[:2_000]
    if len(sample) < 4:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most = len(sample) // 2 * 0.6
    if odd > most and even < most / 6:
        return "utf-16-le"
    return "utf-16-be" if even > most and odd < most / 6 else None


def _text(decoded: str) -> str:
    sample = decoded[:100_000]
    if len(_CONTROL.findall(sample)) > _TOLERATED * len(sample):
        raise Invalid.of("file", f"The file is no text that can be read. What is read here: {ACCEPTED}.")
    return decoded
