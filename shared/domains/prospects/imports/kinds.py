"""What a file is, by its first bytes: a workbook, a text that may be a table, or what is refused by its name."""

import io
import re
import zipfile

from shared.errors import Invalid, UnsupportedMediaType
from shared.kit.patterns import lazy_pattern

_SIGNATURES = (
    (b"\x1f\x8b", "a gzip archive; unpack it and import the file within"),
    (b"BZh", "a bzip2 archive; unpack it and import the file within"),
    (b"\xfd7zXZ\0", "an xz archive; unpack it and import the file within"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it and import the file within"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it and import the file within"),
    (b"Rar!", "a RAR archive; unpack it and import the file within"),
    (b"%PDF", "a PDF; export the table as CSV or XLSX"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one with a password; save it as XLSX or CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"RIFF", "a picture or a sound"),
    (b"SQLite format 3", "a database; export the table as CSV"),
    (b"{\\rtf", "a rich text; save the table as CSV"),
)
_HEAD = 4_096
_MARKUP = lazy_pattern(r"<(!doctype|html|head|body|table|\?xml|svg|div|meta)\b", re.I)
_JSON = lazy_pattern(r"[\[{]\s*[\[{\]}\"\d]")
_CONTROL = lazy_pattern("[\x00-\x08\x0e-\x1a\x7f\ufffd]")


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are an XLSX workbook. Raises UnsupportedMediaType for any other kind that is no text."""
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            raise _refusal(name)
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError) as error:
        raise Invalid.of("file", "The file is a damaged XLSX workbook or ZIP archive; export it again.") from error
    if "xl/workbook.xml" in names:
        return True
    if "xl/workbook.bin" in names:
        raise _refusal("a binary Excel workbook (.xlsb); save it as XLSX or CSV")
    if "content.xml" in names:
        raise _refusal("an OpenDocument file; save the table as XLSX or CSV")
    raise _refusal("a ZIP archive; unpack it and import the file within")


def check_text(text: str) -> None:
    """Raises UnsupportedMediaType where the text is JSON, markup, a vCard, or no text at all."""
    start = text[:_HEAD].lstrip("\ufeff \t\r\n")
    if _JSON.match(start):
        raise _refusal('JSON; send it as {"prospects": [...]} to POST /api/prospects')
    if _MARKUP.match(start):
        raise _refusal("HTML or XML; save the table as CSV or XLSX")
    if start[:11].upper() == "BEGIN:VCARD":
        raise _refusal("a vCard; export the contacts as CSV")
    if len(_CONTROL.findall(start)) * 10 > len(start):
        raise _refusal("no text")


def _refusal(name: str) -> UnsupportedMediaType:
    return UnsupportedMediaType(f"The file is no table: it is {name}.")
