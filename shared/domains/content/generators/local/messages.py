"""Writes messages to one person by rules: each sentence rests on a field of the brief."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared.domains.content.brief import Brief, Fact
from shared.domains.content.formats import FORMATS
from shared.domains.content.generators.base import Draft
from shared.domains.content.generators.local.lines import Line, drop_to_fit, join_lines, sources_of
from shared.domains.content.generators.local.material import Material, collect_material
from shared.domains.content.generators.local.voice import Voice, voice_of
from shared.domains.content.phrasing import as_sentence, joined_with_and, single_line
from shared.kit.personal_names import first_name
from shared.kit.text import shortened

_MAX_SUBJECT = 200


def write_message(brief: Brief, variant: int) -> Draft:
    """Writes a message. The variant picks the opening, the angle, the quoted fact and the closing question."""
    material, voice, format = collect_material(brief), voice_of(brief), FORMATS[brief.kind]
    angle = material.angle_for(variant)
    openings = list(_openings(brief, material, angle))
    opening = openings[(variant - 1) % len(openings)]
    facts = [fact for fact in material.facts if fact is not opening.fact]
    lines = drop_to_fit(
        format,
        [
            Line(voice.greet(material.name)),
            opening,
            *_quotations(facts, variant, voice),
            *_pitch(material, angle, opening),
            *_ending(material, voice, variant),
            Line(voice.close()),
        ],
    )
    return Draft(
        subject=write_subject(brief, material, variant) if format.has_subject else None,
        text=join_lines(lines),
        sources=sources_of(lines),
    )


def write_subject(brief: Brief, material: Material, variant: int) -> str:
    """Writes the subject, always on a single line."""
    angle = material.angle_for(variant)
    reader = material.company or material.name
    if brief.purpose == "follow_up":
        return shortened(single_line(f"Following up: {angle or reader}"), _MAX_SUBJECT)
    subjects = [f"{reader}: {angle}", f"{angle[:1].upper()}{angle[1:]}", f"A question about {angle}"] if angle else []
    if not reader:
        subjects = subjects[1:]
    subject = subjects[(variant - 1) % len(subjects)] if subjects else reader or "A question"
    return shortened(single_line(subject), _MAX_SUBJECT)


def closing_question(material: Material, voice: Voice, variant: int) -> str:
    """The question at the end of a message, another for each of five variants."""
    given = "" if voice.tone == "formal" else first_name(material.name)
    first = f", {given}" if given else ""
    at = f" at {material.company}" if material.company else ""
    if "direct" in voice.traits:
        questions = (
            f"Do you have fifteen minutes for this next week{first}?",
            f"Shall I send you one page on this{first}?",
            f"Who decides about this{at}?",
            f"Is this a topic for you now, yes or no{first}?",
            f"Which day suits you for a short call{first}?",
        )
    else:
        questions = (
            f"Would a short conversation next week be useful to you{first}?",
            f"May I send you one page on how this could look{at}?",
            f"Who{at or ' in your team'} would be the right person to ask about this?",
            f"Is this a topic for you at the moment{first}, or shall I ask again later?",
            f"Shall we take fifteen minutes to see whether this fits{at}?",
        )
    return questions[(variant - 1) % len(questions)]


def _openings(brief: Brief, material: Material, angle: str) -> Iterator[Line]:
    """The first sentences that the brief's fields allow, the most specific first."""
    if brief.purpose == "follow_up":
        subject = angle or "this"
        yield Line(f"I wanted to come back to my note about {subject}.")
        yield Line(f"My last note was about {subject}; I would still like to hear what you think of it.")
        yield Line(f"I wrote to you about {subject} before, and have not heard back yet.")
        return
    if material.name:
        yield Line(f"I am writing because of your work{material.position}.")
    for fact in material.facts[:2]:
        why = f" That is why I am writing to you at {material.company}." if material.company else ""
        yield Line(fact.quotation + why, fact=fact)
    if material.pains:
        yield Line(_pain_sentence(material.pains[0]))
    if material.focus and material.name:
        focus = joined_with_and(material.focus[:2])
        yield Line(f"My focus is {focus}, which is why I am writing to {material.company or 'you'}.")
    if not material.name:
        yield Line(f"I am writing about {angle}." if angle else "I am writing with a question.")


def _quotations(facts: Sequence[Fact], variant: int, voice: Voice) -> Iterator[Line]:
    """A quoted fact, another for each variant; a thorough voice quotes two."""
    count = min(len(facts), 2 if "thorough" in voice.traits else 1)
    for number in range(count):
        fact = facts[(variant - 1 + number) % len(facts)]
        yield Line(fact.quotation, 3 + number, fact, joins=True)


def _pitch(material: Material, angle: str, opening: Line) -> Iterator[Line]:
    """The paragraph on the prospect's pain point, the angle and the sender's offer; no line without a value."""
    pain = _pain_sentence(material.pains[0]) if material.pains else ""
    new_industries = not set(material.industries) <= set(material.focus)
    lines = [
        Line(pain if pain != opening.text else "", rank=5),
        Line(_angle_sentence(angle) if angle and material.name else "", rank=2),
        Line(material.positioning, rank=1),
        Line(f"Typical uses are {joined_with_and(material.uses)}." if material.uses else "", rank=6),
        Line(f"My field is {joined_with_and(material.industries)}." if new_industries else "", rank=7),
    ]
    filled = [line for line in lines if line.text]
    yield from (replace(line, joins=n > 0) for n, line in enumerate(filled))


def _pain_sentence(pain: str) -> str:
    """States a pain point as common where the fit rules call it so, and as a guess otherwise."""
    where, _, what = pain.rpartition(": ")
    if where.startswith("Common in"):
        return f"In {where.removeprefix('Common in ').strip()}, a frequent concern is {what}."
    return f"My guess is that this concerns you: {as_sentence(pain)}"


def _angle_sentence(angle: str) -> str:
    """Puts a short phrase into a sentence; a whole sentence follows a colon."""
    if len(angle.split()) <= 10 and not angle[0].isupper():
        return f"I would like to talk with you about {angle}."
    return f"What I would like to talk about: {as_sentence(angle)}"


def _ending(material: Material, voice: Voice, variant: int) -> Iterator[Line]:
    yield Line(closing_question(material, voice, variant))
    if "gentle" in voice.traits:
        yield Line("If not, a short “no” is just as welcome.", rank=4, joins=True)
