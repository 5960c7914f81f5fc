"""The text of a web page or a file, with its source."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Page:
    """`url` is the final URL, after redirects; `content_hash` is the SHA-256 of the text, in hex."""

    url: str
    title: str
    text: str
    retrieved_at: datetime
    content_hash: str
    site: str = ""
    published: str | None = None
    notes: tuple[str, ...] = ()  # what was left out of its text
