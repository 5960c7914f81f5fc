"""The text of a document, whatever it is. A new kind is one file, and one line in each table of `kinds` and here."""

from pathlib import PurePath

from shared import log
from shared.errors import AppError, Invalid
from shared.kit.whitespace import visible
from shared.providers.extract.base import ACCEPTED, MAX_CHARACTERS, Content, Extracted, Kind
from shared.providers.extract.kinds import kind_of

_MAX_TITLE = 200


def extract(
    content: bytes, content_type: str | None = None, name: str | None = None, url: str | None = None
) -> Extracted:
    """What a reader sees of the document, at most `MAX_CHARACTERS`.

    Raises Invalid, with a sentence for its sender, where it cannot be read: empty, of another kind, damaged, without
    text, in need of a password.
    """
    if not content.strip():
        raise Invalid("The file is empty.")
    kind = kind_of(content, content_type, name)
    try:
        found = _read(kind, content, content_type, url)
    except AppError:
        raise
    except Exception as error:  # a parser that meets a damaged or hostile file may raise anything
        log.warning("document not read", kind=kind, error=repr(error)[:500])
        raise Invalid(f"The {kind.upper()} is damaged and cannot be read; save it again.") from error
    text = visible(found.text)
    if not text:
        raise Invalid("The file has no text.")
    notes = list(found.notes)
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS].rsplit(" ", 1)[0]
        notes.append(f"Only the first {MAX_CHARACTERS:,} characters were kept.")
    return Extracted(_title(found, name, text), text, kind, found.published, visible(found.site), tuple(notes))


def _read(kind: Kind, content: bytes, content_type: str | None, url: str | None) -> Content:
    """Each extractor is imported when it is needed: together they cost two seconds of cold start."""
    match kind:
        case "pdf":
            from shared.providers.extract import pdf

            return pdf.read(content)
        case "docx":
            from shared.providers.extract import docx

            return docx.read(content)
        case "html":
            from shared.providers.extract import html

            return html.read(content, content_type, url)
        case "markdown":
            from shared.providers.extract import markdown

            return markdown.read(content)
        case "text":
            from shared.providers.extract import text

            return text.read(content)


def _title(found: Content, name: str | None, text: str) -> str:
    """The document's own, else its name, else how it begins."""
    first = text.split("\n", 1)[0].lstrip("#- ")
    named = PurePath(name or "").stem.replace("_", " ")
    chosen = visible(found.title) or visible(named) or first or "Untitled"
    return " ".join(chosen.split())[:_MAX_TITLE]


__all__ = ["ACCEPTED", "MAX_CHARACTERS", "Extracted", "Kind", "extract"]
