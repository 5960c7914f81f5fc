"""What a sentence is about for a seller: a pain that somebody has, or an opening for somebody who can help.

Only wording that says so counts; what is merely a fact belongs to the findings. In a language without cues here,
nothing is said to be either.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from shared.domains.research.cue_words import DENIED, EASED, OPENINGS, PAINS
from shared.kit.patterns import lazy_pattern
from shared.search.text.languages import language_of

_KANA = lazy_pattern("[\u3040-\u30ff]")
_SAMPLE, _MANY = 3_000, 0.1  # characters that are looked at, and the share of kana from which a text is Japanese


def language(text: str) -> str:
    """The language (ISO 639) whose cues a text is read by; empty where there are none."""
    sample = text[:_SAMPLE]
    detected = "ja" if len(_KANA.findall(sample)) > _MANY * len(sample) else language_of(text)
    return detected if detected in PAINS else ""


def section_of(sentence: str, language: str = "en") -> Literal["pain_points", "opportunities"] | None:
    """Where the sentence belongs by its wording, of equals by what it says first; None where nothing says so."""
    if language not in PAINS:
        return None
    pains, openings = _found(sentence, PAINS, language), _found(sentence, OPENINGS, language)
    if not pains and not openings:
        return None
    if len(pains) != len(openings):
        return "pain_points" if len(pains) > len(openings) else "opportunities"
    return "pain_points" if min(pains) <= min(openings) else "opportunities"


def _found(sentence: str, cues: Mapping[str, Sequence[str]], language: str) -> list[int]:
    """Where each kind of cue stands first that is neither denied before it nor said to be over behind it."""
    places = []
    for cue in _compiled(tuple(cues[language]), language):
        hits = (hit.start() for hit in cue.finditer(sentence) if not _is_denied(sentence, hit, language))
        if (place := next(hits, None)) is not None:
            places.append(place)
    return places


def _is_denied(sentence: str, hit: re.Match[str], language: str) -> bool:
    denied, eased = _around(language)
    return bool(denied.search(sentence[: hit.start()]) or (eased and eased.match(sentence, hit.end())))


@cache
def _compiled(cues: tuple[str, ...], language: str) -> tuple[re.Pattern[str], ...]:
    edge = "" if language == "ja" else r"\b"
    return tuple(re.compile(rf"{edge}(?:{cue}){edge}", re.IGNORECASE) for cue in cues)


@cache
def _around(language: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """What stands before a cue that is denied, and what stands behind a pain that is over."""
    eased = EASED.get(language)
    before = (
        rf"\b(?:{DENIED[language]})\s(?:[\w-]{{1,30}}\s){{0,2}}$" if language != "ja" else rf"(?:{DENIED[language]})$"
    )
    return re.compile(before, re.IGNORECASE), re.compile(eased, re.IGNORECASE) if eased else None
