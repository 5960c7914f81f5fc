"""Posts for many readers as the local generator writes them: no prospect is named in one."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domains.content import prospect_fit
from shared.domains.content.brief import Brief, Draft, Fact
from shared.domains.content.formats import FORMS
from shared.domains.content.generators.local import material
from shared.domains.content.generators.local.material import Known
from shared.domains.content.generators.local.messages import Line, fitted, text_of
from shared.kit.tokens import words

_QUESTIONS = (
    "How do you deal with it?",
    "What has worked for you?",
    "Which part of it is hardest for you?",
    "What would you add?",
    "Whom should one ask about it?",
)
_MAX_TAGS = 5


def write(brief: Brief, variant: int) -> Draft:
    about, form = material.of(brief), FORMS[brief.kind]
    facts = material.related(about.topic, about.facts)
    fact = facts[(variant - 1) % len(facts)] if facts else None
    said = [*_lines(brief, about, fact, variant), Line(question(variant))]
    if form.unit == "characters":  # a short post is one paragraph
        said = [replace(one, joins=n > 0) for n, one in enumerate(said)]
    lines = fitted(form, said)
    return Draft(
        text=text_of(lines),
        hashtags=hashtags(about),
        sources=[one.fact.source for one in lines if one.fact],
    )


def question(variant: int) -> str:
    """How a post ends; no two of five variants end alike."""
    return _QUESTIONS[(variant - 1) % len(_QUESTIONS)]


def hashtags(about: Known) -> list[str]:
    """Made of the persona's industries and uses, and of the topic where it is short."""
    named = [*about.fields, *about.uses, *([about.topic] if len(about.topic.split()) <= 3 else [])]
    joined = ("".join(word[:1].upper() + word[1:] for word in words(name)) for name in named)
    return list(dict.fromkeys(tag for tag in joined if tag))[:_MAX_TAGS]


def _lines(brief: Brief, about: Known, fact: Fact | None, variant: int) -> Iterator[Line]:
    work = prospect_fit.field_of(brief.prospect) if brief.prospect else None
    subject = about.topic or (work.angle if work else material.listed(about.fields))
    if subject:
        openings = (f"A thought on {subject}.", f"Let us talk about {subject}.", f"My topic today: {subject}.")
        yield Line(openings[(variant - 1) % len(openings)])
    if fact:
        yield Line(material.quote(fact), rank=1, fact=fact)
    if work:
        yield Line(f"In {work.name} roles, a frequent concern is {work.pains[(variant - 1) % 2]}.", rank=3)
    if about.positioning:
        yield Line(about.positioning, rank=2)
    if about.uses:
        yield Line(f"Typical uses are {material.listed(about.uses)}.", rank=4)
    if brief.persona and brief.persona.name and not about.positioning:
        yield Line(f"I write this as {material.line(brief.persona.name)}.", rank=5)
