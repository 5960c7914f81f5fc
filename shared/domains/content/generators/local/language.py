"""The language to write in: the one that the persona names, else the one that it is described in."""

import re
from collections.abc import Sequence
from typing import Literal

from shared.domains.personas.models import Persona
from shared.kit.patterns import lazy_pattern
from shared.kit.word_table import table

Language = Literal["english", "german", "french", "spanish"]

_NAMED: dict[Language, re.Pattern[str]] = {
    "english": lazy_pattern(r"\b(?:english|englisch|anglais|inglés)\b"),
    "german": lazy_pattern(r"\b(?:german|deutsch|allemand|alemán)\b"),
    "french": lazy_pattern(r"\b(?:french|français|francais|französisch|francés)\b"),
    "spanish": lazy_pattern(r"\b(?:spanish|español|espanol|castellano|spanisch|espagnol)\b"),
}
# Words that each language has often, and the others hardly ever.
_COMMON: dict[Language, frozenset[str]] = {
    "english": table("the and of to we you your for with is are our that in who they their it has by from not be at"),
    "german": table(
        "der die das und wir sie ist für mit den dem ein eine einer nicht auf von zu im unsere unser ihre ihr sich auch"
        " bei aus über ich du werden haben hat dass als nach kurz klar sachlich förmlich freundlich"
    ),
    "french": table(
        "le la les et nous vous est pour avec des du un une pas sur dans votre vos notre nos qui que au aux ce cette"
        " par leur il elle sont très clair"
    ),
    "spanish": table(
        "el la los las y nosotros usted es para con del un una no en su sus nuestra nuestro que por al se más muy son"
        " ayudamos como claro"
    ),
}
_WORD = lazy_pattern(r"[^\W\d_]+")


def language_of(persona: Persona | None) -> Language:
    """The language of the texts in this persona's voice; English where nothing tells."""
    if persona is None:
        return "english"
    voice = " ".join([persona.writing_style, persona.brand_voice, persona.outreach_tone]).lower()
    named = {language: match.start() for language, pattern in _NAMED.items() if (match := pattern.search(voice))}
    if named:
        return min(named, key=lambda language: named[language])
    described = [persona.user_positioning, persona.brand_voice, persona.writing_style, *persona.use_cases]
    return detect(described) or "english"


def detect(texts: Sequence[str]) -> Language | None:
    """The language whose common words the texts have most of; None where they have hardly any, or two alike."""
    words = [word for text in texts for word in _WORD.findall(text.lower())]
    counted = [(sum(word in common for word in words), language) for language, common in _COMMON.items()]
    counts = sorted(counted, reverse=True)
    (most, language), (next_most, _) = counts[:2]
    return language if most >= 2 and most > next_most else None
