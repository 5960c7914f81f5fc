"""Whether the sources say what the statements say: every citation is looked up before anybody reads it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Literal

from shared.domains.research.guard import is_harmful, is_imperative, visible
from shared.domains.research.models import Section, Statement
from shared.providers import embed
from shared.verification.conflicts import conflicts
from shared.verification.foreign import foreign
from shared.verification.necessary import alike_in_figures, figures_are_in, names_are_in
from shared.verification.quotes import Quote, Source, neighbours, whole_sentences, with_referent
from shared.verification.support import says

ADVICE: frozenset[Section] = frozenset({"suggested_outreach", "content_angles"})  # the rest are facts
_MAX_CHARS = 400_000  # of a source
_LONGEST = 1_000  # characters of a quote
_RELATED = 0.25  # the share of a statement's telling words that a passage about the same has; or
_LIKE = 0.5  # the cosine of the two
_AGREES = 0.6  # the share of their telling words that two sentences have in common which say the same
_CONSIDERED = 5  # sentences of a source, for each statement
_INTRODUCTION = 2  # sentences in which a page says what it is about
_BEFORE = 3  # sentences before a quote, in which stands what it refers to

Verdict = Literal["supported", "contradicted", "not_stated"]


@dataclass(frozen=True)
class Question:
    """Whether the passage says what the statement says."""

    statement: str
    passage: str


# Answers each question; None where it has no answer. Whoever judges sees a statement and a passage, and no draft.
Judge = Callable[[Sequence[Question]], Sequence[Verdict | None]]


def verify(statements: Sequence[Statement], texts: Sequence[str], judge: Judge | None = None) -> list[Statement]:
    """The statements that the sources bear, each with the verbatim quote that bears it and its place.

    A fact stays in its own words if rules find all of it in the quote, or the judge says that the passage supports it
    and nothing that a passage has to have is missing. Else its quote takes its place, marked as the source's words,
    if there is a quote on the same. Advice stays, and is marked where it has facts that its quote has not. What gives
    orders to its reader is left out in any case.
    """
    sources = [_Page(text) for text in texts]
    checks = [_Check(statement, sources) for statement in statements if not _is_an_order(statement)]
    asked = [(check, question) for check in checks for question in check.questions()]
    verdicts = judge([question for _, question in asked]) if judge and asked else [None] * len(asked)
    for (check, _), verdict in zip(asked, verdicts, strict=True):
        check.verdict = verdict
    return list(_distinct([outcome for check in checks if (outcome := check.outcome())]))


def _distinct(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Without the quotes that bear another statement of their section already, or stand there already."""
    seen = {(earlier.section, earlier.evidence) for earlier in statements if earlier.wording == "own"}
    for statement in statements:
        key = (statement.section, statement.evidence)
        if statement.wording == "own" or key not in seen:
            yield statement
        seen.add(key)


def _is_an_order(statement: Statement) -> bool:
    """Advice may begin with a verb, since the user is told what to do; a fact may not."""
    if statement.section not in ADVICE and is_imperative(statement.text):
        return True
    return is_harmful(statement.text) or is_harmful(statement.evidence)


class _Page(Source):
    """A source as a reader sees it."""

    def __init__(self, text: str) -> None:
        super().__init__(visible(text[:_MAX_CHARS]))

    def candidates(self, statement: Statement) -> list[Quote]:
        """The passages that may bear the statement: the quote that it names, then the nearest."""
        named = self.find(statement.evidence)
        nearest = self.nearest(statement.text, _CONSIDERED)
        bearing = [quote for quote, share in nearest if share >= _RELATED or _alike(quote.text, statement.text)]
        bearing.sort(key=lambda quote: not self._may_bear(quote, statement.text))
        if named and (statement.evidence == statement.text or _related(named.text, statement.text)):
            bearing = [named, *bearing]
        return [quote for quote in bearing if _is_quotable(quote.text)]

    def _may_bear(self, quote: Quote, text: str) -> bool:
        return figures_are_in(text, quote.text) and names_are_in(text, [quote.text])

    def agrees(self, text: str) -> bool:
        """Whether a sentence of it says most of what the text says, with the same figures, and does not deny it."""
        for quote, share in self.nearest(text, _CONSIDERED):
            back = Source(text).nearest(quote.text, 1)
            if share >= _AGREES and back and back[0][1] >= _AGREES and alike_in_figures(text, quote.text):
                return names_are_in(text, self.context(quote))
        return False

    def context(self, quote: Quote) -> list[str]:
        """The quote, and the sentences in which what it refers to is named."""
        places = [place for place, earlier in enumerate(self.quotes) if earlier.start <= quote.start]
        last = places[-1] if places else 0
        before = [earlier.text for earlier in self.quotes[max(0, last - _BEFORE) : last]]
        return [*(earlier.text for earlier in self.quotes[:_INTRODUCTION]), *before, quote.text]


