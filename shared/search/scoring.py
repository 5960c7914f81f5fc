"""Scores the entries of a corpus for the terms of a query: BM25 over weighted fields."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import log

import numpy as np

from shared.search import phrases
from shared.search.corpus import Corpus
from shared.search.expansion import QUALITY, Expanded, Expansion, Phrase, expanded
from shared.search.packing import Array
from shared.search.segments import Segment, weights_of
from shared.search.text.fields import FIELDS
from shared.search.text.query import Term

K1 = 0.9  # how much more a word says that occurs again
B = 0.5  # how much length counts against an entry

Synonyms = Mapping[tuple[str, ...], Sequence[tuple[str, ...]]]


@dataclass(frozen=True)
class TermRows:
    """A term of the query in the corpus: the entries that meet it, and how often, by field weights and quality.

    These are looked for when they are first asked for: nobody asks for those of a common word beside others.
    """

    term: Term
    times: int  # in the query
    expansion: Expanded
    find: Callable[[], tuple[Array, Array]]

    @cached_property
    def _met(self) -> tuple[Array, Array]:
        return self.find()

    @property
    def rows(self) -> Array:
        return self._met[0]

    @property
    def strengths(self) -> Array:
        return self._met[1]

    @property
    def is_common(self) -> bool:
        return self.expansion.is_common and not self.term.prefix and self.term.field is None


class Scorer:
    """Evaluates terms over a corpus. With `typos` a word that no entry has stands for those that are like it."""

    def __init__(self, corpus: Corpus, synonyms: Synonyms, *, typos: bool = True) -> None:
        self._corpus = corpus
        self._synonyms = synonyms
        self._typos = typos

    def terms(self, wanted: Sequence[Term]) -> list[TermRows]:
        """Each distinct term once, with the number of times that the query has it."""
        others = self._of_several(wanted)
        return [self.term(term, times, others.get(term, ())) for term, times in Counter(wanted).items()]

    def excluded(self, unwanted: Sequence[Term]) -> list[TermRows]:
        """The terms to leave out: one that no entry has leaves out none, and no others that are like it."""
        return Scorer(self._corpus, self._synonyms, typos=False).terms(unwanted)

    def _of_several(self, wanted: Sequence[Term]) -> dict[Term, list[tuple[str, ...]]]:
        """The synonyms of words that stand in a row, for each of these: "nyc" for "new" and for "york"."""
        by_term: dict[Term, list[tuple[str, ...]]] = {}
        for size in sorted({len(words) for words in self._synonyms} - {1}):
            for start in range(len(wanted) - size + 1):
                row = wanted[start : start + size]
                if all(len(term.words) == 1 and not term.quoted for term in row):
                    others = self._synonyms.get(tuple(term.words[0] for term in row), ())
                    for term in row if others else ():
                        by_term.setdefault(term, []).extend(others)
        return by_term

    def term(self, term: Term, times: int = 1, others: Sequence[tuple[str, ...]] = ()) -> TermRows:
        """One term; `others` count as well, beside the synonyms of its own."""
        synonyms = [*self._synonyms.get(term.words, ()), *others]
        expansion = expanded(self._corpus, term, synonyms, typos=self._typos)
        return TermRows(term, times, expansion, partial(self._met, term, expansion))

    def _met(self, term: Term, expansion: Expanded) -> tuple[Array, Array]:
        """The entries that meet a term, and how strongly."""
        rows, strengths = [np.zeros(0, np.int64)], [np.zeros(0)]
        for position, segment in enumerate(self._corpus.segments):
            dense = _dense(segment, expansion.by_segment[position], expansion.phrases, term.field)
            if dense is None:
                continue
            if (live := self._corpus.rows_live[position]) is not None:
                dense[~live] = 0
            met = np.flatnonzero(dense)
            rows.append(met + self._corpus.first_rows[position])
            strengths.append(dense[met])
        return np.concatenate(rows), np.concatenate(strengths)

    def contributions(self, term: TermRows) -> Array:
        """What the term adds to the score of each of its entries, before it is divided by `best`."""
        lengths = self._corpus.lengths[term.rows] / self._corpus.average_length
        saturated = term.strengths / (term.strengths + K1 * (1 - B + B * lengths))
        return np.asarray(term.times * self.rarity(term) * saturated)

    def rarity(self, term: TermRows) -> float:
        holders = len(term.rows)
        return log(1 + (self._corpus.entries - holders + 0.5) / (holders + 0.5))


def _dense(segment: Segment, expansion: Expansion, sought: Sequence[Phrase], field: str | None) -> Array | None:
    """By row, how strongly a term is met; None for nowhere."""
    dense = _of_words(segment, expansion, field) if len(expansion.words) else None
    for phrase in sought:
        rows, fields = phrases.occurrences(segment, phrase.words, prefix=phrase.prefix)
        if len(rows):
            own = np.bincount(rows, QUALITY[phrase.how] * _weights(fields, field), segment.entries)
            dense = own if dense is None else dense + own
    return dense


def _of_words(segment: Segment, expansion: Expansion, field: str | None) -> Array:
    postings = segment.postings
    places, sizes = postings.places(expansion.words)
    by_code = segment.strengths if field is None else postings.counts * _weights(postings.fields, field)
    strengths = by_code[postings.codes[places]] * np.repeat(expansion.qualities, sizes)
    return np.bincount(postings.rows[places], strengths, segment.entries)


def _weights(fields: Array, only: str | None) -> Array:
    weights = weights_of(fields)
    return weights if only is None else np.where(fields == FIELDS.index(only), weights, 0.0)


def words_met(segment: Segment, term: TermRows, position: int, rows: Array) -> list[tuple[int, int, str, int]]:
    """How some rows of a segment meet a term: (row, how, word or phrase, field)."""
    met = _single_words_met(segment, term.expansion.by_segment[position], rows)
    for phrase in term.expansion.phrases:
        occurring, fields = phrases.occurrences(segment, phrase.words, prefix=phrase.prefix)
        wanted = np.isin(occurring, rows)
        pairs = zip(occurring[wanted].tolist(), fields[wanted].tolist(), strict=True)
        met += [(row, phrase.how, " ".join(phrase.words), field) for row, field in pairs]
    return [way for way in met if term.term.field in (None, FIELDS[way[3]])]


def _single_words_met(segment: Segment, expansion: Expansion, rows: Array) -> list[tuple[int, int, str, int]]:
    postings = segment.postings
    places, sizes = postings.places(expansion.words)
    wanted = np.zeros(segment.entries, bool)
    wanted[rows] = True
    own_rows, codes = postings.rows[places], postings.codes[places]
    met = np.flatnonzero(wanted[own_rows])
    order = np.searchsorted(np.cumsum(sizes), met, side="right")
    hows, words = expansion.hows[order].tolist(), expansion.words[order].tolist()
    surfaces = [segment.vocabulary.surfaces[word] for word in words]
    fields = postings.fields[codes[met]].tolist()
    return list(zip(own_rows[met].tolist(), hows, surfaces, fields, strict=True))
