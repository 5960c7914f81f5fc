"""Writes posts for many readers by rules; a post names no prospect."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domains.content.brief import Brief, Fact
from shared.domains.content.formats import FORMATS
from shared.domains.content.generators.base import Draft
from shared.domains.content.generators.local.language import Language
from shared.domains.content.generators.local.lines import Line, drop_to_fit, join_lines, sources_of
from shared.domains.content.generators.local.material import Material, collect_material
from shared.domains.content.generators.local.post_phrases import POSTS
from shared.domains.content.generators.local.sayings import Sayings
from shared.domains.content.generators.local.voice import voice_of
from shared.domains.content.phrasing import joined_with, single_line
from shared.kit.tokens import words

_MAX_TAGS = 5


def write_post(brief: Brief, variant: int) -> Draft:
    """Writes a post. The variant picks the opening, the quoted fact, the pain point and the closing question."""
    voice, format = voice_of(brief), FORMATS[brief.kind]
    material = collect_material(brief, voice.language)
    facts = material.facts_on_topic_first()
    fact = facts[(variant - 1) % len(facts)] if facts else None
    lines = [*_lines(brief, Sayings(material, voice), fact, variant), Line(closing_question(variant, voice.language))]
    if format.unit == "characters":  # a short post is a single paragraph
        lines = [replace(line, joins=n > 0) for n, line in enumerate(lines)]
    kept = drop_to_fit(format, lines)
    return Draft(text=join_lines(kept), hashtags=hashtags(material), sources=sources_of(kept))


def closing_question(variant: int, language: Language) -> str:
    """The question at the end of a post, another for each of five variants."""
    questions = POSTS[language].questions
    return questions[(variant - 1) % len(questions)]


def hashtags(material: Material) -> list[str]:
    """At most five hashtags: the persona's industries and use cases, and a topic of at most three words."""
    topic = [material.topic] if len(material.topic.split()) <= 3 else []
    names = [*material.industries, *material.uses, *topic]
    joined = ("".join(word[:1].upper() + word[1:] for word in words(name)) for name in names)
    return list(dict.fromkeys(tag for tag in joined if tag))[:_MAX_TAGS]


def _lines(brief: Brief, sayings: Sayings, fact: Fact | None, variant: int) -> Iterator[Line]:
    material, phrases = sayings.material, POSTS[sayings.voice.language]
    work = material.work
    subject = material.topic or (
        work.angle if work else joined_with(sayings.voice.phrases.conjunction, material.industries)
    )
    if subject:
        opening = phrases.openings[(variant - 1) % len(phrases.openings)]
        yield Line(opening.format(subject=sayings.translated(subject)))
    if fact:
        yield Line(sayings.quotation(fact), rank=1, fact=fact)
    if work:
        yield Line(sayings.common_pain_of(work, work.pains[(variant - 1) % 2]), rank=3)
    if material.positioning:
        yield Line(material.positioning, rank=2)
    if uses := sayings.uses():
        yield Line(uses, rank=4)
    if brief.persona and brief.persona.name and not material.positioning:
        yield Line(phrases.writer.format(name=single_line(brief.persona.name)), rank=5)
