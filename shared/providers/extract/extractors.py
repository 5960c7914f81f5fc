"""Selects the extractor for a kind of document, importing it on use: all together take two seconds of cold start."""

from shared.providers.extract.base import Content, Kind


def read(kind: Kind, content: bytes, content_type: str | None, url: str | None) -> Content:
    """Extract a document of a kind. Raises Invalid, and whatever a parser raises at a damaged document."""
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
