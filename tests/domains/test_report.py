"""Reports: each format is opened again and says the same; nothing of the content is markup in any of them."""

import io
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import docx
import mistune
import pypdf
import pytest

from shared.domains.research import report
from shared.domains.research.models import Contradiction, Insight, InsightSource, ReportFormat, Section, Statement
from shared.domains.research.service import TaskInsights

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FORMATS: list[ReportFormat] = ["pdf", "docx", "md", "html"]
HOSTILE = [
    '#import "@preview/cetz:0.3.0": * #panic("no") $x^2$ @ref <label> /* */ //',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) ![y](http://a.io/i.png) <http://a.io> `code` *b* _i_ ~~s~~",
    "# heading - item 1. number > quote | cell &lt; &#35;",
    "1) first\n# second\n\n- third",
    "- dash",
    "w" * 3_000,
    "שלום עולם (מבחן)",
    "مرحبا بالعالم",
    "東京の学校 👩‍🔬🎉",
    "nul\x00 bell\x07 \x1b[31m \ud800 \u202eover\u202c",
    "Ÿ “quoted” — 50 % … ½ € ß",
]


def insight(statements: list[Statement], **fields: Any) -> TaskInsights:
    sources = [
        InsightSource(url="https://news.example/a?x=1|2", title="Shortage | 2026", site="News", retrieved_at=NOW),
        InsightSource(url="javascript:alert(1)", title="[x](javascript:alert(1))"),
        InsightSource(url="vault:abc", title="My own note"),
    ]
    about = {"summary": "Old summary.", "sources": sources, "engine": "perplexity", "generator": "embedded"}
    made = Insight(
        id="i", user_id="u", created_at=NOW, updated_at=NOW, task_id="t", statements=statements, **(about | fields)
    )
    return TaskInsights(task_id="t", task_title="Tutors <b>#1</b>", insights=made)


def said(section: Section, text: str, *sources: int, supported: bool = True) -> Statement:
    return Statement(section=section, text=text, sources=list(sources), supported=supported)


CITED = insight(
    [
        said("summary", "Tutors are scarce.", 0, 2),
        said("summary", "More so every year."),
        said("key_findings", "Forty pupils wait.", 0, 0, 9, -1),
        said("opportunities", "Schools will pay.", supported=False),
    ],
    notes=["The web was not asked."],
)


def text_of(found: TaskInsights, format: ReportFormat) -> str:
    """What a reader sees, on one line."""
    content, _ = report.render(found, format)
    match format:
        case "pdf":
            text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
        case "docx":
            document = docx.Document(io.BytesIO(content))
            cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
            text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
        case "md":
            text = Page(str(mistune.html(content.decode()))).text
        case _:
            text = Page(content.decode()).text
    return " ".join(text.replace("\u200b", "").replace("\u202f", " ").split())


