"""The text of a document, whatever it is. A new kind is one file, one line in each table of `kinds`, and one in
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
    """What a reader sees of the document, at most `MAX_CHARACTERS`.

    Raises Invalid, with a sentence for its sender, where it cannot be read: empty, of another kind, damaged, without
    text, in need of a password, or more than it may take of time and memory.
    """
    if not content.strip():
        raise Invalid("The file is empty.")
    kind = kind_of(content, content_type, name)
    # Plain text is decoded, which takes no parser.
    read = extractors.read if kind == "text" else isolated.read
    found = read(kind, content, content_type, url)
    text = visible(found.text)
    if not text:
        raise Invalid("The file has no text.")
    notes = list(found.notes)
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS].rsplit(" ", 1)[0]
        notes.append(f"Only the first {MAX_CHARACTERS:,} characters were kept.")
    return Extracted(_title(found, name, text), text, kind, found.published, visible(found.site), tuple(notes))


def _title(found: Content, name: str | None, text: str) -> str:
    """The document's own, else its name, else how it begins."""
    first = text.split("\n", 1)[0].lstrip("#- ")
    named = PurePath(name or "").stem.replace("_", " ")
    chosen = visible(found.title) or visible(named) or first or "Untitled"
    return " ".join(chosen.split())[:_MAX_TITLE]


__all__ = ["ACCEPTED", "MAX_CHARACTERS", "Extracted", "Kind", "extract"]
