"""A web page or a file as it was read: its text, and where it came from."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Page:
    """`url` is where the text was found in the end; `content_hash` is SHA-256 of the text, in hex."""

    url: str
    title: str
    text: str
    retrieved_at: datetime
    content_hash: str
    site: str = ""
    published: str | None = None
