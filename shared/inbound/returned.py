"""Finds, in a bounce or a complaint, the message of ours that it is of."""

import re

from shared.inbound import head
from shared.inbound.head import Head
from shared.inbound.mime import Mail, Part
from shared.kit.patterns import lazy_pattern

_TYPES = (
    *("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers"),
    *("text/rfc822", "message/partial"),
)
_MAX_TEXT = 500_000
_FIELD = lazy_pattern(
    r"[>| \t]{0,20}(?:message-id|received|return-path|from|to|date|subject|dkim-signature|mime-version):", re.I
)
_ID_FIELD = lazy_pattern(r"[>| \t]{0,20}(?:message-id|x-message-id):", re.I)
_MARKS = lazy_pattern(r"[>|]{1,5} ?")


def of(mail: Mail) -> Head:
    """The fields of the returned message: of a part that holds it, else of the text below the report. Empty without."""
    for part in mail.parts:
        if part.type in _TYPES or part.name.lower().endswith(".eml"):
            content = part.content()
            fields, _ = head.read(content, _begin(content), len(content))
            if "message-id" in fields or "to" in fields or "subject" in fields:
                return fields
    texts = (_within(part) for part in mail.parts if part.type in ("text/plain", "text/html", "text/rfc822-headers"))
    return next((head for head in texts if head.fields), Head())


def _begin(content: bytes) -> int:
    return len(content) - len(content.lstrip(b"\r\n"))


def _within(part: Part) -> Head:
    """The fields of a message whose head stands in a text."""
    lines = part.text()[:_MAX_TEXT].split("\n")
    start = 0
    for number, line in enumerate(lines):
        if not line.strip():
            start = number + 1
        elif _ID_FIELD.match(line):
            first = next(n for n in range(start, number + 1) if _FIELD.match(lines[n]))
            raw = "\n".join(_MARKS.sub("", other, count=1).rstrip() for other in _indented_alike(lines[first:])).encode(
                "utf-8", errors="replace"
            )
            return head.read(raw, 0, len(raw))[0]
    return Head()


def _indented_alike(lines: list[str]) -> list[str]:
    """The lines without the margin of the first: some servers indent what they return."""
    margin = len(lines[0]) - len(lines[0].lstrip(" \t"))
    block = []
    for line in lines[:500]:
        if not line.strip():
            break
        block.append(line[margin:] if not line[:margin].strip() else line)
    return block
