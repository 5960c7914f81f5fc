"""Writes the description of a small tool and, where the user asks for it, the tool as one HTML page."""

from typing import Annotated, Literal

from pydantic import ConfigDict, StringConstraints, field_validator

from shared.domains.content.addresses import find_addresses
from shared.domains.content.brief import Brief, Section
from shared.domains.content.generators.llm import fenced_prompt
from shared.domains.content.requests.models import Content, Lines, Topic, TopicInput, required_text
from shared.domains.content.requests.service import build_brief, build_content
from shared.domains.content.requests.worksheet import build_worksheet
from shared.domains.content.service import write_pieces
from shared.kit.schema import Model, Text
from shared.providers import llm
from shared.providers.llm.base import Message

_DEPLOYMENT = (
    "Save the code as a file that ends in .html and open it in a browser, or upload it to any static web host "
    "(Firebase Hosting, GitHub Pages, your own web space). It needs no server and sends nothing anywhere: what a user "
    "enters stays in that browser."
)
_NAMESPACES = "http://www.w3.org/"  # the names of SVG and MathML; a browser loads nothing from there


class MicroToolInput(TopicInput):
    """A topic or instructions; or the tool itself: its name, what it does, for whom, and its functions.

    With `output_format` html the answer holds the tool as one HTML page too.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [{"anyOf": [required_text(name) for name in ("topic", "instructions", "tool_name")]}]
        }
    )

    tool_name: Topic = ""
    tool_description: Text = ""
    target_audience: Lines = []
    features: Lines = []
    output_format: Literal["html"] | None = None


class MicroTool(Content):
    """`html_code` is one page with all that it needs in it; null unless the HTML was asked for."""

    html_code: str | None
    deployment_instructions: str | None


class _Page(Model):
    html_code: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]

    @field_validator("html_code")
    @classmethod
    def _is_self_contained(cls, code: str) -> str:
        if "<html" not in code.lower() or "</html>" not in code.lower():
            raise ValueError("answer with a whole page, from <html> to </html>")
        if foreign := {address for address in find_addresses(code) if not address.startswith(_NAMESPACES)}:
            raise ValueError(f"the page must load nothing and call nobody: leave out {', '.join(sorted(foreign)[:5])}")
        return code


def write_micro_tool(uid: str, data: MicroToolInput) -> MicroTool:
    """Writes description and page. Raises as `requests.service.build_brief`, and AppError when the provider refuses."""
    brief = build_brief(uid, "micro_tool", data, fallback_topic=data.tool_name, sections=_sections(data))
    content = build_content(brief, write_pieces(brief))
    wants_page = data.output_format == "html"
    return MicroTool(
        **dict(content),
        html_code=_write_page(brief, data) if wants_page else None,
        deployment_instructions=_DEPLOYMENT if wants_page else None,
    )


def _sections(data: MicroToolInput) -> list[Section]:
    """The sections that the input fills, under the headings of the outline."""
    sections = {
        "Purpose": [data.tool_description] if data.tool_description.strip() else [],
        "Users": [f"- {user}" for user in data.target_audience],
        "Functions": [f"- {feature}" for feature in data.features],
    }
    return [Section(heading, tuple(lines)) for heading, lines in sections.items() if lines]


def _write_page(brief: Brief, data: MicroToolInput) -> str:
    """Asks the language model for the page; without a model, builds a worksheet that rates each function."""
    model = llm.configured()
    if model is None:
        title = brief.topic or data.instructions
        return build_worksheet(title, data.tool_description, data.target_audience, data.features)
    task = "Write the tool as one HTML page with its style and script in it, accessible, in the language of the topic."
    given = {section.heading: list(section.lines) for section in brief.sections}
    blocks = {"topic": brief.topic, "given": given, "wishes": brief.instructions}
    rules, prompt = fenced_prompt.build_prompt(task, blocks)
    return model.structured([Message("system", rules), Message("user", prompt)], _Page).html_code
