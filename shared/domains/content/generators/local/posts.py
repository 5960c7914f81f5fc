"""Writes posts for many readers by rules; a post names no prospect."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domains.content import prospect_fit
from shared.domains.content.brief import Brief, Fact
from shared.domains.content.formats import FORMATS
from shared.domains.content.generators.base import Draft
from shared.domains.content.generators.local.lines import Line, drop_to_fit, join_lines, sources_of
from shared.domains.content.generators.local.material import Material, collect_material
from shared.domains.content.phrasing import joined_with_and, single_line
from shared.kit.tokens import words

_QUESTIONS = (
    "How do you deal with it?",
    "What has worked for you?",
    "Which part of it is hardest for you?",
    "What would you add?",
    "Whom should one ask about it?",
)
_MAX_TAGS = 5


def write_post(brief: Brief, variant: int) -> Draft:
    """Writes a post. The variant picks the opening, the quoted fact, the pain point and the closing question."""
    material, format = collect_material(brief), FORMATS[brief.kind]
    facts = material.facts_on_topic_first()
    fact = facts[(variant - 1) % len(facts)] if facts else None
    lines = [*_lines(brief, material, fact, variant), Line(closing_question(variant))]
    if format.unit == "characters":  # a short post is a single paragraph
        lines = [replace(line, joins=n > 0) for n, line in enumerate(lines)]
    kept = drop_to_fit(format, lines)
    return Draft(text=join_lines(kept), hashtags=hashtags(material), sources=sources_of(kept))


def closing_question(variant: int) -> str:
    """The question at the end of a post, another for each of five variants."""
    return _QUESTIONS[(variant - 1) % len(_QUESTIONS)]


def hashtags(material: Material) -> list[str]:
    """At most five hashtags: the persona's industries and use cases, and a topic of at most three words."""
    topic = [material.topic] if len(material.topic.split()) <= 3 else []
    names = [*material.industries, *material.uses, *topic]
    joined = ("".join(word[:1].upper() + word[1:] for word in words(name)) for name in names)
    return list(dict.fromkeys(tag for tag in joined if tag))[:_MAX_TAGS]


def _lines(brief: Brief, material: Material, fact: Fact | None, variant: int) -> Iterator[Line]:
    work = prospect_fit.line_of_work(brief.prospect) if brief.prospect else None
    subject = material.topic or (work.angle if work else joined_with_and(material.industries))
    if subject:
        openings = (f"A thought on {subject}.", f"Let us talk about {subject}.", f"My topic today: {subject}.")
        yield Line(openings[(variant - 1) % len(openings)])
    if fact:
        yield Line(fact.quotation, rank=1, fact=fact)
    if work:
        yield Line(f"In {work.name} roles, a frequent concern is {work.pains[(variant - 1) % 2]}.", rank=3)
    if material.positioning:
        yield Line(material.positioning, rank=2)
    if material.uses:
        yield Line(f"Typical uses are {joined_with_and(material.uses)}.", rank=4)
    if brief.persona and brief.persona.name and not material.positioning:
        yield Line(f"I write this as {single_line(brief.persona.name)}.", rank=5)
