"""Completes a filled template by rules: keeps the template's text and adds a fact or a question at the end."""

from collections.abc import Iterator

from shared.domains.content.brief import Brief
from shared.domains.content.formats import FORMATS, Format
from shared.domains.content.generators.base import Draft
from shared.domains.content.generators.local import messages, posts
from shared.domains.content.generators.local.lines import Line, drop_to_fit, join_lines, sources_of
from shared.domains.content.generators.local.material import Material, collect_material
from shared.domains.content.generators.local.sayings import Sayings
from shared.domains.content.generators.local.voice import voice_of


def complete_template(brief: Brief, variant: int) -> Draft:
    """Writes the template's text with an addition, another for each variant.

    The first variant adds nothing where there is no fact to add, or no room.
    """
    voice, format = voice_of(brief), FORMATS[brief.kind]
    material = collect_material(brief, voice.language)
    addition = _addition(brief, material, format, variant)
    lines = drop_to_fit(format, [Line(brief.template_text), *([addition] if addition else [])])
    return Draft(
        text=join_lines(lines),
        subject=messages.write_subject(brief, material, voice, variant) if format.has_subject else None,
        sources=sources_of(lines),
    )


def _addition(brief: Brief, material: Material, format: Format, variant: int) -> Line | None:
    prefix = "P.S. " if format.family == "message" and format.has_subject else ""
    rank = 1 if variant == 1 else 0
    facts = list(_fact_lines(brief, material, prefix, rank))
    if variant <= len(facts):
        return facts[variant - 1]
    number = variant - max(1, len(facts))
    if number == 0:
        return None
    if format.family == "message":
        return Line(prefix + messages.closing_question(material, voice_of(brief), number))
    return Line(prefix + posts.closing_question(number, voice_of(brief).language))


def _fact_lines(brief: Brief, material: Material, prefix: str, rank: int) -> Iterator[Line]:
    """The facts and the sender's positioning, as far as the template does not contain them."""
    for fact in material.facts:
        if fact.text not in brief.template_text:
            yield Line(prefix + Sayings(material, voice_of(brief)).quotation(fact), rank, fact)
    if material.positioning and material.positioning.rstrip(".") not in brief.template_text:
        yield Line(prefix + material.positioning, rank)
