"""Writes messages to one person by rules: each sentence rests on a field of the brief."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared.domains.content.brief import Brief, Fact
from shared.domains.content.formats import FORMATS
from shared.domains.content.generators.base import Draft
from shared.domains.content.generators.local.lines import Line, drop_to_fit, join_lines, sources_of
from shared.domains.content.generators.local.material import Material, collect_material
from shared.domains.content.generators.local.openings import find_openings
from shared.domains.content.generators.local.sayings import Sayings
from shared.domains.content.generators.local.voice import Voice, voice_of
from shared.domains.content.phrasing import single_line
from shared.kit.text import shortened

_MAX_SUBJECT = 200


def write_message(brief: Brief, variant: int) -> Draft:
    """Writes a message. The variant picks the opening, the angle, the quoted fact and the closing question."""
    voice, format = voice_of(brief), FORMATS[brief.kind]
    material = collect_material(brief, voice.language)
    sayings = Sayings(material, voice)
    angle = sayings.translated(material.angle_for(variant))
    openings = find_openings(brief, material, sayings, angle)
    opening = openings[(variant - 1) % len(openings)]
    facts = [fact for fact in material.facts if fact is not opening.fact]
    lines = drop_to_fit(
        format,
        [
            Line(voice.greet(material.name)),
            Line(opening.text, fact=opening.fact),
            *_quotations(facts, variant, sayings),
            *_pitch(material, sayings, angle, opening.uses),
            *_ending(sayings, variant),
            Line(voice.close()),
        ],
    )
    return Draft(
        subject=write_subject(brief, material, voice, variant) if format.has_subject else None,
        text=join_lines(lines),
        sources=sources_of(lines),
    )


def write_subject(brief: Brief, material: Material, voice: Voice, variant: int) -> str:
    """Writes the subject, always on a single line."""
    phrases = voice.phrases
    angle = Sayings(material, voice).translated(material.angle_for(variant)).rstrip(".!? ")
    reader = material.company or material.name
    if brief.purpose == "follow_up":
        subject = phrases.follow_up_subject.format(angle=angle or reader) if angle or reader else phrases.no_subject
        return shortened(single_line(subject), _MAX_SUBJECT)
    values = {"reader": reader, "angle": angle, "Angle": angle[:1].upper() + angle[1:]}
    patterns = phrases.subjects if angle else ()
    names_reader = bool(reader) and reader not in angle
    subjects = [pattern.format(**values) for pattern in patterns if names_reader or "{reader}" not in pattern]
    subject = subjects[(variant - 1) % len(subjects)] if subjects else phrases.no_subject
    return shortened(single_line(subject), _MAX_SUBJECT)


def closing_question(material: Material, voice: Voice, variant: int) -> str:
    """The question at the end of a message, another for each of five variants."""
    return Sayings(material, voice).question(variant)


def _quotations(facts: Sequence[Fact], variant: int, sayings: Sayings) -> Iterator[Line]:
    """A quoted fact, another for each variant; a thorough voice quotes two."""
    count = min(len(facts), 2 if "thorough" in sayings.voice.traits else 1)
    for number in range(count):
        fact = facts[(variant - 1 + number) % len(facts)]
        yield Line(sayings.quotation(fact), 3 + number, fact, joins=True)


def _pitch(material: Material, sayings: Sayings, angle: str, used: frozenset[str]) -> Iterator[Line]:
    """The paragraph on the prospect's needs, the angle and the sender's offer; without what the opening has said."""
    new_industries = not set(material.industries) <= set(material.focus)
    pains = [sayings.pain(pain) for pain in material.own_pains if pain.text not in used][:1]
    lines = [
        *(Line(pain, rank=5) for pain in pains),
        Line(sayings.common_pain(angle) if not material.own_pains else "", rank=6),
        Line(sayings.angle(angle) if angle and angle not in used else "", rank=2),
        Line(material.positioning, rank=1),
        Line(sayings.uses(), rank=7),
        Line(sayings.industries() if new_industries else "", rank=8),
    ]
    filled = [line for line in lines if line.text]
    yield from (replace(line, joins=n > 0) for n, line in enumerate(filled))


def _ending(sayings: Sayings, variant: int) -> Iterator[Line]:
    yield Line(sayings.question(variant))
    if "gentle" in sayings.voice.traits:
        yield Line(sayings.voice.phrases.no_pressure, rank=4, joins=True)
