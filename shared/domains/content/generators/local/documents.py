"""Longer texts as the local generator writes them: an outline that holds what is known and asks for the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.domains.content.brief import Brief, Draft, Kind
from shared.domains.content.generators.local import material, posts
from shared.domains.content.generators.local.material import Known

_Content = Literal["topic", "facts", "offer", "audience", "open", "given"]
_OPEN = "Open"


@dataclass(frozen=True)
class Section:
    """A heading, what of the brief belongs under it, and what to ask where there is nothing.

    One with the content `given` is left out where the user has not filled it.
    """

    heading: str
    content: _Content
    question: str


OUTLINES: dict[Kind, tuple[Section, ...]] = {
    "blog": (
        Section("What it is about", "topic", "Which question does a reader bring?"),
        Section("What is known", "facts", "Which figures or examples show it?"),
        Section("For whom it matters", "audience", "Who should read this, and what have they tried?"),
        Section("What we offer", "offer", "What do we contribute that others do not?"),
        Section("What to do next", "open", "Which one step can a reader take today?"),
    ),
    "video": (
        Section("Hook", "topic", "Which sentence makes somebody stay?"),
        Section("What is known", "facts", "What can be shown, and not just said?"),
        Section("For whom", "audience", "Who is it for?"),
        Section("What we offer", "offer", "What changes for the viewer?"),
        Section("Call", "open", "What should a viewer do at the end?"),
    ),
    "research": (
        Section("Question", "topic", "What is to be found out?"),
        Section("Findings", "facts", "Nothing in the vault answers this yet: which source would?"),
        Section("Whom it concerns", "audience", "Whose decision depends on it?"),
        Section("Still to be found out", "open", "What would change the conclusion?"),
        Section("What follows", "open", "What is done differently once this is known?"),
    ),
    "micro_tool": (
        Section("Purpose", "topic", "Which single task does the tool do?"),
        Section("Users", "audience", "Who uses it, how often?"),
        Section("What is known", "facts", "Which examples of input and result are there?"),
        Section("What it offers", "offer", "What is better than doing it by hand?"),
        Section("Functions", "given", ""),
        Section("Input", "open", "Which fields does a user fill in, and within which limits?"),
        Section("Result", "open", "What does a user see, and how is it worked out?"),
        Section("Checks", "open", "Which input must be refused, and with which sentence?"),
    ),
    "prd": (
        Section("Problem", "topic", "Which problem, for whom, and how is it solved today?"),
        Section("Evidence", "facts", "Which observations or figures show the problem?"),
        Section("Users", "audience", "Who has the problem, and who decides?"),
        Section("Goal", "offer", "What is different once this exists?"),
        Section("Requirements", "open", "What must it do, and what not, each as a sentence that can be tested?"),
        Section("User stories", "given", ""),
        Section("First version", "given", ""),
        Section("Measures", "open", "Which figure tells success, and what is it today?"),
        Section("Risks", "open", "What could make this the wrong thing to build?"),
    ),
}


def write(brief: Brief, variant: int) -> Draft:
    """Each further variant begins with another section, so that what matters most to its reader comes first."""
    about = material.of(brief)
    given = dict(brief.given)
    sections = [one for one in OUTLINES[brief.kind] if one.content != "given" or one.heading in given]
    first = (variant - 1) % len(sections)
    order = [sections[first], *(section for n, section in enumerate(sections) if n != first)]
    parts = [f"# {_title(brief, about)}", *("\n".join(_section(one, brief, about)) for one in order)]
    used = any(one.content == "facts" for one in order)
    return Draft(
        text="\n\n".join(parts),
        hashtags=posts.hashtags(about),
        sources=[fact.source for fact in about.facts] if used else [],
    )


def _title(brief: Brief, about: Known) -> str:
    return about.topic[:1].upper() + about.topic[1:] if about.topic else material.listed(about.fields) or "Untitled"


def _section(section: Section, brief: Brief, about: Known) -> Iterator[str]:
    yield f"## {section.heading}"
    lines = [*dict(brief.given).get(section.heading, ()), *_said(section.content, brief, about)]
    yield from lines or [f"{_OPEN}: {section.question}"]


def _said(content: _Content, brief: Brief, about: Known) -> Sequence[str]:
    match content:
        case "topic":
            asked = f"Asked for: {material.sentence(brief.instructions)}" if brief.topic and brief.instructions else ""
            return [line for line in (material.sentence(about.topic), asked) if line]
        case "facts":
            return [f"- {material.quote(fact)}" for fact in about.facts]
        case "offer":
            uses = [f"Typical uses are {material.listed(about.uses)}."] if about.uses else []
            return [line for line in (about.positioning, *uses) if line]
        case "audience":
            return list(_audience(about))
        case "open" | "given":
            return []


def _audience(about: Known) -> Iterator[str]:
    if about.fields:
        yield f"People in {material.listed(about.fields)}."
    if about.role or about.company:
        yield f"For example: {', '.join(filter(None, [about.role, about.company]))}."
    yield from (f"- {pain}" for pain in about.pains)
