"""Reads the header fields of a mail or of one of its parts, however they were written. Nothing here raises."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from shared.kit.patterns import lazy_pattern
from shared.kit.whitespace import one_line

_MAX_FIELDS = 20_000
_MAX_VALUE = 4_000  # characters of a field that is decoded; Python's readers of long ones are slow
_FIELD = lazy_pattern(rb"([!-9;-~]{1,200})[ \t]{0,20}:(.*)", re.S)
_BLANK = (b"", b"\r")
_ID = lazy_pattern(r"<([^<>\s]{1,500})>")
_BARE_ID = lazy_pattern(r"[^<>\s@,;]{1,200}@[^<>\s@,;]{1,200}")
_ADDRESS = lazy_pattern(r"[^\s<>()\[\]\",;:@]{1,64}@[\w.-]{1,250}")
_MAX_REFERENCES = 100
_NO_CHARSETS = frozenset(["idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"])  # slow, or none
_CHARSETS = {"ks_c_5601-1987": "cp949", "x-sjis": "cp932", "shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030"}


@dataclass(frozen=True)
class Head:
    """Fields by lower-case name, each with its values from first to last, unfolded."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)

    def raw(self, name: str) -> str:
        """The first value of a field as it stands there; empty without one."""
        return self.all(name)[0] if name in self.fields else ""

    def all(self, name: str) -> list[str]:
        return self.fields.get(name, [])

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def text(self, name: str) -> str:
        """A field as people read it, on one line."""
        return one_line(_decoded(self.raw(name)[:_MAX_VALUE]))

    def mailboxes(self, *names: str) -> list[tuple[str, str]]:
        """The (name, address) of all mailboxes in these fields."""
        values = [value[:_MAX_VALUE] for name in names for value in self.all(name)[:20]]
        return [found for value in values for found in mailboxes(value)]

    def ids(self, *names: str) -> list[str]:
        """The message ids of these fields, without brackets; of References, which grows at its end, newest first."""
        ids: list[str] = []
        for name in names:
            value = " ".join(self.all(name)[:5])[-50_000:]
            listed = _ID.findall(value) or _BARE_ID.findall(value[:_MAX_VALUE])
            ids += reversed(listed) if name == "references" else listed
        return list(dict.fromkeys(ids))[:_MAX_REFERENCES]

    def date(self, name: str) -> datetime | None:
        try:
            moment = parsedate_to_datetime(self.raw(name)[:200])
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None

    def parameters(self, name: str) -> Message:
        """A field such as Content-Type in Python's reading, for its parameters."""
        message = Message()
        if value := self.raw(name)[:_MAX_VALUE].strip():
            message[name] = value
        return message


def read(raw: bytes, start: int, end: int) -> tuple[Head, int]:
    """The fields from `start`, and where the body begins: after an empty line, or at the first line that is none."""
    fields: dict[str, list[list[bytes]]] = {}
    last: list[bytes] = []
    count = 0
    position = start
    while position < end:
        line_end = raw.find(b"\n", position, end)
        following = end if line_end < 0 else line_end + 1
        line = raw[position : end if line_end < 0 else line_end]
        if line in _BLANK:
            position = following
            break
        if line[:1] in (b" ", b"\t"):
            last.append(line)
        elif match := _FIELD.match(line):
            last = [match[2]]
            count += 1
            if count <= _MAX_FIELDS:
                fields.setdefault(match[1].decode("ascii").lower(), []).append(last)
        elif not (position == start and line.startswith((b"From ", b">From "))):
            break
        position = following
    return Head({name: [_unfolded(value) for value in values] for name, values in fields.items()}), position


def _unfolded(lines: list[bytes]) -> str:
    return decoded_bytes(b" ".join(line.strip() for line in lines))


def decoded_bytes(content: bytes, charset: str | None = None) -> str:
    """The text in its declared charset, else in UTF-8, else in Windows-1252: whatever they are, a text."""
    declared = _codec(charset or "")
    for encoding in [declared, "utf-8"] if declared else ["utf-8"]:
        try:
            return content.decode(encoding)
        except ValueError:
            continue
    text = content.decode(declared or "cp1252", errors="replace")
    return text if text.count("�") * 10 <= len(text) else content.decode("cp1252", errors="replace")


def _codec(charset: str) -> str | None:
    """Python's name of a charset; None for one that it does not have, or that is no charset."""
    name = charset.strip().strip("\"'").lower()
    try:
        codec = codecs.lookup(_CHARSETS.get(name, name))
        codec.decode(b"")
    except (LookupError, ValueError, TypeError):
        return None
    is_charset = getattr(codec, "_is_text_encoding", True) and codec.name.replace("_", "-") not in _NO_CHARSETS
    return codec.name if is_charset else None


def _decoded(value: str) -> str:
    """A field's text with its encoded words (RFC 2047) decoded."""
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        return value
    return "".join(part if isinstance(part, str) else decoded_bytes(part, charset) for part, charset in parts)


def mailboxes(value: str) -> list[tuple[str, str]]:
    """The (name, address) of the mailboxes in a field's value; addresses in lower case."""
    try:
        listed = getaddresses([value])
    except (ValueError, IndexError, RecursionError):
        listed = []
    people = [(one_line(_decoded(name)), address) for name, text in listed if (address := addressed(text))]
    return people or [("", address) for address in addresses(value)]


def addressed(text: str) -> str | None:
    """The address that a text is, in lower case."""
    bare = text.strip().strip("<>\"'").lower()
    return bare if len(bare) <= 320 and _ADDRESS.fullmatch(bare) and "." in bare.rpartition("@")[2] else None


def addresses(text: str) -> list[str]:
    """The addresses within a text, each once, in order."""
    listed = (addressed(match.strip(".")) for match in _within(text))
    return list(dict.fromkeys(address for address in listed if address))


def _within(text: str) -> Iterator[str]:
    for match in _ADDRESS.finditer(text):
        yield match[0].strip("'").removeprefix("mailto:")
