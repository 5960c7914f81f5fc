"""The report as one HTML page: no script, nothing loaded, every text escaped."""

from collections.abc import Iterator
from html import escape

from shared.domains.research.report.outline import UNSUPPORTED, Line, Report, SourceRow

_STYLE = """
body{font:16px/1.55 Georgia,serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;overflow-wrap:anywhere}
h1,h2{font-family:system-ui,sans-serif;line-height:1.2}h2{margin-top:2rem;font-size:1.2rem}
.facts,.doubt{color:#5c5c5c}.doubt{font-style:italic}sup a{text-decoration:none}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border:1px solid #c9c9c9;padding:.35rem .5rem;text-align:start;vertical-align:top}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render(report: Report) -> bytes:
    return ("\n".join(_lines(report)) + "\n").encode()


def _lines(report: Report) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>"
    yield f'<h1 dir="auto">{escape(report.title)}</h1>'
    yield f'<p class="facts">{escape(" · ".join(report.facts))}</p>'
    if report.summary:
        yield f'<p dir="auto">{" ".join(_said(line) for line in report.summary)}</p>'
    for block in report.blocks:
        yield from _list(block.title, [_said(line) for line in block.lines])
    if report.sources:
        heads = "".join(f'<th scope="col">{head}</th>' for head in ("No.", "Title", "Site", "Address", "Retrieved"))
        yield f"<h2>Sources</h2>\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>"
        yield from (_row(source) for source in report.sources)
        yield "</tbody>\n</table>"
    if report.notes:
        yield from _list("Notes", [escape(note) for note in report.notes])
    yield "</main>\n</body>\n</html>"


def _list(title: str, items: list[str]) -> Iterator[str]:
    yield f"<h2>{escape(title)}</h2>\n<ul>"
    yield from (f'<li dir="auto">{item}</li>' for item in items)
    yield "</ul>"


def _said(line: Line) -> str:
    marks = "".join(f'<sup><a href="#source-{number}">[{number}]</a></sup>' for number in line.marks)
    doubt = "" if line.supported else f'<span class="doubt">({UNSUPPORTED})</span>'
    return " ".join(part for part in (escape(line.text), marks, doubt) if part)


def _row(source: SourceRow) -> str:
    address = escape(source.url)
    if source.link:
        address = f'<a href="{escape(source.link)}" rel="noopener noreferrer nofollow" target="_blank">{address}</a>'
    cells = (f"<bdi>{escape(source.title)}</bdi>", escape(source.site), address, source.retrieved)
    return (
        f'<tr id="source-{source.number}"><th scope="row">{source.number}</th>'
        f"{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    )
