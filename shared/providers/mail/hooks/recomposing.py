"""Composes a message anew from what a provider's API says of it, where the whole of it cannot be had. Pure."""

from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from shared.kit.patterns import lazy_pattern
from shared.kit.whitespace import one_line

_NAME = lazy_pattern(r"[!-9;-~]{1,76}")
_LONGEST_VALUE, _MOST_HEADERS, _MOST_TEXT = 8_000, 200, 2_000_000
# Of the parts that are composed anew, and of the note beside them.
_OURS = ("content-", "mime-version")


def recomposed(stated: Mapping[str, Any]) -> bytes:
    """The message with its headers and its text; instead of its attachments a note that names those left out."""
    message = EmailMessage(policy=SMTP)
    text, html = (_text(stated.get(name))[:_MOST_TEXT] for name in ("text", "html"))
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if note := _note(stated.get("attachments")):
        message.add_attachment(note, filename="attachments-left-out.txt")
    head = "".join(f"{name}: {value}\r\n" for name, value in _head(stated))
    return head.encode("utf-8", "replace") + message.as_bytes()


def _head(stated: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The headers as they came; what they lack, by the fields beside them. Each is one line."""
    given = stated.get("headers")
    headers = given if isinstance(given, dict) else {}
    usable = [name for name in headers if _NAME.fullmatch(name) and not name.lower().startswith(_OURS)][:_MOST_HEADERS]
    for name in usable:
        for value in headers[name] if isinstance(headers[name], list) else [headers[name]]:
            yield name, _line(value)
    present = {name.lower() for name in usable}
    for name in ("From", "To", "Cc", "Reply-To", "Subject", "Message-ID"):
        value = stated.get(name.lower().replace("-", "_"))
        line = ", ".join(map(_line, value)) if isinstance(value, list) else _line(value)
        if line and name.lower() not in present:
            yield name, line


def _note(attachments: object) -> str:
    listed = [each for each in attachments if isinstance(each, dict)] if isinstance(attachments, list) else []
    named = [
        f"{_line(each.get('filename')) or 'without a name'} ({_line(each.get('content_type'))})" for each in listed
    ]
    return "Attachments that were not taken over:\n" + "\n".join(named[:100]) + "\n" if named else ""


def _line(value: object) -> str:
    return one_line(value[:_LONGEST_VALUE]) if isinstance(value, str) else ""


def _text(value: object) -> str:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
