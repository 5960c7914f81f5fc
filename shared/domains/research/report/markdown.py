"""The report as Markdown, in which nothing of its content is markup."""

from collections.abc import Iterator

from shared.domains.research.report.outline import UNSUPPORTED, Line, Report, SourceRow
from shared.kit.patterns import lazy_pattern

_MARKUP = lazy_pattern(r"([\\`*_{}\[\]#|~^$])")
_ENTITY = lazy_pattern(r"&(?=#?\w+;)")
_LEADING = lazy_pattern(r"^([-+=]|\d+(?=[.)]))")


def render(report: Report) -> bytes:
    return ("\n".join(_lines(report)) + "\n").encode()


def _lines(report: Report) -> Iterator[str]:
    yield from (f"# {escaped(report.title)}", "", escaped(" · ".join(report.facts)))
    if report.summary:
        yield from ("", " ".join(_said(line) for line in report.summary))
    for block in report.blocks:
        yield from ("", f"## {block.title}", "", *(f"- {_said(line)}" for line in block.lines))
    if report.sources:
        yield from ("", "## Sources", "", "| No. | Title | Site | Address | Retrieved |", "|--:|---|---|---|---|")
        yield from (_row(source) for source in report.sources)
    if report.notes:
        yield from ("", "## Notes", "", *(f"- {escaped(note)}" for note in report.notes))


def _said(line: Line) -> str:
    marks = "".join(f"[{number}]" for number in line.marks)
    doubt = "" if line.supported else f"*({UNSUPPORTED})*"
    return " ".join(part for part in (escaped(line.text), marks, doubt) if part)


def _row(source: SourceRow) -> str:
    address = f"<{source.link.replace('|', '%7C')}>" if source.link else escaped(source.url)
    cells = (str(source.number), escaped(source.title), escaped(source.site), address, source.retrieved)
    return f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """The text, of which a Markdown reader shows every character as it is."""
    text = _MARKUP.sub(r"\\\1", _ENTITY.sub("&amp;", text)).replace("<", "&lt;").replace(">", "&gt;")
    return _LEADING.sub(lambda match: f"\\{match[1]}" if not match[1].isdigit() else f"{match[1]}\\", text)
