"""Extracts the text of a document of any kind. A new kind is one file, one line in each table of `kinds`, and one in
`extractors`."""

from pathlib import PurePath

from shared.errors import Invalid
from shared.kit.whitespace import visible
from shared.providers.extract import extractors, isolated
from shared.providers.extract.base import ACCEPTED, MAX_CHARACTERS, Content, Extracted, Kind
from shared.providers.extract.kinds import kind_of

_MAX_TITLE = 200


def extract(
    content: bytes, content_type: str | None = None, name: str | None = None, url: str | None = None
) -> Extracted:
    """Extract the visible text of a document, at most `MAX_CHARACTERS`.

    Raises Invalid, with a sentence for its sender, where it cannot be read: empty, of another kind, damaged, without
    text, in need of a password, or more than it may take of time and memory.
    """
    if not content.strip():
        raise Invalid.of("file", "The file is empty.")
    kind = kind_of(content, content_type, name)
    # Plain text needs no parser, so it is decoded in this process.
    read = extractors.read if kind == "text" else isolated.read
    extracted = read(kind, content, content_type, url)
    text = visible(extracted.text)
    if not text:
        raise Invalid.of("file", "The file has no text.")
    notes = list(extracted.notes)
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS].rsplit(" ", 1)[0]
        notes.append(f"Only the first {MAX_CHARACTERS:,} characters were kept.")
    return Extracted(
        _title(extracted, name, text), text, kind, extracted.published, visible(extracted.site), tuple(notes)
    )


def _title(extracted: Content, name: str | None, text: str) -> str:
    """The document's title, else its file name, else its first line."""
    first = text.split("\n", 1)[0].lstrip("#- ")
    named = PurePath(name or "").stem.replace("_", " ")
    chosen = visible(extracted.title) or visible(named) or first or "Untitled"
    return " ".join(chosen.split())[:_MAX_TITLE]


__all__ = ["ACCEPTED", "MAX_CHARACTERS", "Extracted", "Kind", "extract"]
