"""The report as a Word document."""

import io
from typing import Any

from shared.domains.research.report.outline import UNSUPPORTED, Line, Report, SourceRow, written_rtl

_HEADS = ("No.", "Title", "Site", "Address", "Retrieved")
_WIDTHS = (1.0, 4.6, 3.0, 5.6, 2.3)  # centimetres, of the 16.5 that a page has


def render(report: Report) -> bytes:
    import docx

    document = docx.Document()
    _describe(document, report)
    _directed(document.add_heading(report.title, 0))
    document.add_paragraph(" · ".join(report.facts), style="Subtitle")
    if report.summary:
        _say(document.add_paragraph(), *report.summary)
    for block in report.blocks:
        document.add_heading(block.title, 1)
        for line in block.lines:
            _say(document.add_paragraph(style="List Bullet"), line)
    if report.sources:
        document.add_heading("Sources", 1)
        _add_table(document, report.sources)
    if report.notes:
        document.add_heading("Notes", 1)
        for note in report.notes:
            _directed(document.add_paragraph(note, style="List Bullet"))
    _number_pages(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _describe(document: Any, report: Report) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.comments = report.title[:255], "", ""
    from docx.shared import Cm

    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.25)


def _say(paragraph: Any, *lines: Line) -> None:
    for number, line in enumerate(lines):
        paragraph.add_run(f"{' ' if number else ''}{line.text}")
        if line.marks:
            paragraph.add_run(" " + "".join(f"[{mark}]" for mark in line.marks)).bold = True
        if not line.supported:
            paragraph.add_run(f" ({UNSUPPORTED})").italic = True
    _directed(paragraph)


def _directed(paragraph: Any) -> None:
    """Right to left, where its first letter is."""
    from docx.oxml import OxmlElement

    if written_rtl(paragraph.text):
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for run in paragraph.runs:
            run.font.rtl = True


def _add_table(document: Any, sources: tuple[SourceRow, ...]) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    table = document.add_table(rows=1, cols=len(_HEADS), style="Table Grid")
    table.autofit = False
    for cell, head in zip(table.rows[0].cells, _HEADS, strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # repeated on each page
    for source in sources:
        cells = table.add_row().cells
        texts = (str(source.number), source.title, source.site, "" if source.link else source.url, source.retrieved)
        for cell, text in zip(cells, texts, strict=True):
            cell.paragraphs[0].add_run(text)
            _directed(cell.paragraphs[0])
        if source.link:
            _add_link(cells[3].paragraphs[0], source.link)
    for row in table.rows:
        for cell, width in zip(row.cells, _WIDTHS, strict=True):
            cell.width = Cm(width)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(8.5)


def _add_link(paragraph: Any, url: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(url)
    run.font.size, run.font.underline = Pt(8.5), True
    link.append(run._r)
    paragraph._p.append(link)


def _number_pages(document: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run("Page ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
