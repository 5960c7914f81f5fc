"""Messages to one person as the local generator writes them: each sentence rests on a field of the brief."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared.domains.content.brief import Brief, Draft, Fact
from shared.domains.content.formats import FORMS, Form
from shared.domains.content.generators.local import material, voice
from shared.domains.content.generators.local.material import Known
from shared.domains.content.generators.local.voice import Voice
from shared.kit.personal_names import first_name
from shared.kit.text import shortened

_SUBJECT = 200


@dataclass(frozen=True)
class Line:
    """The higher its rank, the sooner it is left out of a text that is too long; 0 always stays.

    One that `joins` continues the paragraph before it.
    """

    text: str
    rank: int = 0
    fact: Fact | None = None
    joins: bool = False


def write(brief: Brief, variant: int) -> Draft:
    """The variant decides the opening, the angle, the fact that is quoted, and how the message ends."""
    about, sound, form = material.of(brief), voice.of(brief), FORMS[brief.kind]
    angle = about.angles[(variant - 1) % len(about.angles)] if about.angles else ""
    openings = list(_openings(brief, about, angle))
    opening = openings[(variant - 1) % len(openings)]
    facts = [fact for fact in about.facts if fact is not opening.fact]
    lines = fitted(
        form,
        [
            Line(sound.greet(about.name)),
            opening,
            *_quoted(facts, variant, sound),
            *_pitch(about, angle, opening),
            *_ending(about, sound, variant),
            Line(sound.close()),
        ],
    )
    return Draft(
        subject=_subject(brief, about, angle, variant) if form.has_subject else None,
        text=text_of(lines),
        sources=[one.fact.source for one in lines if one.fact],
    )


def text_of(lines: Sequence[Line]) -> str:
    return "".join((" " if one.joins else "\n\n" if n else "") + one.text for n, one in enumerate(lines))


def fitted(form: Form, lines: Sequence[Line]) -> list[Line]:
    """The lines that the form has room for: those of the highest rank go first, of equals the last."""
    kept = list(lines)
    while form.length(text_of(kept)) > form.high:
        last = max(range(len(kept)), key=lambda n: (kept[n].rank, n))
        if kept[last].rank == 0:
            break
        del kept[last]
    return kept


def question(about: Known, sound: Voice, variant: int) -> str:
    """How a message ends; no two of five variants end alike."""
    given = "" if sound.tone == "formal" else first_name(about.name)
    first = f", {given}" if given else ""
    at = f" at {about.company}" if about.company else ""
    if "direct" in sound.traits:
        asked = (
            f"Do you have fifteen minutes for this next week{first}?",
            f"Shall I send you one page on this{first}?",
            f"Who decides about this{at}?",
            f"Is this a topic for you now, yes or no{first}?",
            f"Which day suits you for a short call{first}?",
        )
    else:
        asked = (
            f"Would a short conversation next week be useful to you{first}?",
            f"May I send you one page on how this could look{at}?",
            f"Who{at or ' in your team'} would be the right person to ask about this?",
            f"Is this a topic for you at the moment{first}, or shall I ask again later?",
            f"Shall we take fifteen minutes to see whether this fits{at}?",
        )
    return asked[(variant - 1) % len(asked)]


def _openings(brief: Brief, about: Known, angle: str) -> Iterator[Line]:
    """The most specific first."""
    if brief.purpose == "follow_up":
        subject = angle or "this"
        yield Line(f"I wanted to come back to my note about {subject}.")
        yield Line(f"My last note was about {subject}; I would still like to hear what you think of it.")
        yield Line(f"I wrote to you about {subject} before, and have not heard back yet.")
        return
    if about.name:
        yield Line(f"I am writing because of your work{about.work}.")
    for fact in about.facts[:2]:
        why = f" That is why I am writing to you at {about.company}." if about.company else ""
        yield Line(material.quote(fact) + why, fact=fact)
    if about.pains:
        yield Line(_pain(about.pains[0]))
    if about.focus and about.name:
        yield Line(
            f"My focus is {material.listed(about.focus[:2])}, which is why I am writing to {about.company or 'you'}."
        )
    if not about.name:
        yield Line(f"I am writing about {angle}." if angle else "I am writing with a question.")


def _quoted(facts: Sequence[Fact], variant: int, sound: Voice) -> Iterator[Line]:
    """One fact, another one for each variant; a thorough voice brings a second."""
    count = min(len(facts), 2 if "thorough" in sound.traits else 1)
    for number in range(count):
        fact = facts[(variant - 1 + number) % len(facts)]
        yield Line(material.quote(fact), 3 + number, fact, joins=True)


def _pitch(about: Known, angle: str, opening: Line) -> Iterator[Line]:
    """One paragraph, as far as there is anything to say."""
    pain = _pain(about.pains[0]) if about.pains else ""
    said = [
        Line(pain if pain != opening.text else "", rank=5),
        Line(_talk(angle) if angle and about.name else "", rank=2),
        Line(about.positioning, rank=1),
        Line(f"Typical uses are {material.listed(about.uses)}." if about.uses else "", rank=6),
        Line("" if set(about.fields) <= set(about.focus) else f"My field is {material.listed(about.fields)}.", rank=7),
    ]
    present = [one for one in said if one.text]
    yield from (replace(one, joins=n > 0) for n, one in enumerate(present))


def _pain(pain: str) -> str:
    """A common one is said to be common; any other is a guess, and called one."""
    where, _, what = pain.rpartition(": ")
    if where.startswith("Common in"):
        return f"In {where.removeprefix('Common in ').strip()}, a frequent concern is {what}."
    return f"My guess is that this concerns you: {material.sentence(pain)}"


def _talk(angle: str) -> str:
    """A phrase goes into a sentence; a sentence stands for itself."""
    if len(angle.split()) <= 10 and not angle[0].isupper():
        return f"I would like to talk with you about {angle}."
    return f"What I would like to talk about: {material.sentence(angle)}"


def _ending(about: Known, sound: Voice, variant: int) -> Iterator[Line]:
    yield Line(question(about, sound, variant))
    if "gentle" in sound.traits:
        yield Line("If not, a short “no” is just as welcome.", rank=4, joins=True)


def _subject(brief: Brief, about: Known, angle: str, variant: int) -> str:
    """On one line, whatever the fields hold."""
    whom = about.company or about.name
    forms = [f"{whom}: {angle}", f"{angle[:1].upper()}{angle[1:]}", f"A question about {angle}"] if angle else []
    if brief.purpose == "follow_up":
        return shortened(material.line(f"Following up: {angle or whom}"), _SUBJECT)
    if not whom:
        forms = forms[1:]
    return shortened(material.line(forms[(variant - 1) % len(forms)] if forms else whom or "A question"), _SUBJECT)
