"""A research brief with what it rests on listed beside it: the sources, what each says, and a table of them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shared.domains.content.brief import Fact, Source
from shared.domains.content.requests import service as requests
from shared.domains.content.requests.service import Content, TopicInput
from shared.domains.content.service import write


class ResearchInput(TopicInput):
    """`num_results` bounds the sources that are used; `include_comparison` asks for a table of them."""

    num_results: Annotated[int, Field(ge=1, le=50)] = 10
    include_comparison: bool = False
    output_format: Literal["markdown"] = "markdown"


class Tool(BaseModel):
    """What one source says on the topic, in its own words."""

    name: str
    description: str
    source: Source


class ResearchBrief(Content):
    """`research_content` is the best piece, `comparison_table` a table if it was asked for; both are Markdown."""

    research_content: str
    tools_found: list[Tool]
    comparison_table: str | None
    sources: list[Source]


def generate(uid: str, data: ResearchInput) -> ResearchBrief:
    """Write the brief from the vault and the insights. Raises as `requests.generate`; stores nothing."""
    brief = requests.brief_of(uid, "research", data, facts=data.num_results)
    content = requests.content_of(brief, write(brief))
    best = next(piece for piece in content.pieces if piece.variant == content.best)
    return ResearchBrief(
        **dict(content),
        research_content=best.text,
        tools_found=[
            Tool(name=fact.source.title, description=fact.text, source=fact.source) for fact in brief.knowledge
        ],
        comparison_table=_table(brief.knowledge) if data.include_comparison and brief.knowledge else None,
        sources=best.sources,
    )


def _table(facts: tuple[Fact, ...]) -> str:
    rows = [f"| {_cell(fact.source.title)} | {_cell(fact.text)} | {fact.source.kind} |" for fact in facts]
    return "\n".join(["| Source | What it says | From |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
