"""The report as a tagged PDF, typeset by `report.typ`. Content reaches the template as data, never as markup."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from shared.domains.research.report.outline import UNSUPPORTED, Line, Report, rest_on, unsupported, written_rtl
from shared.kit.patterns import lazy_pattern

_TEMPLATE = Path(__file__).with_name("report.typ")
_LONG_WORD = lazy_pattern(r"\S{25,}")
# Scripts and signs for which Typst's own fonts have no shapes.
_SHAPELESS = lazy_pattern("[\u0700-\u08ff\u0980-\u109f\u1100-\u1cff\u2d00-\ud7ff\uf900-\ufaff\U00010000-\U0003ffff]")
_LOST = "Some characters of this report are in none of this PDF's fonts; download it as DOCX or HTML to see them."
_BREAK = "\u200b"  # a place where a line may break


def render(report: Report) -> bytes:
    """Needs no network and none of the system's fonts; the same report makes the same text on every machine."""
    import typst

    return typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(_data(report), ensure_ascii=False)},
    )


def _data(report: Report) -> dict[str, object]:
    rests = rest_on(report)
    return {
        "title": report.title,
        "heading": _directed(report.title),
        "facts": " · ".join(report.facts),
        "summary": [_line(line) for line in report.summary],
        "blocks": [{"title": block.title, "lines": [_line(line) for line in block.lines]} for block in report.blocks],
        "rests": [{"number": number, "count": count} for number, count in rests],
        "resting": _resting(report, rests),
        "sources": [
            {
                **asdict(source),
                "title": _directed(source.title),
                "site": _breakable(source.site),
                "url": _breakable(source.url),
            }
            for source in report.sources
        ],
        "notes": [_line(Line(note)) for note in _notes(report)],
        "unsupported": f"({UNSUPPORTED})",
    }


def _resting(report: Report, rests: Sequence[tuple[int, int]]) -> str:
    """What the picture of `rest_on` shows, in words."""
    stated = "; ".join(f"source {number} bears {count}" for number, count in rests)
    return f"Statements by the source that bears them, from zero: {stated}. {unsupported(report)} rest on none."


def _notes(report: Report) -> tuple[str, ...]:
    texts = json.dumps(asdict(report), ensure_ascii=False)
    return (*report.notes, _LOST) if _SHAPELESS.search(texts) else report.notes


def _line(line: Line) -> dict[str, object]:
    return {**_directed(line.text), "marks": line.marks, "supported": line.supported}


def _directed(text: str) -> dict[str, object]:
    return {"text": _breakable(text), "rtl": written_rtl(text)}


def _breakable(text: str) -> str:
    """Long words, such as addresses, may break after their signs, and after every 24 letters."""

    def pieces(word: re.Match[str]) -> str:
        parts = re.findall(r"[^/?&=._-]{1,24}[/?&=._-]?|[/?&=._-]", word.group())
        return _BREAK.join(parts)

    return _LONG_WORD.sub(pieces, text)