class Page(HTMLParser):
    """A page's text, its tags and its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags, self.links = "", set[str](), list[dict[str, str | None]]()
        self._silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._silent = tag == "style"
        if tag == "a":
            self.links.append(dict(attrs))
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += "" if self._silent else data


@pytest.mark.parametrize("format", FORMATS)
def test_every_statement_has_its_marks_and_every_mark_its_source(format: ReportFormat) -> None:
    text = text_of(CITED, format)
    spaced = re.sub(r" ?\[", " [", text)
    for expected in (
        "Tutors <b>#1</b>",
        "2 March 2026 · Researched with perplexity · Written by embedded · 3 sources",
        "Tutors are scarce. [1] [3] More so every year.",
        "Key findings",
        "Forty pupils wait. [1]",
        "Schools will pay. (not supported by a source)",
        "The web was not asked.",
        "check them before you use them",
        "Shortage | 2026",
        "2026-03-02",
        "My own note",
        "Knowledge vault",
    ):
        assert expected in spaced, f"{expected!r} is not in {spaced}"
    assert "[9]" not in text
    assert "[10]" not in text
    assert "Old summary" not in text


@pytest.mark.parametrize("format", FORMATS)
def test_insights_from_before_there_were_statements(format: ReportFormat) -> None:
    text = text_of(insight([], key_findings=["One.", "Two."], pain_points=["Three."], sources=[]), format)
    assert "Old summary." in text
    assert re.search(r"Key findings.*One\..*Two\..*Pain points.*Three\.", text)
    assert "0 sources" in text
    assert "No. Title" not in text


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_is_shown_and_does_nothing(format: ReportFormat, text: str) -> None:
    found = insight([said("key_findings", text, 0), said("summary", text)], notes=[text], engine=text[:100])
    found.task_title = text
    found.insights.sources[0].title = text
    shown = text_of(found, format)
    plain = " ".join(re.sub(r"[\x00-\x1f\ud800\u202c\u202e]", " ", text).split())
    if format != "pdf":
        assert shown.count(plain) >= 4
    elif plain.isascii():
        assert re.sub(r"Page \d+ of \d+| ", "", shown).count(plain.replace(" ", "")) >= 4
    assert "Sources" in shown


@pytest.mark.parametrize("format", ["md", "html"])
def test_only_web_addresses_are_links_and_there_are_no_other_tags(format: ReportFormat) -> None:
    found = insight([said("key_findings", text, 0, 1) for text in HOSTILE[:6]])
    content = report.render(found, format)[0].decode()
    page = Page(content if format == "html" else str(mistune.html(content)))
    assert not page.tags & {"script", "img", "iframe", "b", "em", "del", "code", "blockquote", "ol"}
    outside = [link for link in page.links if not (link["href"] or "").startswith("#source-")]
    assert [link["href"] for link in outside] == [f"https://news.example/a?x=1{'|' if format == 'html' else '%7C'}2"]
    if format == "html":
        assert "noopener" in (outside[0]["rel"] or "")
        assert "default-src 'none'" in content


def test_the_pdf_is_tagged_and_its_links_lead_to_the_web_or_to_its_sources() -> None:
    reader = pypdf.PdfReader(io.BytesIO(report.render(CITED, "pdf")[0]))
    root: Any = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"], "/StructTreeRoot" in root) == (True, "en", True)
    assert reader.metadata is not None
    assert reader.metadata.title == "Tutors <b>#1</b>"
    links: list[Any] = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    assert {link["/A"]["/URI"] for link in links if "/A" in link} == {"https://news.example/a?x=1|2"}
    assert "Page 1 of 1" in reader.pages[0].extract_text()


def test_the_pdf_draws_what_the_statements_rest_on_and_says_it_in_words() -> None:
    text = " ".join(text_of(CITED, "pdf").split())
    assert "What the statements rest on" in text
    assert "from zero: source 1 bears 2; source 3 bears 1. 1 rest on none." in text
    assert "What the statements rest on" not in text_of(insight([said("summary", "One.", 0)]), "pdf")


def test_a_long_report_repeats_the_head_of_its_table() -> None:
    sources = [InsightSource(url=f"https://a.io/{n}/{'long-' * 30}", title=f"Source {n}") for n in range(80)]
    content, _ = report.render(insight([said("key_findings", f"F {n}", n) for n in range(80)], sources=sources), "pdf")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    assert len(pages) > 3
    assert sum("Retrieved" in page for page in pages) > 2
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_a_pdf_says_what_its_fonts_cannot_show() -> None:
    assert "none of this PDF's fonts" in text_of(insight([said("summary", "東京")]), "pdf")
    assert "fonts" not in text_of(CITED, "pdf")


def test_the_word_document_has_headings_items_and_a_table_of_sources() -> None:
    document = docx.Document(io.BytesIO(report.render(CITED, "docx")[0]))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert (styles[0], styles.count("Heading 1"), styles.count("List Bullet")) == ("Title", 4, 4)
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[0] == ["No.", "Title", "Site", "Address", "Retrieved"]
    assert rows[1] == ["1", "Shortage | 2026", "News", "https://news.example/a?x=1|2", "2026-03-02"]
    assert rows[3] == ["3", "My own note", "Knowledge vault", "vault:abc", ""]
    outside = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
    assert outside == ["https://news.example/a?x=1|2"]
    assert document.core_properties.author == ""


def test_json_is_the_insight_itself() -> None:
    content, content_type = report.render(CITED, "json")
    assert content_type == "application/json"
    assert TaskInsights.model_validate_json(content) == CITED


@pytest.mark.parametrize("format", ["pdf", "docx", "md", "html"])
def test_it_says_what_is_a_quote_and_where_sources_contradict_each_other(format: ReportFormat) -> None:
    quote = said("key_findings", "Initech sold 61 robots.", 0).model_copy(update={"wording": "source"})
    against = Contradiction(texts=["Initech sold 61 robots.", "Initech sold 48 robots."], sources=[0, 1])
    shown = " ".join(text_of(insight([quote], contradictions=[against]), format).split())
    assert "(in the source" in shown
    assert "Contradictions between sources" in shown
    assert "48 robots" in shown