class _Check:
    """One statement and what its sources have for it."""

    def __init__(self, statement: Statement, sources: Sequence[_Page]) -> None:
        self.statement = statement
        self.verdict: Verdict | None = None
        self._sources = sources
        self._cited = [n for n in dict.fromkeys(statement.sources) if 0 <= n < len(sources)]
        self._candidates = {n: quotes for n in self._cited if (quotes := sources[n].candidates(statement))}

    @cached_property
    def _proven(self) -> dict[int, Quote]:
        """The sources that say the statement's own words, by the rules."""
        text = self.statement.text
        borne = ((n, self._saying(n, text)) for n in self._candidates)
        return {n: quote for n, quote in borne if quote}

    def _saying(self, n: int, text: str) -> Quote | None:
        """The first quote that says it in the whole of its sentences: a part of one may leave out what turns it."""
        for quote in self._candidates[n]:
            whole = whole_sentences(self._sources[n], quote)
            if says(whole.text, text, whole.before):
                return whole if len(whole.text) <= _LONGEST else quote
        return None

    @property
    def _is_verbatim(self) -> bool:
        return any(_bare(quote.text) == _bare(self.statement.text) for quote in self._proven.values())

    def questions(self) -> list[Question]:
        """What a judge is asked; nothing of what is a quote already, and of advice, which is no statement."""
        if self.statement.section in ADVICE or self._is_verbatim or not self._possible:
            return []
        n, quote = next(iter(self._possible.items()))
        return [Question(self.statement.text, " ".join(dict.fromkeys(self._sources[n].context(quote))))]

    @cached_property
    def _possible(self) -> dict[int, Quote]:
        """The sources with a quote that has the statement's figures, with its names in what the quote refers to, and
        that says nothing else than the statement."""
        nearest = ((n, self._nearest_possible(n)) for n in self._candidates)
        return {n: quote for n, quote in nearest if quote and not self._conflicts(n, quote)}

    def _nearest_possible(self, n: int) -> Quote | None:
        text, source = self.statement.text, self._sources[n]
        alone = self._candidates[n]
        pairs = (pair for quote in alone for pair in neighbours(source, quote) if _is_quotable(pair.text))
        fitting = (
            quote
            for quote in chain(alone, pairs)
            if figures_are_in(text, quote.text) and names_are_in(text, source.context(quote))
        )
        return next(fitting, None)

    def _conflicts(self, n: int, quote: Quote) -> bool:
        whole = whole_sentences(self._sources[n], quote)
        return conflicts(self.statement.text, whole.text, self._sources[n].context(quote))

    def outcome(self) -> Statement | None:
        if self.statement.section in ADVICE:
            return self._advice()
        if self.verdict == "supported" and not self._proven:
            n, quote = next(iter(self._possible.items()))
            return self._borne({n: quote}, "model")
        if self._proven and self.verdict in (None, "supported"):
            return self._borne(self._proven, "rules")
        return self._quoted()

    def _borne(self, quotes: dict[int, Quote], checked_by: Literal["rules", "model"]) -> Statement:
        first = next(iter(quotes.values()))
        agreeing = [n for n in self._cited if n not in quotes and self._sources[n].agrees(first.text)]
        fields = {"sources": [*quotes, *agreeing], "evidence": first.text, "place": first.start, "supported": True}
        return self.statement.model_copy(update={**fields, "checked_by": checked_by})

    def _quoted(self) -> Statement | None:
        """The quote in the statement's place."""
        if not self._candidates:
            return None
        n, (nearest, *_) = next(iter(self._candidates.items()))
        alone = whole_sentences(self._sources[n], nearest)
        quote = next(
            (
                candidate
                for candidate in (with_referent(self._sources[n], alone), alone)
                if _is_statement(candidate.text)
            ),
            None,
        )
        if quote is None:
            return None
        borne = self._borne({n: quote}, "rules")
        return borne.model_copy(update={"text": " ".join(quote.text.split()), "wording": "source"})

    def _advice(self) -> Statement | None:
        """Advice with its quote; what it asserts beside has to be in what its sources say."""
        if not self.statement.text.strip():
            return None
        quotes = {n: nearest[0] for n, nearest in self._candidates.items()}
        passages = ((self._sources[n], quote) for n, nearest in self._candidates.items() for quote in nearest)
        given = [text for source, quote in passages for text in source.context(quote)]
        beside = [part.words for part in foreign(self.statement.text, given)]
        if quotes and not beside:
            return self._borne(quotes, "rules")
        unsupported = {"sources": [], "evidence": "", "supported": False, "unsupported_words": beside}
        return self.statement.model_copy(update=unsupported)


def _is_quotable(quote: str) -> bool:
    return len(quote) <= _LONGEST and not is_harmful(quote)


def _is_statement(quote: str) -> bool:
    return _is_quotable(quote) and not is_imperative(quote)


def _related(quote: str, text: str) -> bool:
    return any(share >= _RELATED for _, share in Source(quote).nearest(text, 1)) or _alike(quote, text)


def _alike(quote: str, text: str) -> bool:
    asked, other = embed.built_in().embed([text, quote])
    return float(asked @ other) >= _LIKE


def _bare(text: str) -> str:
    return " ".join(text.split()).rstrip(".").lower()
