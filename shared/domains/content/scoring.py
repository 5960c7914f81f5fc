"""How a text scores: what of it rests on known facts, its length, how easily it reads. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.domains.content.brief import Brief, Score, Scores
from shared.domains.content.formats import FORMS, Form
from shared.kit import placeholders
from shared.kit.personal_names import first_name
from shared.kit.sentences import sentences
from shared.kit.terms import terms
from shared.kit.tokens import words

_FILLER = (
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
_PENALTY = 0.85  # of the personalisation, for each stock phrase
_EASY = 20  # words a sentence that anybody reads at once


@dataclass(frozen=True)
class _Kind:
    """Facts of one kind, and how much it counts that a text uses one. `loose`: two shared words are enough."""

    name: str
    weight: float
    facts: tuple[str, ...]
    loose: bool = False

    def used_in(self, sentence: str) -> bool:
        return any(_shares(sentence, fact) if self.loose else _names(sentence, fact) for fact in self.facts)


def score(brief: Brief, text: str) -> Scores:
    """All scores of a text that was written for this brief."""
    return Scores(
        personalisation=personalisation(brief, text),
        length=length(FORMS[brief.kind], text),
        readability=readability(text),
    )


def personalisation(brief: Brief, text: str) -> Score:
    """Half for the kinds of facts that are used, half for the share of the words in sentences that use one.

    Each stock phrase and each open placeholder takes a part of it away.
    """
    kinds = [kind for kind in _kinds(brief) if kind.facts]
    said = sentences(text)
    used = [kind for kind in kinds if any(map(kind.used_in, said))]
    total = sum(len(sentence.split()) for sentence in said)
    grounded = sum(len(s.split()) for s in said if any(kind.used_in(s) for kind in used))
    share = grounded / total if total else 0.0
    stock, gaps = _stock_phrases(text), placeholders.names(text)
    value = (sum(kind.weight for kind in used) + share) / 2 * _PENALTY ** (len(stock) + len(gaps))
    return Score(value=round(min(1.0, value), 3), reason=" ".join(_reasons(kinds, used, share, stock, gaps)))


def length(form: Form, text: str) -> Score:
    """1 within the target; beyond it, in proportion less."""
    size = form.length(text)
    value = 1.0 if form.low <= size <= form.high else size / form.low if size < form.low else form.high / size
    verdict = "within" if value == 1.0 else "short of" if size < form.low else "beyond"
    reason = f"{size:,} {form.unit}: {verdict} the {form.target} at which {form.title} reads best."
    return Score(value=round(value, 3), reason=reason)


def readability(text: str) -> Score:
    """1 up to 20 words a sentence on average; longer ones, in proportion less."""
    said = sentences(text)
    average = sum(len(sentence.split()) for sentence in said) / len(said) if said else 0.0
    value = 1.0 if average <= _EASY else _EASY / average
    return Score(value=round(value, 3), reason=f"{average:.0f} words a sentence on average.")


def _kinds(brief: Brief) -> list[_Kind]:
    """The facts that a text could use: the prospect's own, but for a post, which is public."""
    known = tuple(fact.passage for fact in brief.knowledge)
    prospect, persona = brief.prospect, brief.persona
    if prospect is not None and FORMS[brief.kind].family != "post":
        pains = tuple(point.rsplit(": ", 1)[-1] for point in prospect.pain_points)
        notes = (*sentences(prospect.summary or ""), *prospect.tags)
        return [
            _Kind("name", 0.15, tuple(dict.fromkeys(filter(None, [prospect.name, first_name(prospect.name)])))),
            _Kind("company", 0.25, _given(prospect.company)),
            _Kind("role", 0.2, _given(prospect.job_title)),
            _Kind("needs", 0.2, (*pains, *notes), loose=True),
            _Kind("knowledge", 0.2, known, loose=True),
        ]
    voice = (persona.user_positioning, *persona.use_cases, *persona.industry_focus) if persona else ()
    return [
        _Kind("topic", 0.4, _given(brief.topic or brief.instructions), loose=True),
        _Kind("sender's own words", 0.3, tuple(filter(None, voice)), loose=True),
        _Kind("knowledge", 0.3, known, loose=True),
    ]


def _given(text: str | None) -> tuple[str, ...]:
    return (text,) if text and text.strip() else ()


def _names(text: str, fact: str) -> bool:
    """Whether the fact's words stand in the text, next to each other."""
    return bool(sought := words(fact)) and f" {' '.join(sought)} " in f" {' '.join(words(text))} "


def _shares(text: str, fact: str) -> bool:
    """Whether two of the fact's telling words are in the text; of a single one, that one."""
    sought = set(terms(fact))
    return bool(sought) and len(sought & set(terms(text))) >= min(2, len(sought))


def _stock_phrases(text: str) -> list[str]:
    return [phrase for phrase in _FILLER if _names(text, phrase)]


def _reasons(
    kinds: Sequence[_Kind], used: Sequence[_Kind], share: float, stock: Sequence[str], gaps: Sequence[str]
) -> Iterator[str]:
    if not kinds:
        yield "Nothing is known that the text could rest on."
    else:
        yield f"Uses {_list([kind.name for kind in used])}; {share:.0%} of the words are in sentences that do."
    if unused := [kind.name for kind in kinds if kind not in used]:
        yield f"Known but not used: {_list(unused)}."
    if stock:
        yield f"Stock phrases lower it: {_list([f'“{phrase}”' for phrase in stock])}."
    if gaps:
        yield f"Still open: {_list([f'{{{name}}}' for name in gaps])}."


def _list(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else "none of the known facts"
