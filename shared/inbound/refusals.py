"""Reads what a report says became of a mail, and its server's words on one line."""

from typing import Literal

from shared.kit.text import shortened
from shared.kit.whitespace import one_line

_MAX_WORDS = 4_000
_MAX_REASON = 300

State = Literal["failed", "delayed", "delivered"]


def as_reason(words: str) -> str:
    """A server's words on one line, without the name of their protocol."""
    line = one_line(words[:_MAX_WORDS])
    protocol, semicolon, rest = line.partition(";")
    return shortened(rest.strip() if semicolon and len(protocol) <= 12 and " " not in protocol else line, _MAX_REASON)


def state_of(action: str, status: str) -> State | None:
    """What became of the mail by the `Action` of a report; by the status, where that is missing."""
    word = action.strip().lower()
    if word.startswith(("fail", "error", "undeliver")):
        return "failed"
    if word.startswith(("delayed", "deferred", "warning")):
        return "delayed"
    if word.startswith(("deliver", "relay", "expand")):
        return "delivered"
    by_class: dict[str, State] = {"5": "failed", "4": "delayed", "2": "delivered"}
    return by_class.get(status.strip()[:1])
