"""The place of a piece of work in a trace, as calls hand it on.

Formats: https://www.w3.org/TR/trace-context/ and https://cloud.google.com/trace/docs/trace-context
"""

import secrets
from dataclasses import dataclass

from shared.kit.patterns import lazy_pattern

_W3C = lazy_pattern(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_CLOUD = lazy_pattern(r"(?!0{32})([0-9a-fA-F]{32})(?:/(\d{1,20}))?(?:;o=([0-3]))?")
_LAST_SPAN = 2**64


@dataclass(frozen=True)
class Place:
    """A span of a trace: the ids in lower-case hexadecimal digits, 32 and 16 of them.

    `sampled`: spans of the trace are recorded.
    """

    trace: str
    span: str
    sampled: bool = False

    def __str__(self) -> str:
        """The W3C `traceparent` of what the span causes."""
        return f"00-{self.trace}-{self.span}-{'01' if self.sampled else '00'}"


def parsed(traceparent: object) -> Place | None:
    """Parse a W3C `traceparent`; None for what is none. Versions later than 00 may append to it."""
    match = _W3C.fullmatch(traceparent) if isinstance(traceparent, str) else None
    if match is None or (match[4] and match[0].startswith("00")):
        return None
    return Place(match[1], match[2], bool(int(match[3], 16) & 1))


def of_caller(traceparent: str | None, cloud: str | None) -> Place | None:
    """The caller's place: from `traceparent`, or from Google's older `X-Cloud-Trace-Context`."""
    match = _CLOUD.fullmatch(cloud or "")
    span = int(match[2] or 0) if match else 0
    if (place := parsed(traceparent)) or match is None or not 0 < span < _LAST_SPAN:
        return place
    return Place(match[1].lower(), f"{span:016x}", bool(int(match[3] or 0) & 1))


def new() -> Place:
    """The beginning of a trace of its own."""
    return Place(secrets.token_hex(16), secrets.token_hex(8))
