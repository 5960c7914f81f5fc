"""What extractors return, and the limits on a document."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["pdf", "docx", "html", "markdown", "text"]
ACCEPTED = "PDF, DOCX, HTML, Markdown and plain text"
MAX_CHARACTERS = 400_000
MAX_PAGES = 500
MAX_MARKUP = 5 * 2**20  # characters of HTML that are parsed
MAX_UNPACKED = 100 * 2**20  # bytes of all parts of a DOCX together
MAX_PART = 20 * 2**20  # bytes of one XML part: a tree of it takes ten times as much
MAX_SECONDS = 20.0  # after which the pages that a PDF has given so far are its text
MAX_CPU_SECONDS = 30  # of one document
MAX_SECONDS_WAITED = 90.0  # for one document, on a busy machine
MAX_MEMORY = 512 * 2**20  # bytes that one document may add


@dataclass(frozen=True)
class Content:
    """What an extractor returns; `notes` say what it left out."""

    text: str
    title: str = ""
    published: str | None = None
    site: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extracted:
    """A document's text, in which `#` marks headings and `- ` list items.

    `published` is a date such as 2026-01-31. `notes` tell its reader what was left out.
    """

    title: str
    text: str
    kind: Kind
    published: str | None = None
    site: str = ""
    notes: tuple[str, ...] = ()
