"""Writes documents by rules: an outline that contains the brief's facts and asks questions for the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.domains.content.brief import Brief, Kind
from shared.domains.content.generators.base import Draft
from shared.domains.content.generators.local import posts
from shared.domains.content.generators.local.material import Material, collect_material
from shared.domains.content.phrasing import as_sentence, joined_with_and

_Content = Literal["topic", "facts", "offer", "audience", "ask", "user"]


@dataclass(frozen=True)
class OutlineSection:
    """A section of an outline: its heading, its content, and the question to ask where the brief has no content.

    A section with the content `user` is left out unless the brief has lines for its heading; one with the content
    `ask` always asks its question.
    """

    heading: str
    content: _Content
    question: str


OUTLINES: dict[Kind, tuple[OutlineSection, ...]] = {
    "blog": (
        OutlineSection("What it is about", "topic", "Which question does a reader bring?"),
        OutlineSection("What is known", "facts", "Which figures or examples show it?"),
        OutlineSection("For whom it matters", "audience", "Who should read this, and what have they tried?"),
        OutlineSection("What we offer", "offer", "What do we contribute that others do not?"),
        OutlineSection("What to do next", "ask", "Which one step can a reader take today?"),
    ),
    "video": (
        OutlineSection("Hook", "topic", "Which sentence makes somebody stay?"),
        OutlineSection("What is known", "facts", "What can be shown, and not just said?"),
        OutlineSection("For whom", "audience", "Who is it for?"),
        OutlineSection("What we offer", "offer", "What changes for the viewer?"),
        OutlineSection("Call", "ask", "What should a viewer do at the end?"),
    ),
    "research": (
        OutlineSection("Question", "topic", "What is to be found out?"),
        OutlineSection("Findings", "facts", "Nothing in the vault answers this yet: which source would?"),
        OutlineSection("Whom it concerns", "audience", "Whose decision depends on it?"),
        OutlineSection("Still to be found out", "ask", "What would change the conclusion?"),
        OutlineSection("What follows", "ask", "What is done differently once this is known?"),
    ),
    "micro_tool": (
        OutlineSection("Purpose", "topic", "Which single task does the tool do?"),
        OutlineSection("Users", "audience", "Who uses it, how often?"),
        OutlineSection("What is known", "facts", "Which examples of input and result are there?"),
        OutlineSection("What it offers", "offer", "What is better than doing it by hand?"),
        OutlineSection("Functions", "user", ""),
        OutlineSection("Input", "ask", "Which fields does a user fill in, and within which limits?"),
        OutlineSection("Result", "ask", "What does a user see, and how is it worked out?"),
        OutlineSection("Checks", "ask", "Which input must be refused, and with which sentence?"),
    ),
    "prd": (
        OutlineSection("Problem", "topic", "Which problem, for whom, and how is it solved today?"),
        OutlineSection("Evidence", "facts", "Which observations or figures show the problem?"),
        OutlineSection("Users", "audience", "Who has the problem, and who decides?"),
        OutlineSection("Goal", "offer", "What is different once this exists?"),
        OutlineSection("Requirements", "ask", "What must it do, and what not, each as a sentence that can be tested?"),
        OutlineSection("User stories", "user", ""),
        OutlineSection("First version", "user", ""),
        OutlineSection("Measures", "ask", "Which figure tells success, and what is it today?"),
        OutlineSection("Risks", "ask", "What could make this the wrong thing to build?"),
    ),
}


def write_document(brief: Brief, variant: int) -> Draft:
    """Writes a document; each further variant begins with another section."""
    material = collect_material(brief)
    user_lines = {section.heading: section.lines for section in brief.sections}
    sections = [each for each in OUTLINES[brief.kind] if each.content != "user" or each.heading in user_lines]
    first = (variant - 1) % len(sections)
    order = [sections[first], *(section for n, section in enumerate(sections) if n != first)]
    parts = [f"# {_title(material)}"]
    for section in order:
        lines = [*user_lines.get(section.heading, ()), *_lines(section.content, brief, material)]
        parts.append("\n".join([f"## {section.heading}", *(lines or [f"Open: {section.question}"])]))
    quotes_facts = any(section.content == "facts" for section in order)
    return Draft(
        text="\n\n".join(parts),
        hashtags=posts.hashtags(material),
        sources=[fact.source for fact in material.facts] if quotes_facts else [],
    )


def _title(material: Material) -> str:
    topic = material.topic
    return topic[:1].upper() + topic[1:] if topic else joined_with_and(material.industries) or "Untitled"


def _lines(content: _Content, brief: Brief, material: Material) -> Sequence[str]:
    """The lines that the brief's fields have for a section of this content."""
    match content:
        case "topic":
            both = brief.topic and brief.instructions
            request = f"Asked for: {as_sentence(brief.instructions)}" if both else ""
            return [line for line in (as_sentence(material.topic), request) if line]
        case "facts":
            return [f"- {fact.quotation}" for fact in material.facts]
        case "offer":
            uses = [f"Typical uses are {joined_with_and(material.uses)}."] if material.uses else []
            return [line for line in (material.positioning, *uses) if line]
        case "audience":
            return list(_audience_lines(material))
        case "ask" | "user":
            return []


def _audience_lines(material: Material) -> Iterator[str]:
    if material.industries:
        yield f"People in {joined_with_and(material.industries)}."
    if material.role or material.company:
        yield f"For example: {', '.join(filter(None, [material.role, material.company]))}."
    yield from (f"- {pain}" for pain in material.pains)
