"""Scores of a text: how personal it is, how well its length suits its format, how easily it reads. Pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from shared.domains.content import job_titles
from shared.domains.content.brief import Brief
from shared.domains.content.fitness import find_defects, reason_of
from shared.domains.content.formats import FORMATS, Format
from shared.domains.content.phrasing import joined_with_and
from shared.kit import firm_names, placeholders
from shared.kit.personal_names import address, first_name, is_no_value
from shared.kit.schema import Part
from shared.kit.sentences import sentences
from shared.kit.terms import terms
from shared.kit.tokens import words

_STOCK_PHRASES = (
    "hope this finds you well",
    "hope this email finds you well",
    "hope this message finds you well",
    "hope you are doing well",
    "hope you are well",
    "touch base",
    "circle back",
    "just checking in",
    "pick your brain",
    "to whom it may concern",
    "dear sir or madam",
    "in today's fast paced world",
    "in today's world",
    "game changer",
    "cutting edge",
    "leading provider",
    "best in class",
    "synergy",
    "revolutionary",
    "take it to the next level",
)
_PENALTY = 0.85  # the factor on the personalisation for each stock phrase and each open placeholder
_EASY = 20  # words per sentence up to which a text reads easily


class Score(Part):
    value: Annotated[float, Field(ge=0, le=1)]
    reason: str


class Scores(Part):
    """The three scores of a text."""

    personalisation: Score
    length: Score
    readability: Score


@dataclass(frozen=True)
class _FactGroup:
    """Facts of one kind, and the weight of using any of them. `loose`: two shared terms count as a use."""

    name: str
    weight: float
    facts: tuple[str, ...]
    loose: bool = False

    def used_in(self, sentence: str) -> bool:
        """Whether the sentence uses any of the facts."""
        return any(
            _shares_terms(sentence, fact) if self.loose else _contains_phrase(sentence, fact) for fact in self.facts
        )


def score(brief: Brief, text: str, subject: str | None = None) -> Scores:
    """Scores a text that was written for this brief; one that is not fit to leave scores 0, with the reason."""
    if defects := find_defects(brief, text, subject):
        return unfit(defects)
    return Scores(
        personalisation=personalisation(brief, text),
        length=length(FORMATS[brief.kind], text),
        readability=readability(text),
    )


def unfit(defects: Sequence[str]) -> Scores:
    """The scores of a text that is not fit to leave."""
    nothing = Score(value=0, reason=reason_of(list(defects)))
    return Scores(personalisation=nothing, length=nothing, readability=nothing)


def personalisation(brief: Brief, text: str) -> Score:
    """Scores the use of the brief's facts: half by the groups of facts used, half by the share of the words in
    sentences that use any.

    Each stock phrase and each open placeholder multiplies the score by 0.85.
    """
    groups = [group for group in _fact_groups(brief) if group.facts]
    all_sentences = sentences(text)
    used = [group for group in groups if any(map(group.used_in, all_sentences))]
    total = sum(len(sentence.split()) for sentence in all_sentences)
    grounded = sum(len(s.split()) for s in all_sentences if any(group.used_in(s) for group in used))
    share = grounded / total if total else 0.0
    stock, gaps = _stock_phrases(text), placeholders.names(text)
    value = (sum(group.weight for group in used) + share) / 2 * _PENALTY ** (len(stock) + len(gaps))
    return Score(value=round(min(1.0, value), 3), reason=" ".join(_reasons(groups, used, share, stock, gaps)))


def length(format: Format, text: str) -> Score:
    """Scores the length: 1 within the format's recommended length, proportionally less outside it."""
    size = format.measure(text)
    if size < format.low:
        value, verdict = size / format.low, "short of"
    elif size > format.high:
        value, verdict = format.high / size, "beyond"
    else:
        value, verdict = 1.0, "within"
    reason = f"{size:,} {format.unit}: {verdict} the {format.target_length} at which {format.title} reads best."
    return Score(value=round(value, 3), reason=reason)


def readability(text: str) -> Score:
    """Scores the average sentence: 1 up to 20 words, proportionally less beyond."""
    all_sentences = sentences(text)
    average = sum(len(sentence.split()) for sentence in all_sentences) / len(all_sentences) if all_sentences else 0.0
    value = 1.0 if average <= _EASY else _EASY / average
    return Score(value=round(value, 3), reason=f"{average:.0f} words a sentence on average.")


def _fact_groups(brief: Brief) -> list[_FactGroup]:
    """The facts that a text of this brief could use; a post, which is public, could use none of the prospect's."""
    knowledge = tuple(fact.passage for fact in brief.facts)
    prospect, persona = brief.prospect, brief.persona
    if prospect is not None and FORMATS[brief.kind].family != "post":
        pains = tuple(point.rsplit(": ", 1)[-1] for point in prospect.pain_points)
        notes = (*sentences(prospect.summary or ""), *prospect.tags)
        return [
            _FactGroup("name", 0.15, _facts(_value(prospect.name), address(prospect.name), first_name(prospect.name))),
            _FactGroup("company", 0.25, _facts(firm_names.spoken(prospect.company))),
            _FactGroup("role", 0.2, _facts(job_titles.spoken(prospect.job_title))),
            _FactGroup("needs", 0.2, (*pains, *notes), loose=True),
            _FactGroup("knowledge", 0.2, knowledge, loose=True),
        ]
    voice = (persona.user_positioning, *persona.use_cases, *persona.industry_focus) if persona else ()
    return [
        _FactGroup("topic", 0.4, _facts(brief.topic or brief.instructions), loose=True),
        _FactGroup("sender's own words", 0.3, tuple(filter(None, voice)), loose=True),
        _FactGroup("knowledge", 0.3, knowledge, loose=True),
    ]


def _facts(*texts: str) -> tuple[str, ...]:
    """The texts that say something, each once."""
    return tuple(dict.fromkeys(text for text in texts if text.strip()))


def _value(text: str) -> str:
    return "" if is_no_value(text) else text


def _contains_phrase(text: str, phrase: str) -> bool:
    """Whether the phrase's words stand in the text, next to each other."""
    return bool(sought := words(phrase)) and f" {' '.join(sought)} " in f" {' '.join(words(text))} "


def _shares_terms(text: str, fact: str) -> bool:
    """Whether the text has two of the fact's terms; where the fact has one term, whether the text has that term."""
    sought = set(terms(fact))
    return bool(sought) and len(sought & set(terms(text))) >= min(2, len(sought))


def _stock_phrases(text: str) -> list[str]:
    return [phrase for phrase in _STOCK_PHRASES if _contains_phrase(text, phrase)]


def _reasons(
    groups: Sequence[_FactGroup],
    used: Sequence[_FactGroup],
    share: float,
    stock: Sequence[str],
    gaps: Sequence[str],
) -> Iterator[str]:
    if not groups:
        yield "Nothing is known that the text could rest on."
    else:
        names = joined_with_and([group.name for group in used]) or "none of the known facts"
        yield f"Uses {names}; {share:.0%} of the words are in sentences that do."
    if unused := [group.name for group in groups if group not in used]:
        yield f"Known but not used: {joined_with_and(unused)}."
    if stock:
        yield f"Stock phrases lower it: {joined_with_and([f'“{phrase}”' for phrase in stock])}."
    if gaps:
        yield f"Still open: {joined_with_and([f'{{{name}}}' for name in gaps])}."
