"""Takes a mail apart (RFC 2046), in time linear in its size: parts are found by their boundaries, never copied.

Python's parser reads line by line, compares each line with every boundary around it, and calls itself for each level:
a mail of a few megabytes, made for it, takes minutes or ends the process.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.inbound import head
from shared.inbound.head import Head
from shared.kit.patterns import lazy_pattern

_MAX_DEPTH = 20  # what is nested deeper is one part
MAX_PARTS = 1_000
_LINE_ENDS = b"\r\n"
_MAX_PREAMBLE = 10_000  # bytes in which the first boundary is looked for
_FIRST_BOUNDARY = lazy_pattern(rb"^--([^\s]{1,200})\r?\nContent-", re.M | re.I)
_WORDS = lazy_pattern(rb"\s{0,100}[!-~]{1,100} [!-~]")  # base64 has no blank within a line
_NO_BASE64 = lazy_pattern(rb"[^A-Za-z0-9+/]")
_UUENCODED = lazy_pattern(rb"begin [0-7]{3,4} [^\r\n]{0,200}\r?\n")


@dataclass(frozen=True)
class Part:
    """A part that is not divided further; its content is decoded only when it is asked for."""

    head: Head
    raw: bytes
    start: int
    end: int
    container: str  # the media type of what it is in, empty for the mail itself
    is_undivided: bool = False  # whether it says that it consists of parts, and its boundary never comes

    @property
    def type(self) -> str:
        """The media type in lower case; text/plain where none is declared."""
        if self.container == "multipart/digest" and "content-type" not in self.head:
            return "message/rfc822"
        if self.is_undivided:
            starts = self.raw[self.start : min(self.end, self.start + 500)].lstrip()
            return "text/html" if starts.startswith(b"<") else "text/plain"
        return self.head.parameters("content-type").get_content_type()

    @property
    def name(self) -> str:
        """The name of the file that it declares itself to be; empty without one."""
        for field in ("content-disposition", "content-type"):
            parameters = self.head.parameters(field)
            try:
                value = parameters.get_param("filename" if field == "content-disposition" else "name", None, field)
                named = _collapsed(value)
            except (ValueError, LookupError, UnicodeError):
                continue
            if named:
                return named
        return ""

    @property
    def is_attached(self) -> bool:
        return self.head.raw("content-disposition").strip().lower().startswith("attachment")

    def content(self) -> bytes:
        return _transferred(self.raw[self.start : self.end], self.head.raw("content-transfer-encoding"))

    def text(self) -> str:
        """The content as text, whatever its charset."""
        charset = self.head.parameters("content-type").get_content_charset()
        return head.decoded_bytes(self.content(), charset).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Mail:
    head: Head
    parts: tuple[Part, ...]
    left_out: int = 0  # parts beyond MAX_PARTS

    def of_type(self, *types: str) -> list[Part]:
        return [part for part in self.parts if part.type in types]


def parsed(raw: bytes) -> Mail:
    """The mail's own fields and its undivided parts, in order."""
    fields, body = head.read(raw, 0, len(raw))
    parts: list[Part] = []
    left_out = _divide(Part(fields, raw, body, len(raw), ""), 0, parts)
    return Mail(fields, tuple(parts), left_out)


def _divide(part: Part, depth: int, parts: list[Part]) -> int:
    """Append the part, or all that it consists of; says how many parts were left out, as they are too many."""
    kind = part.type
    divides = kind.startswith("multipart/") and depth < _MAX_DEPTH
    left_out, is_divided = 0, False
    for start, end in _spans(part, _boundary(part)) if divides else ():
        is_divided = True
        if len(parts) >= MAX_PARTS:
            left_out += 1
            continue
        fields, body = head.read(part.raw, start, end)
        left_out += _divide(Part(fields, part.raw, body, end, kind), depth + 1, parts)
    if not is_divided:
        parts.append(replace(part, is_undivided=divides))
    return left_out


def _boundary(part: Part) -> bytes:
    """The declared boundary where it occurs, else the line that stands before the first fields of a part."""
    try:
        value = part.head.parameters("content-type").get_boundary("")
    except (ValueError, LookupError, UnicodeError):
        value = None
    declared = value.encode("utf-8", errors="replace") if value and len(value) <= 200 else b""
    if declared and part.raw.find(b"--" + declared, part.start, part.end) >= 0:
        return declared
    first = _FIRST_BOUNDARY.search(part.raw, part.start, min(part.end, part.start + _MAX_PREAMBLE))
    return first[1] if first else b""


def _spans(part: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Where the sub-parts begin and end, if there is a boundary. The last may lack its end: what came is kept."""
    if not boundary:
        return
    begun = -1
    for start, after, closing in _boundaries(part, b"--" + boundary):
        if begun >= 0:
            yield begun, max(begun, start)
        begun = -1 if closing else after
        if begun < 0:
            break
    if begun >= 0:
        yield begun, part.end


def _boundaries(part: Part, line: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each line that is the boundary: where what comes before it ends, where the next begins, whether it closes."""
    raw, position = part.raw, part.start
    while (place := raw.find(line, position, part.end)) >= 0:
        position = place + len(line)
        if place > part.start and raw[place - 1 : place] != b"\n":
            continue
        line_end = raw.find(b"\n", position, min(part.end, position + 200))
        rest = raw[position : line_end if line_end >= 0 else min(part.end, position + 200)].strip()
        if rest in (b"", b"--"):
            before = place - 2 if raw[place - 2 : place] == _LINE_ENDS else place - 1
            yield max(before, part.start), part.end if line_end < 0 else line_end + 1, rest == b"--"


def _transferred(content: bytes, encoding: str) -> bytes:
    """The content without its transfer encoding; as it is where that is unknown."""
    match encoding.partition(";")[0].strip().lower().strip("\"'"):
        case "base64":
            if _WORDS.match(content):
                return content
            bare = _NO_BASE64.sub(b"", content)
            bare = bare[:-1] if len(bare) % 4 == 1 else bare
            return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))
        case "quoted-printable":
            return binascii.a2b_qp(content)
        case "x-uuencode" | "uuencode" | "uue" | "x-uue":
            return _unpacked(content)
    return content


def _unpacked(content: bytes) -> bytes:
    begin = _UUENCODED.search(content)
    decoded = []
    for line in content[begin.end() if begin else 0 :].splitlines():
        if line.strip() == b"end":
            break
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(decoded)


def _collapsed(value: object) -> str:
    """A parameter's text; RFC 2231 gives three parts, others write encoded words."""
    if isinstance(value, tuple):
        charset, _, text = value
        return head.decoded_bytes(text.encode("latin-1", errors="replace"), charset)
    return Head({"name": [str(value)]}).text("name") if value else ""
