"""What a report says, before it has a form: the same for every format."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from shared.domains.research.models import Insight, InsightSource, Section
from shared.domains.research.service import TaskInsights
from shared.kit.patterns import lazy_pattern

UNSUPPORTED = "not supported by a source"
QUOTED = "in the source's words"
_CONTRADICTIONS = "Contradictions between sources"
CAUTION = f"Statements marked “{UNSUPPORTED}” rest on nothing that was read; check them before you use them."
_TITLES: dict[Section, str] = {
    "key_findings": "Key findings",
    "pain_points": "Pain points",
    "opportunities": "Opportunities",
    "suggested_outreach": "Suggested outreach",
    "content_angles": "Content angles",
}
_UNPRINTABLE = lazy_pattern(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True)
class Line:
    """One statement; `marks` are the numbers of its sources, counted from 1."""

    text: str
    marks: tuple[int, ...] = ()
    supported: bool = True

    @property
    def rtl(self) -> bool:
        return written_rtl(self.text)


@dataclass(frozen=True)
class Block:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SourceRow:
    """`link` is the address where it is one of the web, else None."""

    number: int
    title: str
    site: str
    url: str
    link: str | None
    retrieved: str


@dataclass(frozen=True)
class Report:
    title: str
    facts: tuple[str, ...]
    summary: tuple[Line, ...]
    blocks: tuple[Block, ...]
    sources: tuple[SourceRow, ...]
    notes: tuple[str, ...]


def of(research: TaskInsights) -> Report:
    """The report of a task's insights, also of those from before there were statements."""
    insight = research.insights
    summary = tuple(_lines(insight, "summary"))
    blocks = tuple(
        Block(title, lines) for section, title in _TITLES.items() if (lines := tuple(_lines(insight, section)))
    )
    if against := tuple(_contradictions(insight)):
        blocks = (*blocks, Block(_CONTRADICTIONS, against))
    doubtful = any(not line.supported for lines in (summary, *(block.lines for block in blocks)) for line in lines)
    notes = [_clean(note) for note in insight.notes]
    return Report(
        title=_clean(research.task_title) or "Research",
        facts=tuple(_facts(insight)),
        summary=summary,
        blocks=blocks,
        sources=tuple(_source(number, source) for number, source in enumerate(insight.sources, 1)),
        notes=tuple([*notes, CAUTION] if doubtful else notes),
    )


def rest_on(report: Report) -> list[tuple[int, int]]:
    """How many statements rest on each source, the most first; at most a dozen sources."""
    return Counter(mark for line in _statements(report) for mark in line.marks).most_common(12)


def unsupported(report: Report) -> int:
    """How many statements rest on no source."""
    return sum(not line.supported for line in _statements(report))


def _statements(report: Report) -> list[Line]:
    blocks = [block.lines for block in report.blocks if block.title != _CONTRADICTIONS]
    return [line for lines in (report.summary, *blocks) for line in lines]


def written_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((direction in ("R", "AL") for direction in strong if direction in ("L", "R", "AL")), False)


def _lines(insight: Insight, section: Section) -> Iterator[Line]:
    """The section's statements; without any, what its list says."""
    stated = [statement for statement in insight.statements if statement.section == section]
    for statement in stated:
        cited = dict.fromkeys(index + 1 for index in statement.sources if 0 <= index < len(insight.sources))
        if text := _clean(statement.text):
            shown = f"“{text}” ({QUOTED})" if statement.wording == "source" else text
            yield Line(shown, tuple(cited), statement.supported)
    if not stated:
        listed = [insight.summary] if section == "summary" else getattr(insight, section)
        yield from (Line(text) for text in map(_clean, listed) if text)


def _contradictions(insight: Insight) -> Iterator[Line]:
    """What each of two sources says, side by side."""
    for pair in insight.contradictions:
        quoted = [f"[{number + 1}] “{_clean(text)}”" for text, number in zip(pair.texts, pair.sources, strict=False)]
        yield Line(" – but ".join(quoted), tuple(number + 1 for number in pair.sources))


def _facts(insight: Insight) -> Iterator[str]:
    yield insight.created_at.strftime("%-d %B %Y")
    if insight.engine:
        yield f"Researched with {_clean(insight.engine)}"
    if insight.generator:
        yield f"Written by {_clean(insight.generator)}"
    count = len(insight.sources)
    yield f"{count} source{'' if count == 1 else 's'}"


def _source(number: int, source: InsightSource) -> SourceRow:
    url = _clean(source.url)
    own = url.startswith("vault:")
    return SourceRow(
        number=number,
        title=_clean(source.title or "") or ("Untitled" if own else url),
        site="Knowledge vault" if own else _clean(source.site or ""),
        url=url,
        link=url if re.match(r"https?://[^\s<>\"'\\]+$", url, re.IGNORECASE) else None,
        retrieved=source.retrieved_at.date().isoformat() if source.retrieved_at else "",
    )


def _clean(text: str) -> str:
    """On one line, without characters that no format can hold or that turn a reader's eye."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())
