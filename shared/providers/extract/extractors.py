"""The extractor of each kind of document, imported when it is needed: together they cost two seconds of cold start."""

from shared.providers.extract.base import Content, Kind


def read(kind: Kind, content: bytes, content_type: str | None, url: str | None) -> Content:
    """Raises Invalid for what cannot be read, and whatever a parser raises at a damaged document."""
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
