"""A task's insights as a file to keep. A new format is one file and one line here."""

import re

from shared.domains.research.models import ReportFormat
from shared.domains.research.report import outline
from shared.domains.research.service import TaskInsights

_CONTENT_TYPES: dict[ReportFormat, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}


def render(research: TaskInsights, format: ReportFormat) -> tuple[bytes, str]:
    """The file and its content type. Every statement has the numbers of its sources, in brackets, but in JSON."""
    return _rendered(research, format), _CONTENT_TYPES[format]


def _rendered(insights: TaskInsights, format: ReportFormat) -> bytes:
    """Each format is imported when it is asked for: cold starts need none of them."""
    match format:
        case "pdf":
            from shared.domains.research.report import pdf

            return pdf.render(outline.of(insights))
        case "docx":
            from shared.domains.research.report import docx

            return docx.render(outline.of(insights))
        case "html":
            from shared.domains.research.report import html

            return html.render(outline.of(insights))
        case "md":
            from shared.domains.research.report import markdown

            return markdown.render(outline.of(insights))
        case "json":
            return insights.model_dump_json(indent=2).encode()


def file_name(research: TaskInsights, format: ReportFormat) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", research.task_title.lower()).strip("-")[:60]
    return f"{words or 'research'}.{format}"
