"""Parses the Retry-After header."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

from shared.kit import clock

_LONGEST = 7 * 86_400.0  # a larger value is a server's mistake


def seconds(value: str | None) -> float | None:
    """A Retry-After header's value, in either of its forms, as seconds from now; None if missing or invalid."""
    text = (value or "").strip()
    if re.fullmatch(r"\d{1,12}(\.\d+)?", text):
        return min(float(text), _LONGEST)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - clock.now()).total_seconds()), _LONGEST)
