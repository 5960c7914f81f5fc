"""What a text asserts that nothing given says: figures, names and what somebody is said to have said or done."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.kit.patterns import lazy_pattern
from shared.kit.sentences import sentences
from shared.kit.terms import stem, terms
from shared.kit.tokens import words
from shared.kit.word_table import table
from shared.verification import quantities
from shared.verification.support import is_of_another_language
from shared.verification.units import Unit, units

_SMALL = 5  # a count up to which a bare number is a way to speak: two ideas, three questions
_APPOINTMENT = table("minute minut min hour hr am pm oclock day week month step idea question point tip")
_NO_NAMES = table(
    """
ai it hr ceo cfo cto coo cmo vp crm erp roi kpi saas b2b b2c api seo pdf faq ps pps ok asap eta us usa uk eu i faqs rfp
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december english german french spanish internet web linkedin zoom teams gmt utc est pst cet q1 q2 q3 q4
dear hi hello hey mr mrs ms dr prof best regards sincerely thanks cheers kind warm christmas easter
"""
)
_DONE = (
    r"\b(?:you|your team|your company|your colleagues?)(?:'ve|’ve| have| had| recently| just| also)*\s+"
    r"(?:said|told|mention\w*|wrote|posted|shared|spoke|talked|announced|explained|asked|noted|argued|presented|"
    r"raised|closed|hired|launched|opened|acquired|signed|won|promised|agreed)\b",
    r"\byour (?:\w+ ){0,2}(?:post|article|talk|keynote|interview|podcast|comment|tweet|presentation|panel|webinar|"
    r"funding|round|raise|series [a-f]|acquisition|merger|launch|expansion|promotion|award|announcement|ipo)\b",
    r"\b(?:as|like|since|when|after) we (?:met|spoke|talked|discussed|agreed)\b|\bwe met (?:at|in|on)\b|"
    r"\b(?:great|nice|good) (?:meeting|speaking with|talking to) you\b|\b(?:our|your) (?:last|recent|previous) "
    r"(?:call|meeting|conversation|chat|e-?mail)\b",
    r"\bcongrat\w* (?:on|for)\b",
)
_ASSERTED = lazy_pattern("|".join(_DONE), re.IGNORECASE)
_CLAUSE_END = lazy_pattern(r"[.!?;,\n]|\s[-–—]\s")
_BORNE_OUT = 0.6  # the share of an assertion's telling words that what is given has to have
_TITLE_CASE = 0.7
_SIGNATURE = 4  # words


@dataclass(frozen=True)
class Foreign:
    """The words of a text, at `start:end`, that nothing given bears out."""

    words: str
    start: int
    end: int


def foreign(text: str, facts: Sequence[str]) -> list[Foreign]:
    """The parts of the text that the facts do not bear out, in the text's order.

    Names are looked for in no text of another language than English, where a capital does not tell one.
    """
    given = "\n".join(facts)
    spans = sorted([*_figures(text, units(given)), *_names(text, given), *_assertions(text, given)])
    return [Foreign(text[start:end], start, end) for start, end in _merged(text, spans)]


def _figures(text: str, given: Sequence[Unit]) -> Iterator[tuple[int, int]]:
    keys = {unit.key.rstrip(".") for unit in given if unit.kind == "number"}
    read = units(text)
    for place, unit in enumerate(read):
        if unit.kind != "number" or unit.key.rstrip(".") in keys:
            continue
        after = read[place + 1].key if place + 1 < len(read) else ""
        measured = after in _MEASURES
        if not measured and (_is_way_to_speak(unit, after) or _is_list_number(text, unit)):
            continue
        symbol = unit.start - 1 if unit.start and text[unit.start - 1] in "$€£¥" else unit.start
        last = read[place + 1].end if measured and text[symbol] not in "$€£¥" else unit.end
        yield symbol, max(unit.end, last)


_MEASURES = frozenset(stem(unit) for unit in quantities.UNITS.values())


def _is_way_to_speak(unit: Unit, after: str) -> bool:
    if after in _APPOINTMENT or unit.key.endswith("."):
        return True
    return "." not in unit.key and int(unit.key) <= _SMALL


def _is_list_number(text: str, unit: Unit) -> bool:
    begins = not text[: unit.start].rpartition("\n")[2].strip(" #*-")
    return begins and text[unit.end : unit.end + 1] in (".", ")", ":")


def _names(text: str, given: str) -> Iterator[tuple[int, int]]:
    """Words with a capital where no sentence begins, and runs of them."""
    if is_of_another_language(text):
        return
    stems = {stem(word) for word in words(given)}
    for line_start, line in _lines(text):
        if _is_title(line) or _is_signature(line):
            continue
        for unit in units(line):
            if not unit.name or unit.word in _NO_NAMES:
                continue
            base = unit.word.replace(".", "")
            if base in _NO_NAMES or {stem(part) for part in words(base)} <= stems:
                continue
            yield line_start + unit.start, line_start + unit.end


def _lines(text: str) -> Iterator[tuple[int, str]]:
    place = 0
    for line in text.splitlines(keepends=True):
        yield place, line
        place += len(line)


def _is_title(line: str) -> bool:
    """Whether a line has its words in capitals, as headings have them."""
    longer = [word for word in re.findall(r"[^\W\d_]{4,}", line)]
    capitals = sum(word[0].isupper() for word in longer)
    return len(longer) >= 3 and not re.search(r"[.!?]\s*$", line) and capitals >= _TITLE_CASE * len(longer)


def _is_signature(line: str) -> bool:
    """Whether a line is a name or two, as a letter ends with."""
    return len(line.split()) <= _SIGNATURE and not re.search(r"[.!?:]\s*$", line)


def _assertions(text: str, given: str) -> Iterator[tuple[int, int]]:
    """What the reader is said to have said or done, and what is said to have happened between the two."""
    facts = [set(terms(sentence)) for sentence in sentences(given)]
    for match in _ASSERTED.finditer(text):
        end = _CLAUSE_END.search(text, match.end())
        stop = end.start() if end else len(text)
        clause = text[match.start() : stop]
        if "?" in text[stop : stop + 1] or _is_conditional(text[: match.start()]):
            continue
        telling = set(terms(clause))
        best = max((len(telling & fact) / len(telling) for fact in facts), default=0.0) if telling else 1.0
        if best < _BORNE_OUT:
            yield match.start(), stop


def _is_conditional(before: str) -> bool:
    return bool(re.search(r"\b(?:if|whether|once|until|unless|whenever|in case)\s+$", before, re.IGNORECASE))


def _merged(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap, or that only a blank parts, as one."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and (start <= merged[-1][1] or not text[merged[-1][1] : start].strip(" ")):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
