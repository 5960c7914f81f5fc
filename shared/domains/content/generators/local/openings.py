"""The first sentences of a message: each has another reason for writing, the most specific first."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.domains.content.brief import Brief, Fact
from shared.domains.content.generators.local.material import Material
from shared.domains.content.generators.local.phrases import Reason
from shared.domains.content.generators.local.sayings import Sayings
from shared.domains.content.phrasing import joined_with, single_line

_PRONOUN = "you"


@dataclass(frozen=True)
class Opening:
    """A first sentence, the fact that it quotes, and the texts that it has used up."""

    text: str
    fact: Fact | None = None
    uses: frozenset[str] = frozenset()


def find_openings(brief: Brief, material: Material, sayings: Sayings, angle: str) -> list[Opening]:
    """The openings that the brief's fields allow, at least one."""
    if brief.purpose == "follow_up":
        phrases, subject = sayings.voice.phrases, angle.rstrip(".!? ")
        if not subject:
            return [Opening(phrases.follow_up_without)]
        return [Opening(phrase.format(angle=subject), uses=frozenset([angle])) for phrase in phrases.follow_ups]
    return list(_by_reason(material, sayings, angle))


def _by_reason(material: Material, sayings: Sayings, angle: str) -> Iterator[Opening]:
    def opening(reason: Reason, fact: Fact | None = None, used: str = "", **values: str) -> Opening:
        phrase = sayings.voice.phrases.openings[reason][0]
        return Opening(phrase.format(**values), fact, frozenset([used]))

    for pain in material.own_pains[:1]:
        yield opening("pain" if pain.phrase else "pain_sentence", used=pain.text, pain=pain.text)
    if background := material.background:
        yield opening(background.kind, known=background.text)
    for fact in material.facts[:2]:
        quoted = {"quotation": sayings.quotation(fact), "title": sayings.source(fact), "text": single_line(fact.text)}
        yield opening("fact", fact, at_company=sayings.at_company, **quoted)
    if material.role and material.company and not material.assists:
        yield opening("role_at", role=material.role, company=material.company)
    elif material.role and not material.assists:
        yield opening("role", role=material.role)
    elif material.company:
        yield opening("company", company=material.company)
    if material.focus and material.name:
        focus = joined_with(sayings.voice.phrases.conjunction, material.focus[:2])
        reader = material.company or _PRONOUN
        yield opening("focus", focus=focus, reader=reader, at_company=sayings.at_company)
    if not (material.own_pains or material.background or material.facts or material.company) and (
        material.assists or not material.role
    ):
        statement = angle.rstrip(".!? ")
        yield opening("angle", used=angle, angle=statement) if statement else opening("nothing")
