"""Decides which documents are hits of a query, scores them, and puts them in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shared.search.corpus import Corpus
from shared.search.packing import Array
from shared.search.scoring import Scorer, TermRows
from shared.search.text.query import Query, Term

_ALL_REQUIRED = 3  # up to so many words a document should have all


@dataclass(frozen=True)
class Scores:
    """Of each entry and of each document (its best entry) a score, and of each document whether it is a hit."""

    by_row: Array
    by_document: Array
    is_hit: Array


@dataclass(frozen=True)
class Selection:
    """A query evaluated by its words: its terms, of these the scored ones with their scores, and the documents that
    filters, phrases and excluded words permit."""

    terms: tuple[TermRows, ...]
    contributions: tuple[tuple[TermRows, Array], ...]
    permitted: Array
    scores: Scores


def selected(corpus: Corpus, scorer: Scorer, query: Query, allowed: Array) -> Selection:
    """Evaluate a query among the allowed documents."""
    terms = scorer.terms(query.wanted)
    telling = [term for term in terms if not term.is_common] or terms
    required = [term for term in telling if _is_required(term.term)]
    permitted = allowed & ~_with_any(corpus, scorer.excluded(query.excluded))
    for term in required:
        permitted &= _documents(corpus, term)
    is_hit = permitted & _with_words(corpus, [term for term in telling if not _is_required(term.term)], permitted)
    if required and not is_hit.any():
        is_hit = permitted
    best = sum(term.times * scorer.rarity(term) for term in telling) or 1.0
    contributions = tuple((term, scorer.contributions(term) / best) for term in telling)
    by_row = np.zeros(corpus.rows)
    for term, added in contributions:
        by_row[term.rows] += added
    return Selection(tuple(terms), contributions, permitted, Scores(by_row, best_of(corpus, by_row), is_hit))


def in_order(corpus: Corpus, scorer: Scorer, query: Query, allowed: Array) -> Array:
    """The allowed documents that meet every wanted term (its words as prefixes) and no excluded one, newest first."""
    wanted = [
        term if len(term.words) > 1 or term.quoted else replace(term, prefix=True, spellings_prefix=True)
        for term in query.wanted
    ]
    mask = allowed & ~_with_any(corpus, scorer.excluded(query.excluded))
    for term in dict.fromkeys(wanted):
        if not mask.any():
            break
        mask &= _documents(corpus, scorer.term(term))
    documents = np.flatnonzero(mask)
    return np.asarray(documents[np.lexsort((corpus.hashes[documents], -corpus.times[documents]))])


def _is_required(term: Term) -> bool:
    return len(term.words) > 1 or term.field is not None


def _documents(corpus: Corpus, term: TermRows) -> Array:
    mask = np.zeros(corpus.documents, bool)
    mask[corpus.document_of[term.rows]] = True
    return mask


def _with_any(corpus: Corpus, terms: Sequence[TermRows]) -> Array:
    mask = np.zeros(corpus.documents, bool)
    for term in terms:
        mask[corpus.document_of[term.rows]] = True
    return mask


def _with_words(corpus: Corpus, terms: Sequence[TermRows], permitted: Array) -> Array:
    """The documents with all of a few words, if there is a permitted one; else those with any."""
    if not terms:
        return np.ones(corpus.documents, bool)
    if len(terms) <= _ALL_REQUIRED:
        with_all: Array = np.logical_and.reduce([_documents(corpus, term) for term in terms])
        if (with_all & permitted).any():
            return with_all
    return _with_any(corpus, terms)


def best_of(corpus: Corpus, by_row: Array) -> Array:
    """Of each document the best of its rows; 0 without rows."""
    best = np.zeros(corpus.documents)
    filled = np.flatnonzero(np.diff(corpus.first_row))
    if len(filled):
        best[filled] = np.maximum.reduceat(by_row, corpus.first_row[filled])
    return best


def first(corpus: Corpus, documents: Array, scores: Array, limit: int) -> Array:
    """The first documents by score, then time (newest), then hash. Sorts no more than it must."""
    if len(documents) > limit:
        kept = _leading(scores, corpus.times[documents], limit)
        documents, scores = documents[kept], scores[kept]
    order = np.lexsort((corpus.hashes[documents], -corpus.times[documents], -scores))
    return np.asarray(documents[order[:limit]])


def _leading(scores: Array, times: Array, limit: int) -> Array:
    """A mask that keeps each of the first `limit`: what is above the score at the limit, and of what equals it, where
    there is too much, what is at least as new as the last that has a place."""
    bound = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    above, equal = scores > bound, scores == bound
    places = limit - int(np.count_nonzero(above))
    if np.count_nonzero(equal) > places:
        equal &= times >= np.partition(times[equal], -places)[-places]
    return np.asarray(above | equal)
