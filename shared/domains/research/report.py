"""A task's insights as a file to keep."""

import re
from collections.abc import Iterator
from html import escape

from shared.domains.research.models import Insight, ReportFormat
from shared.domains.research.service import TaskInsights
from shared.errors import BadRequest

CONTENT_TYPES: dict[ReportFormat, str] = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
_SECTIONS = (
    ("Key findings", "key_findings"),
    ("Pain points", "pain_points"),
    ("Opportunities", "opportunities"),
    ("Suggested outreach", "suggested_outreach"),
    ("Content angles", "content_angles"),
)


def render(found: TaskInsights, format: ReportFormat) -> tuple[str, str]:
    """The file's text and its content type. Raises BadRequest for a format that is not made here."""
    if format not in CONTENT_TYPES:
        raise BadRequest(f"format: {format} is not made here; ask for {', '.join(CONTENT_TYPES)}.")
    if format == "json":
        return found.model_dump_json(indent=2), CONTENT_TYPES[format]
    return "\n".join(_markdown(found) if format == "md" else _html(found)) + "\n", CONTENT_TYPES[format]


def file_name(found: TaskInsights, format: ReportFormat) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", found.task_title.lower()).strip("-")[:60]
    return f"{words or 'research'}.{format}"


def _sections(insight: Insight) -> Iterator[tuple[str, list[str]]]:
    for title, name in _SECTIONS:
        if lines := getattr(insight, name):
            yield title, lines


def _markdown(found: TaskInsights) -> Iterator[str]:
    yield from (f"# {found.task_title}", "", found.insights.summary)
    for title, lines in _sections(found.insights):
        yield from ("", f"## {title}", "", *(f"- {line}" for line in lines))
    if found.insights.sources:
        yield from ("", "## Sources", "", *(f"- {s.title or s.url}: <{s.url}>" for s in found.insights.sources))


def _html(found: TaskInsights) -> Iterator[str]:
    yield f'<!doctype html><meta charset="utf-8"><title>{escape(found.task_title)}</title>'
    yield f"<h1>{escape(found.task_title)}</h1><p>{escape(found.insights.summary)}</p>"
    for title, lines in _sections(found.insights):
        yield f"<h2>{title}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
    if found.insights.sources:  # as text: a scraped address may be no web address at all
        sources = (escape(f"{s.title}: {s.url}" if s.title else s.url) for s in found.insights.sources)
        yield f"<h2>Sources</h2><ul>{''.join(f'<li>{source}</li>' for source in sources)}</ul>"
