"""What a sentence is about for a seller: a pain that somebody has, or an opening for somebody who can help."""

import re
from typing import Literal

_PAINS = (
    r"struggl\w+",
    r"lack(?:s|ed|ing)? (?:of )?\w+",
    r"shortages?|short of|understaffed|overworked|overloaded|overwhelm\w+|burn(?:ed|t)?[ -]?out|exhaust\w+",
    r"(?:un|in)able to|cannot|can't|could not|fail(?:s|ed|ure|ing)?|difficult\w*|hard to|hardest|hardship",
    r"challeng\w+|problems?|obstacles?|barriers?|bottlenecks?|hurdles?|gaps?|backlogs?",
    r"too (?:slow|expensive|costly|complex|few|little|late|long|many|much|manual)|slow\w*|delay\w*|late|outdated",
    r"expensive|costly|costs? (?:\w+ ){0,3}(?:rise|rose|risen|increas\w+|soar\w+|grow\w*|grew|money|time)|"
    r"rising costs?|overspen\w+",
    r"risks?|threat\w*|vulnerab\w+|breach\w*|penalt\w+|fines?|lawsuits?|complain\w*|frustrat\w+|dissatisf\w+",
    r"worr\w+|concern(?:s|ed)?|fear\w*|stress\w*|pressure|crisis|turnover|churn|leaving|quit\w*|resign\w*|layoffs?",
    r"declin\w+|fell|fallen|falls|drop(?:s|ped)?|shrink\w*|lose|loses|losing|lost|loss\w*|cuts?|deficits?|shortfalls?",
    r"wast\w+|time-consuming|tedious|manual(?:ly)?|inefficien\w+|paperwork|errors?|unfilled|vacanc\w+|no time|"
    r"poor(?:ly)?|worse\w*|worst",
)
_OPENINGS = (
    r"grow(?:s|n|th|ing)?|grew|doubl\w+|tripl\w+|ris(?:e|es|ing|en)|rose|increas\w+|surg\w+|record",
    r"plan(?:s|ned|ning)? to|intends? to|aims? to|will (?:launch|open|hire|invest|expand|buy|start|introduce|spend)",
    r"launch\w*|pilots?|piloting|introduc\w+|roll(?:s|ed|ing)? out|opened|opens",
    r"hiring|hires?|recruit\w*|looking for|seeks?|seeking|searching for|tenders?|requests? for proposals?|rfps?",
    r"invest\w*|fund(?:s|ed|ing)|grants?|raised|budget(?:s|ed)? (?:\w+ ){0,2}(?:for|of|grew|doubled|set)|subsid\w+",
    r"expand\w*|expansion|adopt\w*|demand|interest(?:ed)? in|willing to|open to|ready to|switch\w*|partner\w*",
    r"opportunit\w+|potential|untapped|underserved|unmet|emerging|trend\w*|mandat\w+|new (?:law|rules?|standards?)",
    r"sav(?:e|es|ed|ing) (?:\w+ ){0,3}(?:hours?|time|money|percent|%)|improv\w+|benefits?",
)
_DENIED = (
    r"\b(?:no|not|never|without|fewer|less|reduc\w+|solv\w+|avoid\w*|eliminat\w+|overc[oa]me\w*|cut(?:s|ting)?)\s+"
    r"(?:\w+\s+){0,2}$"
)
_PAIN, _OPENING = (tuple(re.compile(rf"\b(?:{cue})\b", re.IGNORECASE) for cue in cues) for cues in (_PAINS, _OPENINGS))
_DENIAL = re.compile(_DENIED, re.IGNORECASE)


def section_of(sentence: str) -> Literal["pain_points", "opportunities"] | None:
    """Where the sentence belongs by its wording; None where nothing in it says so."""
    pains, openings = _strength(sentence, _PAIN), _strength(sentence, _OPENING)
    if max(pains, openings) == 0:
        return None
    return "pain_points" if pains >= openings else "opportunities"


def _strength(sentence: str, cues: tuple[re.Pattern[str], ...]) -> int:
    """How many kinds of cues it has that are not denied by the words before them."""
    found = (cue.search(sentence) for cue in cues)
    return sum(hit is not None and not _DENIAL.search(sentence[: hit.start()]) for hit in found)
