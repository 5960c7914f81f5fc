"""Writes a research brief from the user's vault and insights, and lists its sources with a comparison table."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from shared.domains.content.brief import Fact, Source
from shared.domains.content.requests.models import Content, TopicInput
from shared.domains.content.requests.service import build_brief, build_content
from shared.domains.content.service import write_pieces
from shared.kit.schema import Model


class ResearchInput(TopicInput):
    """`num_results` bounds the sources that are used; `include_comparison` asks for a table of them."""

    num_results: Annotated[int, Field(ge=1, le=50)] = 10
    include_comparison: bool = False
    output_format: Literal["markdown"] = "markdown"


class Tool(Model):
    """The statement of one source on the topic, in the source's own words."""

    name: str
    description: str
    source: Source


class ResearchBrief(Content):
    """`research_content` is the best piece, `comparison_table` a table if it was asked for; both are Markdown."""

    research_content: str
    tools_found: list[Tool]
    comparison_table: str | None
    sources: list[Source]


def write_research_brief(uid: str, data: ResearchInput) -> ResearchBrief:
    """Writes the brief. Raises as `requests.service.build_brief`, and AppError when the provider refuses."""
    brief = build_brief(uid, "research", data, max_facts=data.num_results)
    content = build_content(brief, write_pieces(brief))
    best = content.best_piece()
    tools = [Tool(name=fact.source.title, description=fact.text, source=fact.source) for fact in brief.facts]
    return ResearchBrief(
        **dict(content),
        research_content=best.text,
        tools_found=tools,
        comparison_table=_comparison_table(brief.facts) if data.include_comparison and brief.facts else None,
        sources=best.sources,
    )


def _comparison_table(facts: Sequence[Fact]) -> str:
    rows = [f"| {_cell(fact.source.title)} | {_cell(fact.text)} | {fact.source.kind} |" for fact in facts]
    return "\n".join(["| Source | What it says | From |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
